"""End a match and find another mentor for its mentee."""
