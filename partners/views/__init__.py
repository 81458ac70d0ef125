"""Pages about partners, a module for each part of the room."""
