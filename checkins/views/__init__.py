"""Pages of the room. HTTP only."""
