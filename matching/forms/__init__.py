"""Input only; services write."""
