"""Mails that are not written yet: what will be due, and changes to single ones."""
