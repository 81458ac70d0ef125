"""Histories on the pages of this app."""

from mentorship.core.history.subjects import Find, rows
from training.models import TrainingSession

HISTORIES_OF_APP: dict[str, Find] = {"training.trainingsession": rows(TrainingSession.objects.visible_to)}
