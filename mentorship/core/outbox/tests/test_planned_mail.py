"""Mails to come: listed, edited, moved or stopped where they are planned; and dry runs."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from checkins.models import CheckIn, CheckInWave
from checkins.schedule.planning import ensure_default_wave
from checkins.waves.lifecycle import restore_checkins
from checkins.waves.reschedule import cancel_checkin, reschedule_checkin, restore_cancelled_checkin
from checkins.waves.sweep import sweep_checkins
from cohorts.mailings.services import save_mailing, schedule_mailing
from cohorts.models import Mailing
from matching.engine.services import run_now
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.delivery.deliver import deliver_all_due
from mentorship.core.outbox.delivery.suppression import suppress
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.planned.planned_mail import mail_to_come
from mentorship.devtools.testing.factories import EnrollmentFactory, MessageFactory
from mentorship.devtools.testing.servers import mail_server

pytestmark = pytest.mark.django_db


@pytest.fixture
def checkin(cast) -> CheckIn:
    """The three-month check-in of Tariq, whose intro left a week ago."""
    OutboxMessage.objects.filter(pk=cast.match.intro_id).update(
        status="sent", sent_at=timezone.now() - timedelta(days=7)
    )
    ensure_default_wave(cohort=cast.cohort)
    sweep_checkins(timezone.now())
    return CheckIn.objects.get(user=cast.mentee)


def page(client, user, name, *args, **query):
    client.force_login(user)
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_list_of_planned_mail_has_all_apps_with_their_reasons(client, cast, checkin):
    mailing = save_mailing(mailing=Mailing(cohort=cast.cohort, subject="Call of May", body="Hi"), by=cast.coordinator)
    schedule_mailing(mailing=mailing, by=cast.coordinator, send_at=timezone.now() + timedelta(days=3))
    MessageFactory(
        workspace=cast.programme.workspace, subject="Written already", due_at=timezone.now() + timedelta(days=1)
    )
    elsewhere = MessageFactory(workspace=cast.other_cohort.programme.workspace, subject="Not yours")
    found = mail_to_come(cast.coordinator)
    assert [one.kind for one in found] == ["intro", "mailing", "check-in", "check-in"]
    assert [one.at for one in found] == sorted(one.at for one in found)
    html = page(client, cast.viewer, "outbox:planned-list")
    for expected in ("Call of May", "Written already", "Tariq Anwar", "3 calendar months after the intro"):
        assert expected in html
    assert elsewhere.subject not in html
    assert "Call of May" not in page(client, cast.viewer, "outbox:planned-list", kind="check-in")
    assert "Nothing like that comes" in page(client, cast.viewer, "outbox:planned-list", q="nobody like that")
    assert "Tariq Anwar" not in page(client, cast.stranger, "outbox:planned-list")
    client.force_login(cast.coordinator)
    assert "Call of May" in client.get(reverse("outbox:planned-list"), {"format": "csv"}).content.decode()


def test_the_list_asks_as_often_for_many(client, cast, checkin, django_assert_max_num_queries):
    client.force_login(cast.coordinator)
    client.get(reverse("outbox:planned-list"))
    with django_assert_max_num_queries(60) as few:
        client.get(reverse("outbox:planned-list"))
    for _ in range(30):
        MessageFactory(workspace=cast.programme.workspace)
        person = EnrollmentFactory(cohort=cast.cohort)
        CheckIn.objects.create(
            wave=checkin.wave,
            enrollment=person,
            user=person.user,
            side="facilitator",
            due_at=checkin.due_at,
            next_mail_at=checkin.due_at,
            closes_at=checkin.closes_at,
        )
    with django_assert_max_num_queries(len(few)):
        client.get(reverse("outbox:planned-list"))


def test_one_mail_is_moved_and_leaves_then(client, cast, checkin):
    day = (timezone.now() + timedelta(days=2)).date()
    client.force_login(cast.coordinator)
    address = reverse("checkins:checkin-reschedule", args=[cast.cohort.slug, checkin.pk])
    client.post(address, {"day": day.isoformat()})
    checkin.refresh_from_db()
    assert checkin.next_mail_at.date() == day
    sweep_checkins(timezone.now())
    assert not OutboxMessage.objects.filter(kind="check-in").exists()
    sweep_checkins(timezone.now() + timedelta(days=3))
    assert OutboxMessage.objects.get(kind="check-in").to == [cast.mentee.email]
    for user in (cast.viewer, cast.stranger, cast.mentor):
        client.force_login(user)
        assert client.post(address, {"do": "stop"}).status_code == 404


def test_a_move_to_an_impossible_moment_is_refused(client, cast, checkin):
    with pytest.raises(ServiceError, match="passed"):
        reschedule_checkin(checkin=checkin, day=(timezone.now() - timedelta(days=2)).date(), by=cast.coordinator)
    CheckIn.objects.filter(pk=checkin.pk).update(status="sent", mails_sent=1)
    with pytest.raises(ServiceError, match="answered any more"):
        reschedule_checkin(checkin=checkin, day=(checkin.closes_at + timedelta(days=2)).date(), by=cast.coordinator)
    client.force_login(cast.coordinator)
    address = reverse("checkins:checkin-reschedule", args=[cast.cohort.slug, checkin.pk])
    assert "That is no day" in client.post(address, {"day": "soon"}, follow=True).content.decode()


def test_who_is_stopped_is_not_asked_before_somebody_says_so(cast, checkin):
    cancel_checkin(checkin=checkin, by=cast.coordinator)
    later = checkin.due_at + timedelta(days=1)
    restore_checkins(later)
    sweep_checkins(later)
    assert not OutboxMessage.objects.filter(kind="check-in", to=[cast.mentee.email]).exists()
    restore_cancelled_checkin(checkin=checkin, by=cast.coordinator, now=later)
    sweep_checkins(later)
    assert OutboxMessage.objects.get(kind="check-in", to=[cast.mentee.email]).status == "queued"


def test_a_planned_check_in_previews_its_mail_without_working_links(client, cast, checkin):
    html = page(client, cast.coordinator, "checkins:checkin-detail", cast.cohort.slug, checkin.pk)
    assert "Check-in: how is it going with Mona?" in html
    assert "Edit its words" in html
    assert "/c/" not in html


def test_a_dry_run_names_who_gets_nothing_and_why(client, cast, checkin):
    workspace = cast.programme.workspace
    suppress(workspace_id=workspace.pk, address=cast.mentee.email, reason="bounced", note="550 5.1.1 unknown")
    wave = CheckInWave.objects.get()
    html = page(client, cast.coordinator, "checkins:wave-detail", cast.cohort.slug, wave.pk)
    assert f"{cast.mentee.email} will get no mail: the address does not exist (550 5.1.1 unknown)" in html
    mailing = save_mailing(mailing=Mailing(cohort=cast.cohort, subject="S", body="B"), by=cast.coordinator)
    html = page(client, cast.coordinator, "cohorts:mailing-detail", cast.cohort.slug, mailing.pk, status="skipped")
    assert "The address does not exist." in html


def test_the_preview_of_intros_says_whom_they_do_not_reach(client, cast):
    one = EnrollmentFactory(cohort=cast.other_cohort, role="mentor", capacity=1)
    EnrollmentFactory(cohort=cast.other_cohort)
    EnrollmentFactory(cohort=cast.other_cohort)
    suppress(workspace_id=cast.other_cohort.workspace_id, address=one.user.email, reason="by-hand", note="moved away")
    run, _ = run_now(cohort=cast.other_cohort, by=None)
    html = page(client, cast.stranger, "matching:run-preview", cast.other_cohort.slug, run.number)
    assert f"{one.user.email} won’t get an intro: left out by a coordinator (moved away)" in html
    assert "1 accepted mentee" in html


def test_the_source_of_what_was_sent_is_what_the_mail_server_got(client, cast, settings):
    with mail_server() as server:
        settings.EMAIL_BACKEND, settings.DEMO = "django.core.mail.backends.smtp.EmailBackend", False
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.host, server.port
        message = MessageFactory(
            workspace=cast.programme.workspace,
            subject="Füße & <b>",
            body_text="Grüße\n",
            cc=["c@example.org"],
            bcc=["hidden@example.org"],
            unsubscribe_url="https://example.org/" + "x" * 120,
            body_html="<p>Grüße</p>",
        )
        deliver_all_due()
        arrived = {e.original_content for e in server.box.taken if message.to[0] in e.rcpt_tos}
    settings.DEFAULT_FROM_EMAIL = "Somebody else <other@localhost>"
    client.force_login(cast.viewer)
    answer = client.get(reverse("outbox:message-source", args=[message.pk]))
    assert answer["Content-Type"].startswith("text/plain")
    assert {answer.content} == arrived
    assert b"hidden@example.org" not in answer.content
    assert "to the byte as it was sent" in page(client, cast.viewer, "outbox:message-detail", message.pk)
    client.force_login(cast.stranger)
    assert client.get(reverse("outbox:message-source", args=[message.pk])).status_code == 404
