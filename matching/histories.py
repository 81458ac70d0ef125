"""Histories on the pages of this app. Goals and notes of a pair have none: they are the pair's own."""

from matching.models import Match, SpeedEvent
from mentorship.core.history.subjects import Find, rows

HISTORIES_OF_APP: dict[str, Find] = {
    "matching.match": rows(Match.objects.visible_to),
    "matching.speedevent": rows(SpeedEvent.objects.visible_to),
}
