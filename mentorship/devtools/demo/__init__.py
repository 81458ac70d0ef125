"""The demo: a programme of made-up people."""
