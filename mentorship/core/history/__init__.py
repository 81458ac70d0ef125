"""The history of an object: the panel on its page, and a page with all of it."""
