"""Matches under way: their status, and the page on which a pair works together."""
