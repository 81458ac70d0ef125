"""Claim a message, send it once, and learn what became of it."""
