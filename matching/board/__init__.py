"""Reads of the matching board, and plans of manual changes. Services write."""
