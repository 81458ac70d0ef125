"""A believable programme of made-up people, for trying things out."""
