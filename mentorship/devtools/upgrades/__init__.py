"""Releases and their migrations: released files never change, and later ones let the old code serve."""
