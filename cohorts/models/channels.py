"""The places where the people of a programme talk to each other."""

from collections.abc import Iterable

from django.db import models
from django.db.models import Q

from cohorts.models.setup import Programme


class ChannelQuerySet(models.QuerySet["Channel"]):
    """Channels of programmes."""

    def for_roles(self, roles: Iterable[str]) -> "ChannelQuerySet":
        """Keep those that people in these roles use."""
        return self.filter(Q(for_role="") | Q(for_role__in=list(roles)))


class Channel(models.Model):
    """A channel of a programme, such as a room in Matrix: what it is for, and how to join."""

    class Kind(models.TextChoices):
        SLACK = "slack", "Slack"
        MATRIX = "matrix", "Matrix"
        ZULIP = "zulip", "Zulip"
        DISCORD = "discord", "Discord"
        FORUM = "forum", "Forum"
        LIST = "list", "Mailing list"
        OTHER = "other", "Something else"

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="channels")
    kind = models.CharField(max_length=20, choices=Kind)
    name = models.CharField(max_length=80, help_text="As people find it there, such as #mentoring.")
    about = models.CharField(
        "what it is for", max_length=200, help_text="Such as: questions to everybody in the round."
    )
    link = models.URLField(blank=True, help_text="The room, or the invitation to it. Only people with a place see it.")
    how_to_join = models.CharField(
        max_length=300, blank=True, help_text="If the link isn’t enough, such as: ask Ada for an invitation."
    )
    for_role = models.CharField("for whom", max_length=20, blank=True, help_text="Empty: for everybody.")

    objects = ChannelQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["programme", "kind", "name"], name="channel_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.name}" if self.kind != self.Kind.OTHER else self.name

    @property
    def in_words(self) -> str:
        """One line of a mail: its kind and name, its purpose, and how to join."""
        join = ". ".join(part for part in (self.how_to_join.rstrip("."), self.link) if part)
        return f"{self}, for {self.about.rstrip('.')}" + (f". {join}" if join else "")
