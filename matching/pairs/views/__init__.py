"""Pages about matches, for coordinators and for the pairs themselves."""
