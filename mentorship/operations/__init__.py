"""Running an installation: the sweep, checks, commands, export and erasure of personal data."""
