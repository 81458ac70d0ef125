"""Submitted forms that had an effect."""

from django.db import models


class Submission(models.Model):
    """One submission of one form. Contains none of the input: the key is a hash."""

    key = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    location = models.TextField(blank=True, help_text="Where it led. Empty while it is being worked on.")

    def __str__(self) -> str:
        return self.key[:8]
