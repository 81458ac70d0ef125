"""Extract, check and compile what is marked for translation."""
