"""Actions for many people are done by a worker, for some of them at a time, and pages say how far they are."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cohorts.bulk_actions import services
from cohorts.bulk_actions.services import BULK_KINDS, BulkKind, do_for_many, sweep_bulk_actions, work_bulk_action
from cohorts.models import BulkAction
from mentorship.core.accounts.models import WorkspaceRole
from mentorship.core.audit.models import AuditEntry
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def woken(monkeypatch):
    found = []
    monkeypatch.setattr("cohorts.tasks.work_out_bulk_action.delay", found.append)
    monkeypatch.setattr(services, "MOST_IN_REQUEST", 2)
    monkeypatch.setattr(services, "AT_ONCE", 2)
    return found


@pytest.fixture
def served():
    """The people served by a kind that refuses 13."""
    people = []

    def do(_action, items, _by):
        if 13 in items:
            raise ServiceError("Unlucky.")
        people.extend(items)
        return len(items)

    with BULK_KINDS.replaced_by({"wave": BulkKind("Waving", do, lambda action: f"Waved at {action.number}.")}):
        yield people


def ask(cast, items, **more):
    return do_for_many(cohort=cast.cohort, kind="wave", items=items, by=cast.coordinator, back="/", **more)


def test_a_few_are_served_at_once(cast, served, woken):
    action = ask(cast, [1, 2])
    assert (action.pk, action.said, served) == (None, "Waved at 2.", [1, 2])
    assert not woken
    with pytest.raises(ServiceError):
        ask(cast, [13])


def test_many_are_served_by_a_worker_and_nothing_of_them_is_kept(
    cast, served, django_capture_on_commit_callbacks, woken
):
    with django_capture_on_commit_callbacks(execute=True):
        action = ask(cast, [1, 2, 3, 4, 5], given={"words": "Hello"})
    assert (woken, served) == ([action.pk], [])
    assert ask(cast, [6, 7, 8]) == action  # one at a time
    assert ask(cast, [6, 7, 8], about=4) != action
    seen = []
    work_bulk_action(action.pk, lambda one: seen.append((one.done, one.percent)))
    work_bulk_action(action.pk)
    assert (seen, served) == ([(2, 40), (4, 80), (5, 100)], [1, 2, 3, 4, 5])
    action.refresh_from_db()
    assert (action.status, action.said, action.items, action.given) == ("done", "Waved at 5.", [], {})


def test_what_is_cut_off_goes_on_where_it_was_and_what_fails_says_why(cast, served, client):
    action = ask(cast, [1, 2, 3, 4, 13])

    def killed(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work_bulk_action(action.pk, killed)
    client.force_login(cast.coordinator)
    assert "2 of 5 done" in client.get(action.get_absolute_url()).content.decode()
    assert sweep_bulk_actions(timezone.now()) == 0
    assert sweep_bulk_actions(timezone.now() + timedelta(minutes=2)) == 1
    action.refresh_from_db()
    assert (action.status, action.done, action.error, served) == ("stopped", 4, "Unlucky.", [1, 2, 3, 4])
    assert AuditEntry.objects.filter(verb="stopped", data__reason="Waving: Unlucky.").exists()
    page = client.get(action.get_absolute_url()).content.decode()
    assert "Stopped after 4 of 5" in page
    assert "Unlucky." in page
    stopped = reverse("cohorts:bulk-action-list", args=[cast.cohort.slug]) + "?status=stopped"
    assert "Waving" in client.get(stopped).content.decode()
    assert stopped in client.get(f"/?cohort={cast.cohort.slug}").content.decode()


def test_it_stops_when_whoever_asked_has_left_the_team(cast, served):
    action = ask(cast, [1, 2, 3])
    WorkspaceRole.objects.filter(user=cast.coordinator).delete()
    work_bulk_action(action.pk)
    action.refresh_from_db()
    assert (action.status, served) == ("stopped", [])


def test_a_page_that_was_left_open_is_loaded_anew_when_it_is_over(cast, served, client):
    action = ask(cast, [1, 2, 3])
    client.force_login(cast.coordinator)
    asking = {"HTTP_HX_REQUEST": "true"}
    assert "HX-Refresh" not in client.get(action.get_absolute_url(), **asking)
    work_bulk_action(action.pk)
    assert client.get(action.get_absolute_url(), **asking)["HX-Refresh"] == "true"
    assert "Waved at 3." in client.get(action.get_absolute_url()).content.decode()
    client.force_login(cast.stranger)
    assert client.get(action.get_absolute_url()).status_code == 404


def test_invitations_to_many_are_written_by_a_worker(cast, client, monkeypatch):
    """The request writes none of them, not even to count them."""
    monkeypatch.setattr("mentorship.core.outbox.rehearsal.MOST_TRIED", 2)
    before = CohortFactory(programme=cast.programme, status="completed")
    people = [EnrollmentFactory(cohort=before, role="mentor", status="accepted").user for _ in range(3)]
    cast.cohort.status = "enrolling"
    cast.cohort.save()
    client.force_login(cast.coordinator)
    url = reverse("cohorts:invitation-create", args=[cast.cohort.slug])
    sent = {"pk": [one.pk for one in people], "role": "mentor", "message": "Come back."}
    written = OutboxMessage.objects.count()
    question = client.post(url, sent).content.decode()
    assert "3 people get an email." in question
    answer = client.post(url, {**sent, "confirmed": "yes"})
    action = BulkAction.objects.get()
    assert answer["Location"] == action.get_absolute_url()
    assert OutboxMessage.objects.count() == written
    work_bulk_action(action.pk)
    assert OutboxMessage.objects.filter(kind="invitation", private_to=cast.programme.workspace).count() == 3
    assert "3 invitations on the way." in client.get(action.get_absolute_url()).content.decode()
