"""Promises on pages about the readers of a text hold in copies of people's data, in exports, and in the audit trail."""

import json
from datetime import date

import pytest

from checkins.cases.services import open_case, save_case
from checkins.models import Graduation, PairPause, Reply
from cohorts.enrollment.services import save_note
from cohorts.models import Review, TeamDeparture
from matching.board.services import set_pin
from matching.consent.services import decline_pair
from matching.models import AskedPair, MentorPause
from matching.pairs.services import set_match_status
from matching.rematch.services import request_rematch
from mentorship.devtools.testing.factories import EnrollmentFactory
from mentorship.operations.persons.export import export
from mentorship.operations.persons.subject import find_subject

pytestmark = pytest.mark.django_db
# Text → the people whose copies have it. Everything else is read by coordinators only, as the page says.
WRITERS = {
    "why the mentor declined": ["mentor"],
    '"reason_kind": "known"': ["mentor"],
    "why the mentee wants another match": ["mentee"],
    "why the mentor pauses": ["mentor"],
    "why the pair is forbidden": [],
    "why the pair rests": [],
    "why the match ended": [],
    "the summary of a case": [],
    "a note on a case": ["coordinator"],
    "the outcome of a case": [],
    "a next step": [],
    "a note on a sign-up": [],
    "what a reviewer thinks": ["coordinator"],
    "why they did not graduate": [],
    "why they were taken off": [],
    "what they wrote instead": ["mentee"],
}


@pytest.fixture
def copies(cast):
    """Person → the copy of their data, after each promised text was written."""
    mentee, mentor, by = cast.mentee_enrollment, cast.mentor_enrollment, cast.coordinator
    other = EnrollmentFactory(cohort=cast.cohort, role="mentor", status="accepted")
    pair = AskedPair.objects.create(mentee=mentee, mentor=mentor, status="open")
    side = pair.sides.create(side="mentor", status="asked", answer_by="2027-04-01T00:00Z")
    pair.sides.create(side="mentee", status="waiting")
    decline_pair(side=side, by=cast.mentor, reason_kind="known", reason="why the mentor declined")
    set_pin(mentee=mentee, mentor=other, kind="forbid", by=by, reason="why the pair is forbidden")
    MentorPause.objects.create(enrollment=mentor, reason="why the mentor pauses", by=cast.mentor)
    PairPause.objects.create(match=cast.match, since=date(2027, 3, 1), reason="why the pair rests", by=by)
    case = open_case(cohort=cast.cohort, kind="help", by=by, about=cast.mentee, summary="the summary of a case")
    case.outcome, case.next_step = "the outcome of a case", "a next step"
    save_case(case=case, by=by, note="a note on a case")
    save_note(enrollment=mentee, note="a note on a sign-up", by=by)
    Review.objects.create(enrollment=mentee, reviewer=by, summary="what a reviewer thinks")
    TeamDeparture.objects.create(enrollment=mentee, user=cast.mentor, removed=True, reason="why they were taken off")
    reply = {"cohort": cast.cohort, "match": cast.match, "side": "mentee", "how": "well", "by": by}
    ends = "2027-03-02T00:00Z"
    Reply.objects.create(user=cast.mentee, day=date(2027, 3, 1), ends_at=ends, words="what they wrote instead", **reply)
    request_rematch(match=cast.match, by=cast.mentee, words="why the mentee wants another match")
    set_match_status(match=cast.match, to="ended", by=by, reason="why the match ended")
    ended = {"status": "ended", "name": "Tariq", "decided_on": date(2027, 3, 2), "by": by}
    Graduation.objects.create(enrollment=mentee, user=cast.mentee, reason="why they did not graduate", **ended)
    people = {"mentee": cast.mentee, "mentor": cast.mentor, "coordinator": by}
    return {who: export(find_subject(person.email)) for who, person in people.items()}


def test_copies_hold_what_one_wrote_and_nothing_that_others_said_to_the_coordinators(copies):
    found = {text: [who for who, copy in copies.items() if text in json.dumps(copy, default=str)] for text in WRITERS}
    assert found == WRITERS
    assert "Asked for another match" not in copies["mentor"]["sections"]
    assert "asked for another match" not in json.dumps(copies["mentor"], default=str)
    assert "asked for another match" in json.dumps(copies["mentee"], default=str)
