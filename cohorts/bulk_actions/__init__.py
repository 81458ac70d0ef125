"""Do something for many people: for a few while the browser waits, for more by a worker, with progress."""
