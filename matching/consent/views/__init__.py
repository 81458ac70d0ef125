"""Pages about confirming pairs and asking their people first."""
