"""A whole story of a cohort, from the first run to a rematch."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cohorts.enrollment.services import set_enrollment_status
from matching.consent import services as consent_services
from matching.engine import services as engine_services
from matching.intro.services import confirm_run, unconfirmed_proposals
from matching.intro.undo import undo_match
from matching.models import ConfirmPolicy, Match
from matching.rematch import replacement_search
from matching.rematch.candidates import replacement_candidates
from matching.rematch.services import rematch
from matching.tests.enrolled import mentor
from matching.tests.test_rematch_services import GRACE
from mentorship.core.outbox.delivery.deliver import deliver_all_due
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory, UserFactory
from mentorship.operations.sweep import sweep_everything

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_wake_up(monkeypatch):
    monkeypatch.setattr("matching.tasks.work_out_search.delay", lambda search_id: None)


def test_from_run_to_rematch():
    """Five projects and six mentors, as a small real cohort has: confirm, undo, decline, run again, a mentor leaves."""
    cohort = CohortFactory(status="matching", slug="story")
    ConfirmPolicy.objects.create(cohort=cohort, ask="mentors")
    teams = [EnrollmentFactory(cohort=cohort, title=f"Project {n}") for n in range(5)]
    mentors = [mentor(cohort, f"Mentor {n}") for n in range(6)]
    rosa = UserFactory(full_name="Rosa")
    run, _ = engine_services.run_now(cohort=cohort, by=rosa)
    asked, _ = consent_services.ask_pairs(run=run, mentee_ids=[t.pk for t in teams], by=rosa)
    deliver_all_due()
    unwilling = asked[0]
    for pair in asked:
        side = pair.sides.get()
        if pair == unwilling:
            consent_services.decline_pair(side=side, by=None, reason_kind="topic")
        else:
            consent_services.accept_pair(side=side, by=None)
    matches = confirm_run(run=run, by=rosa, mentee_ids=[p.mentee_id for p in asked[1:]], grace=GRACE)
    undo_match(match=matches[0], by=rosa)
    deliver_all_due(timezone.now() + timedelta(minutes=11))
    assert OutboxMessage.objects.filter(kind="intro", status="sent").count() == 3

    again, _ = engine_services.run_now(cohort=cohort, by=rosa)
    proposed = {m.pk: ps[0].mentor_id for m, ps in unconfirmed_proposals(again)}
    assert set(proposed) == {unwilling.mentee_id, matches[0].mentee_id}
    assert proposed[unwilling.mentee_id] != unwilling.mentor_id
    assert proposed[matches[0].mentee_id] == matches[0].mentor_id, "they said yes, and stay locked"
    confirm_run(run=again, by=rosa)
    deliver_all_due()
    assert Match.objects.under_way().count() == 5

    leaving = Match.objects.under_way().order_by("pk").first()
    mentor(cohort, "Spare")
    set_enrollment_status(enrollment=leaving.mentor, to="withdrawn", by=None, note="a new job")
    sweep_everything()
    leaving.refresh_from_db()
    assert leaving.status == "ended"
    replacement_search.work_search(replacement_search.request_search(mentee=leaving.mentee, by=rosa).pk)
    best = replacement_candidates(leaving.mentee).best[0]
    assert best.mentor.pk != leaving.mentor_id
    new = rematch(match=leaving, mentor=best.mentor, by=rosa, score=best.score, why=best.why, reasons=best.reasons)
    deliver_all_due()

    places = Match.objects.places_of(cohort)
    assert all(places[m.pk] <= 1 for m in mentors)
    assert {m.mentee_id for m in Match.objects.under_way()} == {t.pk for t in teams}
    kinds = OutboxMessage.objects.filter(status="sent").order_by().values_list("kind", flat=True)
    assert sorted(kinds) == ["intro"] * 6 + ["match ended"] + ["question"] * 5
    assert sorted(new.intro.to) == sorted([leaving.mentee.user.email, best.mentor.user.email])
