"""Weights that a programme's own earlier rounds suggest."""
