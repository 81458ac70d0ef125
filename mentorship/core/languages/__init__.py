"""Languages: which there are, which one a reader gets, and names and dates in it."""
