"""Ask both sides of a proposed pair before it is confirmed."""
