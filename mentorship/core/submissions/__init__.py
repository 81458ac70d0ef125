"""Forms that were sent: the same one sent twice has one effect."""
