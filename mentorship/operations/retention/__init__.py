"""Retention periods: classes of data, deletion in small steps, a dry run and a page."""
