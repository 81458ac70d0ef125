"""A mixed load of people against a whole installation, of which parts are stopped, frozen and killed."""
