"""Submitted forms: sending the same one twice has one effect."""
