"""Backups, restores and moves between databases."""
