"""Matches that end when somebody leaves, and the people who work with a team."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as lazy

from cohorts.enrollment.extensions import Ending
from cohorts.models import Enrollment
from matching.models import Match
from mentorship.core.languages.names import join_names_lazy


def matches_that_end(ids: Sequence[int]) -> dict[int, list[Ending]]:
    """The matches under way of these enrollments, each by the name of the other side."""
    found: dict[int, list[Ending]] = {pk: [] for pk in ids}
    theirs = Match.objects.under_way().filter(Q(mentor__in=ids) | Q(mentee__in=ids), imported=False)
    told = set(Match.objects.told().filter(pk__in=theirs).values_list("pk", flat=True))
    for match in theirs.with_people().order_by("pk"):
        for pk in {match.mentor_id, match.mentee_id} & set(ids):
            is_mentor = pk == match.mentor_id
            names = [p.known_name or lazy("a member of the team") for p in match.mentee.people]
            word = match.mentee.cohort.programme.mentor_label
            other = names if is_mentor else [match.mentor.user.known_name or f"the {word}"]
            waits = match.pk not in told
            found[pk].append(
                Ending(
                    _match_with(other, match.mentee.title if is_mentor else ""),
                    note=lazy("The introduction has not been sent, and is cancelled.")
                    if waits
                    else lazy("They are told by email."),
                    url=match.get_absolute_url(),
                    known=not waits,
                )
            )
    return found


def _match_with(names: Sequence[Any], project: str) -> Any:
    if project:
        return format_lazy(lazy("Match with {names} (“{project}”)"), names=join_names_lazy(names), project=project)
    return format_lazy(lazy("Match with {names}"), names=join_names_lazy(names))


def introduced_to(enrollment_id: int) -> list[Enrollment]:
    """People who have been introduced to a mentee, a team or a mentor and continue with them."""
    live = Match.objects.under_way().told().filter(imported=False).with_people().order_by("pk")
    mentors = live.filter(mentee=enrollment_id, mentor__status="accepted", mentor__user__is_active=True)
    mentees = live.filter(mentor=enrollment_id, mentee__status="accepted")
    return [match.mentor for match in mentors] + [match.mentee for match in mentees]
