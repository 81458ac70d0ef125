"""Pages of speed mentoring, for coordinators and participants."""
