"""The list of time zones in a browser: its own zone first, found by city, country and offset, with keys and clicks."""
