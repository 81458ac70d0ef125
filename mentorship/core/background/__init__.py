"""Work in the background: wake a worker, and have rows worked at by one worker at a time, or in pieces."""
