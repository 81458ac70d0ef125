"""Coordinators' decisions about people of a programme."""

from django.conf import settings
from django.db import models

from cohorts.models.setup import Programme


class DifferentPeople(models.Model):
    """Two people with the same name who are different, so that they are not suggested as duplicates again."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="different_people")
    first = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "first", "second"], name="different_people_once"),
        ]
        verbose_name_plural = "different people"

    def __str__(self) -> str:
        return f"{self.first} is not {self.second}"
