"""Pages of goal groups, for coordinators and participants."""
