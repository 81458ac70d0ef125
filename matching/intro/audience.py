"""Decide, when an introduction leaves, whom it is still for."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import prefetch_related_objects

from cohorts.enrollment.audience import NOT_IN_TEAM, enrollments_by_id, why_not
from cohorts.models import Enrollment
from matching.intro.mails import fingerprint_of_words, intro_addressing, intro_mail, words_about
from matching.models import Match
from matching.sentences.services import Sentences, own_sentences
from mentorship.core.outbox.delivery.still_for import StillFor
from mentorship.core.outbox.models import OutboxMessage


def still_a_pair(messages: Sequence[OutboxMessage]) -> Mapping[UUID, StillFor]:
    """The people of each pair, while everybody introduced is in the cohort and the match exists.

    A constant number of queries; rendering an intro again takes a few more. It is also rendered again if the words of
    its people for each other, or the sentence about why, have changed.
    """
    asked = [message.audience for message in messages]
    people = enrollments_by_id(pk for a in asked for pk in (a["mentee"], *a["mentors"]))
    standing: dict[int, list[Match]] = {}
    matches = Match.objects.occupying_place().filter(mentee__in=[a["mentee"] for a in asked], imported=False)
    matches = matches.select_related("mentor__user", "mentor__group", "mentor__cohort__programme")
    for match in matches.prefetch_related("mentor__topics", "mentor__answers__question").order_by("pk"):
        standing.setdefault(match.mentee_id, []).append(match)
    prefetch_related_objects([person for pk, person in people.items() if pk in standing], "topics", "answers__question")
    own = own_sentences(standing)
    return {m.pk: _still(m.audience, people, standing.get(m.audience["mentee"], []), own) for m in messages}


def _still(
    audience: Mapping[str, Any], people: Mapping[int, Enrollment], standing: Sequence[Match], own: Sentences
) -> StillFor:
    mentee, mentors = people.get(audience["mentee"]), [people.get(pk) for pk in audience["mentors"]]
    for one in (mentee, *mentors):
        if reason := why_not(one, Enrollment.OCCUPYING_PLACE) or why_switched_off(one):
            return StillFor(reason=reason)
    assert mentee is not None  # noqa: S101  (else there is a reason)
    pairs = {match.mentor_id: match for match in standing}
    if gone := [mentor for mentor in mentors if mentor and mentor.pk not in pairs]:
        return StillFor(reason=f"The match of “{mentee}” with {gone[0].user} has ended.")
    introduced = [pairs[pk] for pk in audience["mentors"]]
    beside = [match.mentor for match in standing if match not in introduced and match.status in Match.UNDER_WAY]

    of = intro_addressing(mentee, [one.mentor for one in introduced], beside)
    now = fingerprint_of_words(words_about(mentee, introduced, own))
    everybody = [*of.people, *(mentor.user for mentor in beside)]
    return StillFor(
        people=[person.pk for person in everybody],
        gone=NOT_IN_TEAM,
        lists=of.lists,
        rewrite=lambda: intro_mail(mentee, introduced).context,
        # Intros of an earlier release carry no fingerprint.
        is_outdated=audience.get("words", now) != now,
    )


def why_switched_off(enrollment: Enrollment | None) -> str:
    """A sentence if nobody in an enrollment can get mail any more; "" if somebody can."""
    if enrollment is None or any(person.is_active for person in enrollment.people):
        return ""
    return f"The account of {enrollment.user} is switched off."
