"""Many intros are confirmed by a worker, some at a time: nothing is lost or doubled, and pages say how far it is."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from matching.board.state import read_state
from matching.consent import services as consent_services
from matching.engine import services as engine_services
from matching.intro import confirmation as confirmations
from matching.intro.confirmation import request_confirmation, sweep_confirmations, work_confirmation
from matching.intro.services import confirm_run, preview_fingerprint, unconfirmed_proposals
from matching.intro.undo import undo_match
from matching.models import Confirmation, Match
from matching.tests.board_market import make
from mentorship.core.accounts.models import User
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.models import OutboxMessage, PlannedChange
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory, RoleFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def woken(monkeypatch):
    found = []
    monkeypatch.setattr("matching.tasks.work_out_confirmation.delay", found.append)
    return found


@pytest.fixture
def run(monkeypatch):
    """Five pairs, which count as many, to be confirmed two at a time."""
    monkeypatch.setattr(confirmations, "INTROS_AT_ONCE", 2)
    monkeypatch.setattr(consent_services, "MOST_IN_REQUEST", 2)
    cohort = CohortFactory(status="matching", slug="many")
    for n in range(5):
        EnrollmentFactory(cohort=cohort, title=f"Project {n}")
        EnrollmentFactory(cohort=cohort, role="mentor", user__full_name=f"Mentor {n}")
    return engine_services.run_now(cohort=cohort, by=None)[0]


def each_once() -> bool:
    """Every match has its intro, every intro its match."""
    intros = OutboxMessage.objects.filter(kind="intro")
    return {m.intro_id for m in Match.objects.all()} == {i.pk for i in intros} and len(intros) == Match.objects.count()


def test_a_worker_confirms_all_and_the_run_is_done(run):
    said = []
    confirmation = request_confirmation(run=run, by=None)
    assert request_confirmation(run=run, by=None) == confirmation
    work_confirmation(confirmation.pk, lambda c: said.append((c.done, c.total)))
    assert said == [(2, 5), (4, 5), (5, 5)]
    run.refresh_from_db()
    assert (run.status, Match.objects.count(), each_once()) == ("confirmed", 5, True)
    assert len(set(OutboxMessage.objects.values_list("due_at", flat=True))) == 1
    work_confirmation(confirmation.pk)
    assert (Match.objects.count(), each_once()) == (5, True)


def test_what_is_cut_off_between_two_parts_goes_on_where_it_was(run):
    confirmation = request_confirmation(run=run, by=None)

    def killed(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work_confirmation(confirmation.pk, killed)
    confirmation.refresh_from_db()
    assert (confirmation.status, confirmation.done, Match.objects.count(), each_once()) == ("going", 2, 2, True)
    assert sweep_confirmations(timezone.now()) == 0
    assert sweep_confirmations(timezone.now() + timedelta(minutes=2)) == 1
    assert (Match.objects.count(), each_once()) == (5, True)


def test_what_is_undone_meanwhile_is_not_confirmed_again(run):
    confirmation = request_confirmation(run=run, by=None, grace=timedelta(minutes=10))
    confirmations._confirm_some(confirmation)
    undo_match(match=Match.objects.order_by("pk").first(), by=None)
    work_confirmation(confirmation.pk)
    run.refresh_from_db()
    assert (Match.objects.count(), run.status) == (4, "ready")


@pytest.mark.expects_errors
def test_a_part_that_fails_leaves_neither_matches_nor_intros_and_is_confirmed_when_asked_again(run, monkeypatch):
    confirmation = request_confirmation(run=run, by=None)
    with monkeypatch.context() as broken:
        broken.setattr(Match.objects, "bulk_create", lambda rows: 1 / 0)
        work_confirmation(confirmation.pk)
    confirmation.refresh_from_db()
    assert (confirmation.status, confirmation.error) == ("stopped", "An unexpected error: division by zero.")
    assert (Match.objects.count(), OutboxMessage.objects.count()) == (0, 0)
    work_confirmation(request_confirmation(run=run, by=None).pk)
    assert (Match.objects.count(), each_once()) == (5, True)


@pytest.mark.parametrize("what", ["address", "left"])
def test_it_stops_where_an_intro_is_not_as_it_was_seen(run, what):
    confirmation = request_confirmation(run=run, by=None)
    last = unconfirmed_proposals(run)[-1][0]
    if what == "address":
        User.objects.filter(pk=last.user_id).update(email="elsewhere@example.org")
    else:
        type(last).objects.filter(pk=last.pk).update(status="withdrawn")
    work_confirmation(confirmation.pk)
    confirmation.refresh_from_db()
    run.refresh_from_db()
    assert (confirmation.status, confirmation.done, run.status, each_once()) == ("stopped", 4, "ready", True)
    assert ("since you saw the intros" if what == "address" else "is withdrawn") in confirmation.error


def test_nothing_else_is_changed_while_it_goes_on(run):
    request_confirmation(run=run, by=None)
    mentee, proposals = unconfirmed_proposals(run)[0]
    version = read_state(run).version
    for refused in (
        lambda: make(run, "remove", mentee, proposals[0].mentor),
        lambda: engine_services.request_run(cohort=run.cohort, by=None),
        lambda: consent_services.ask_pairs(run=run, mentee_ids=[mentee.pk], by=None),
    ):
        with pytest.raises(ServiceError, match=r"Run 1 is being confirmed: 0 of 5 done"):
            refused()
    assert read_state(run).version == version


def test_the_sweep_gives_up_on_what_breaks_its_workers(run):
    confirmation = request_confirmation(run=run, by=None)
    long_ago = timezone.now() - timedelta(hours=2)
    Confirmation.objects.update(created_at=long_ago, moved_at=long_ago)
    assert sweep_confirmations(timezone.now()) == 1
    confirmation.refresh_from_db()
    assert (confirmation.status, Match.objects.count()) == ("stopped", 0)


def test_the_pages_confirm_many_in_the_background_and_say_how_far_it_is(
    run, client, woken, django_capture_on_commit_callbacks
):
    client.force_login(RoleFactory(workspace=run.cohort.programme.workspace, role="coordinator").user)

    def page(name, *args):
        return client.get(reverse(f"matching:{name}", args=["many", *args]))

    shown = page("run-preview", 1).context["shown"]
    with django_capture_on_commit_callbacks(execute=True):
        text = client.post(reverse("matching:run-confirm", args=["many", 1]), {"shown": shown}, follow=True).text
    assert "5 intros are being confirmed. You can leave this page." in text
    assert (Match.objects.count(), woken) == (0, [Confirmation.objects.get().pk])
    for name, args in (("board", []), ("match-list", []), ("run-preview", [1])):
        assert "being confirmed: 0 of" in page(name, *args).text
    assert "0 of" in page("confirmation-state").text
    work_confirmation(Confirmation.objects.get().pk)
    assert page("confirmation-state").headers["HX-Refresh"] == "true"
    assert "being confirmed" not in page("board").text


def test_pages_say_where_it_stopped(run, client):
    confirmation = request_confirmation(run=run, by=None)
    run.proposals.filter(kind="chosen").first().mentor.delete()
    work_confirmation(confirmation.pk)
    client.force_login(RoleFactory(workspace=run.cohort.programme.workspace, role="coordinator").user)
    assert "stopped after 0 of" in client.get(reverse("matching:match-list", args=["many"])).text


def test_many_intros_take_few_queries_and_keep_what_was_decided_beforehand(run, django_assert_max_num_queries):
    left_out = unconfirmed_proposals(run)[0][0]
    workspace = run.cohort.programme.workspace
    PlannedChange.objects.create(workspace=workspace, key=f"intro:{run.pk}:{left_out.pk}", left_out=True)
    with django_assert_max_num_queries(45):
        matches = confirm_run(run=run, by=None, shown=preview_fingerprint(run.cohort, unconfirmed_proposals(run)))
    assert {m.intro.status for m in matches if m.mentee != left_out} == {"queued"}
    assert next(m for m in matches if m.mentee == left_out).intro.status == "cancelled"


def test_many_intros_take_no_more_queries_than_one_and_one_insert(run, monkeypatch):
    monkeypatch.setattr(confirmations, "INTROS_AT_ONCE", 4)
    confirmation, pieces = request_confirmation(run=run, by=None), []
    with CaptureQueriesContext(connection) as queries:
        work_confirmation(confirmation.pk, lambda _: pieces.append(len(queries)))
    four, one = queries.captured_queries[: pieces[0]], queries.captured_queries[pieces[0] :]
    assert len(four) <= len(one) <= 60  # the last one closes the run as well
    insert = f'INSERT INTO "{OutboxMessage._meta.db_table}"'
    assert [sum(q["sql"].startswith(insert) for q in piece) for piece in (four, one)] == [1, 1]
