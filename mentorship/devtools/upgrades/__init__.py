"""Releases and their migrations: what was released never changes, and what follows lets the old code serve."""
