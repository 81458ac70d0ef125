"""Claim a message, send it once, and learn the outcome."""
