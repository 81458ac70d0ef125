"""What happened to an object: the panel on its page, and a page with all of it."""
