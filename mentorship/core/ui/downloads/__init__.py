"""Lists that leave as files: CSV and XLSX, written while they are read."""
