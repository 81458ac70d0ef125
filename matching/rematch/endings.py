"""Matches that end when somebody leaves, and the people who work with a team."""

from collections.abc import Sequence

from django.db.models import Q

from cohorts.enrollment.extensions import Ending
from cohorts.models import Enrollment
from matching.models import Match
from mentorship.core.text import join_names


def matches_that_end(ids: Sequence[int]) -> dict[int, list[Ending]]:
    """The matches under way of these enrollments, each by the name of the other side."""
    found: dict[int, list[Ending]] = {pk: [] for pk in ids}
    theirs = Match.objects.under_way().filter(Q(mentor__in=ids) | Q(mentee__in=ids), imported=False)
    told = set(Match.objects.told().filter(pk__in=theirs).values_list("pk", flat=True))
    for match in theirs.with_people().order_by("pk"):
        for pk in {match.mentor_id, match.mentee_id} & set(ids):
            is_mentor = pk == match.mentor_id
            names = [p.known_name or "a member of the team" for p in match.mentee.people]
            word = match.mentee.cohort.programme.mentor_label
            other = join_names(names) if is_mentor else match.mentor.user.known_name or f"the {word}"
            project = f" (“{match.mentee.title}”)" if is_mentor and match.mentee.title else ""
            waits = match.pk not in told
            found[pk].append(
                Ending(
                    f"Match with {other}{project}",
                    note="The introduction has not been sent, and is cancelled."
                    if waits
                    else "They are told by email.",
                    url=match.get_absolute_url(),
                    known=not waits,
                )
            )
    return found


def introduced_to(enrollment_id: int) -> list[Enrollment]:
    """People who have been introduced to a mentee, a team or a mentor and continue with them."""
    live = Match.objects.under_way().told().filter(imported=False).with_people().order_by("pk")
    mentors = live.filter(mentee=enrollment_id, mentor__status="accepted", mentor__user__is_active=True)
    mentees = live.filter(mentor=enrollment_id, mentee__status="accepted")
    return [match.mentor for match in mentors] + [match.mentee for match in mentees]
