"""Mails to many and the weekly mail: who gets what, once."""

import threading
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from cohorts import mailing as mails
from cohorts.calendar import calendar_link
from cohorts.mailing import (
    audience_in_words,
    audience_of,
    cancel_mailing,
    fill,
    letters_of,
    opt_out_link,
    recipients_of,
    save_mailing,
    schedule_mailing,
    send_mailing,
    set_opt_out,
    sweep_mailings,
    unknown_placeholders,
)
from cohorts.models import CohortDate, Enrollment, Mailing, MailingRecipient, OptOut, WeeklyMail
from cohorts.services import ServiceError
from cohorts.weekly import next_moment, save_weekly, sweep_weekly
from mentorship.accounts.models import User
from mentorship.audit.services import history_of
from mentorship.outbox.models import OutboxMessage
from mentorship.outbox.services import wake_delivery
from mentorship.sweep import sweep_everything
from mentorship.testing.factories import (
    CohortFactory,
    EnrollmentFactory,
    MessageFactory,
    TopicFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def write(cast, **fields):
    values = {"audience": "status=accepted", "subject": "News of {cohort}", "body": "Dear {name},\n\nhello."}
    mailing = Mailing(cohort=cast.cohort, **{**values, **fields})
    return save_mailing(mailing=mailing, by=cast.coordinator)


def send(cast, **fields):
    mailing = schedule_mailing(mailing=write(cast, **fields), by=cast.coordinator)
    assert send_mailing(mailing=mailing, now=timezone.now(), by=cast.coordinator)
    mailing.refresh_from_db()
    return mailing


def mails_of(mailing):
    return OutboxMessage.objects.filter(key__startswith=f"mailing:{mailing.pk}:")


def addresses(mailing):
    return sorted(address for m in mails_of(mailing) for address in m.to)


# --- who and what ---------------------------------------------------------------------------------------------------


def test_the_audience_is_what_the_people_list_shows(client, cast):
    TopicFactory(name="Hydrology").enrollments.add(cast.mentee_enrollment)
    EnrollmentFactory(cohort=cast.cohort, status="applied", title="Tide tables", user__full_name="Ana Luz")
    EnrollmentFactory(cohort=cast.other_cohort, title="Elsewhere")
    client.force_login(cast.viewer)
    url = reverse("cohorts:people", args=[cast.cohort.slug])
    queries = ["", "q=hydro", "q=ana+luz", "role=mentor", "status=applied", "role=mentor&status=applied", "role=pirate"]
    for query in [*queries, "status=x&sort=name", "unknown=1&role=mentee", "q=%00"]:
        shown = {e.pk for e in client.get(f"{url}?{query.replace('%00', '')}").context["page_obj"]}
        mailing = write(cast, audience=query)
        assert {e.pk for e in audience_of(mailing)} == shown, query
    assert write(cast, audience="sort=name&role=mentor&page=2&evil=1").audience == "role=mentor"


def test_the_audience_has_words(cast):
    cast.cohort.programme.mentor_label = "guide"
    assert audience_in_words(cast.cohort, "status=accepted&role=mentor") == "accepted guides"
    assert audience_in_words(cast.cohort, "") == "all people who signed up"
    assert audience_in_words(cast.cohort, "q=soil&status=applied") == "applied people, found by “soil”"
    assert audience_in_words(cast.cohort, "offer=open") == "all people who signed up, offer: not answered"


def test_each_person_of_a_team_gets_one_mail_however_often_they_are_in_it(cast):
    member = UserFactory(email="member@example.org")
    cast.mentee_enrollment.members.create(user=member)
    second = EnrollmentFactory(cohort=cast.cohort, user=cast.mentee, title="Tide tables")
    second.members.create(user=member)
    EnrollmentFactory(cohort=cast.cohort, user=member, role="mentor", title="")
    mailing = send(cast, body="{role}: {project}")
    assert addresses(mailing) == ["member@example.org", "mentee@example.org", "mentor@example.org"]
    text = mails_of(mailing).get(to=["member@example.org"]).body_text
    assert text.startswith("mentee, mentor: Soil maps, Tide tables\n")


def test_every_placeholder_is_filled(cast):
    body = "\n".join(f"{name}={{{name}}}" for name in mails.PLACEHOLDERS)
    text = mails_of(send(cast, body=body)).get(to=["mentee@example.org"]).body_text
    assert text.split("\n\n")[0].splitlines() == [
        "name=Tariq Anwar",
        "full_name=Tariq Anwar",
        "cohort=Seeds 9",
        "programme=Open Seeds",
        "role=mentee",
        "project=Soil maps",
        "status=accepted",
        "start=1 February 2027",
        "end=28 May 2027",
        "contact=hello@example.org",
        "my_page=http://127.0.0.1:8000/",
    ]


def test_names_and_answers_with_braces_or_code_are_inert(cast):
    User.objects.filter(pk=cast.mentee.pk).update(full_name="{cohort} {{ settings.SECRET_KEY }} <b>x</b>")
    Enrollment.objects.filter(pk=cast.mentee_enrollment.pk).update(title="{name} {% debug %}")
    message = mails_of(send(cast, subject="{project}", body="Dear {full_name}")).get(to=["mentee@example.org"])
    assert message.subject == "{name} {% debug %}"
    assert message.body_text.startswith("Dear {cohort} {{ settings.SECRET_KEY }} <b>x</b>\n")
    assert "<b>x" not in message.body_html
    assert "&lt;b&gt;x" in message.body_html


def test_only_known_tokens_are_replaced():
    assert fill("{a} {b} {{a}} {c}", {"a": "{b}", "b": "{a}"}) == "{b} {a} {{b}} {c}"
    assert unknown_placeholders("{name} {nmae} {nmae} {{name}} { name } {full name} {0} a{b") == [
        "{nmae}",
        "{{name}}",
        "{ name }",
        "{full name}",
        "{0}",
    ]


def test_a_name_breaks_no_header(cast):
    User.objects.filter(pk=cast.mentee.pk).update(preferred_name="Zoë\r\nBcc: all@example.org")
    message = mails_of(send(cast, subject="For {name}")).get(to=["mentee@example.org"])
    assert message.subject == "For Zoë Bcc: all@example.org"


# --- once, and to whom it may ---------------------------------------------------------------------------------------


def test_sending_leaves_a_message_a_recipient_and_a_trace_of_each(cast):
    mailing = send(cast)
    assert mailing.status == "sent"
    message = mails_of(mailing).get(to=["mentee@example.org"])
    assert message.key == f"mailing:{mailing.pk}:{cast.mentee.pk}"
    assert (message.status, message.workspace_id) == ("queued", cast.programme.workspace_id)
    assert message.reply_to == ["hello@example.org"]
    assert message.subject == "News of Seeds 9"
    assert "You get this mail as mentee in Seeds 9 of Open Seeds." in message.body_text
    assert opt_out_link(cast.programme.workspace_id, cast.mentee.pk).rsplit(":", 2)[0] in message.body_text
    assert mailing.recipients.get(user=cast.mentee).message == message
    assert [e.verb for e in history_of(mailing)] == ["sent", "scheduled", "written"]
    assert history_of(mailing)[0].data == {"sent": 2, "left_out": 0}


def test_delivery_is_woken_once_when_all_is_written(cast, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        send(cast)
    assert callbacks == [wake_delivery]


def test_sending_twice_sends_once(cast):
    mailing = send(cast)
    assert not send_mailing(mailing=mailing, now=timezone.now())
    assert sweep_mailings(timezone.now()) == 0
    with pytest.raises(ServiceError):
        schedule_mailing(mailing=mailing, by=cast.coordinator)
    assert mails_of(mailing).count() == mailing.recipients.count() == 2


def test_who_opted_out_is_left_out_unless_it_is_necessary(cast):
    set_opt_out(workspace=cast.programme.workspace, user=cast.mentee, out=True)
    set_opt_out(workspace=cast.other_cohort.programme.workspace, user=cast.mentor, out=True)
    mailing = send(cast)
    assert addresses(mailing) == ["mentor@example.org"]
    left_out = mailing.recipients.get(user=cast.mentee)
    assert (left_out.message, left_out.skipped) == (None, mails.OPTED_OUT)
    needed = send(cast, necessary=True)
    assert addresses(needed) == ["mentee@example.org", "mentor@example.org"]
    assert "necessary-mails-only" not in mails_of(needed)[0].body_text


def test_switched_off_accounts_are_left_out_even_where_it_is_necessary(cast):
    User.objects.filter(pk=cast.mentee.pk).update(is_active=False)
    mailing = send(cast, necessary=True)
    assert addresses(mailing) == ["mentor@example.org"]
    assert mailing.recipients.get(user=cast.mentee).skipped == mails.SWITCHED_OFF


def test_the_sweep_sends_what_is_due_and_nothing_else(cast):
    now = timezone.now()
    draft, later, soon = write(cast), write(cast), write(cast)
    cancelled = write(cast)
    schedule_mailing(mailing=later, by=cast.coordinator, send_at=now + timedelta(days=3))
    schedule_mailing(mailing=soon, by=cast.coordinator, send_at=now + timedelta(hours=1))
    schedule_mailing(mailing=cancelled, by=cast.coordinator)
    cancel_mailing(mailing=cancelled, by=cast.coordinator)
    assert sweep_mailings(now + timedelta(minutes=59)) == 0
    # Who comes after it was written gets it: the list is made when it leaves.
    EnrollmentFactory(cohort=cast.cohort, user__email="late@example.org")
    assert sweep_mailings(now + timedelta(hours=1)) == 1
    assert sweep_mailings(now + timedelta(hours=1)) == 0
    assert addresses(soon) == ["late@example.org", "mentee@example.org", "mentor@example.org"]
    for other in (draft, later, cancelled):
        assert not mails_of(other).exists()


def test_a_mailing_to_nobody_is_over_too(cast):
    mailing = schedule_mailing(mailing=write(cast, audience="q=nobody"), by=cast.coordinator)
    assert sweep_mailings(timezone.now()) == 1
    mailing.refresh_from_db()
    assert mailing.status == "sent"


def test_what_has_left_or_was_cancelled_never_changes(cast):
    sent, cancelled = send(cast), write(cast)
    cancel_mailing(mailing=cancelled, by=cast.coordinator)
    for mailing in (sent, cancelled):
        with pytest.raises(ServiceError):
            save_mailing(mailing=mailing, by=cast.coordinator)
        with pytest.raises(ServiceError):
            cancel_mailing(mailing=mailing, by=cast.coordinator)
        with pytest.raises(ServiceError):
            schedule_mailing(mailing=mailing, by=cast.coordinator, send_at=timezone.now() + timedelta(days=1))


def test_a_moment_that_has_passed_is_refused(cast):
    mailing = write(cast)
    with pytest.raises(ServiceError, match="has passed"):
        schedule_mailing(mailing=mailing, by=cast.coordinator, send_at=timezone.now() - timedelta(minutes=5))
    mailing.refresh_from_db()
    assert mailing.status == "draft"


def test_editing_keeps_the_schedule(cast):
    moment = timezone.now() + timedelta(days=1)
    stale = write(cast)
    schedule_mailing(mailing=stale, by=cast.coordinator, send_at=moment)
    stale.body = "Dear {name}, changed."
    save_mailing(mailing=stale, by=cast.coordinator)
    stale.refresh_from_db()
    assert (stale.status, stale.send_at) == ("scheduled", moment)
    sweep_mailings(moment)
    assert "changed." in mails_of(stale)[0].body_text


def test_a_crash_in_between_leaves_nothing_and_the_next_sweep_does_all(cast, monkeypatch):
    mailing = schedule_mailing(mailing=write(cast), by=cast.coordinator)
    with monkeypatch.context() as patch:
        patch.setattr(MailingRecipient.objects, "bulk_create", _crash)
        with pytest.raises(KeyboardInterrupt):
            send_mailing(mailing=mailing, now=timezone.now())
    mailing.refresh_from_db()
    assert mailing.status == "scheduled"
    assert not mails_of(mailing).exists()
    assert sweep_mailings(timezone.now()) == 1
    assert mails_of(mailing).count() == mailing.recipients.count() == 2


def _crash(*args, **kwargs):
    raise KeyboardInterrupt


@pytest.mark.expects_errors
def test_one_that_fails_stops_no_other_and_is_tried_again(cast):
    bad, good = (schedule_mailing(mailing=write(cast), by=cast.coordinator) for _ in range(2))
    in_the_way = MessageFactory(key=f"mailing:{bad.pk}:{cast.mentee.pk}")
    with pytest.raises(Exception, match=r"(?i)unique"):
        sweep_mailings(timezone.now())
    assert mails_of(good).count() == 2
    bad.refresh_from_db()
    assert bad.status == "scheduled"
    in_the_way.delete()
    assert sweep_mailings(timezone.now()) == 1


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_send_one(cast):
    mailing = schedule_mailing(mailing=write(cast), by=cast.coordinator)
    now = timezone.now()
    CohortDate.objects.create(cohort=cast.cohort, name="Call", on=now.date())
    WeeklyMail.objects.create(cohort=cast.cohort, on=True, weekday=now.weekday(), time=time(0))
    done = at_once(lambda: sweep_mailings(now) + sweep_weekly(now), times=4)
    assert sum(done) == 2
    assert mails_of(mailing).count() == 2
    assert mails_of(Mailing.objects.get(key__startswith="weekly:")).count() == 2


def at_once(do, times):
    """Run it in that many threads, started together."""
    gate, done = threading.Barrier(times), []

    def run():
        try:
            gate.wait()
            done.append(do())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done


def test_many_recipients_take_few_queries(cast, django_assert_max_num_queries):
    for enrollment in EnrollmentFactory.create_batch(60, cohort=cast.cohort):
        enrollment.members.create(user=UserFactory())
    mailing = schedule_mailing(mailing=write(cast), by=cast.coordinator)
    with django_assert_max_num_queries(20):
        send_mailing(mailing=mailing, now=timezone.now())
    assert mails_of(mailing).count() == 122


def test_the_preview_is_what_is_sent(cast):
    mailing = write(cast)
    previews = {letter.user.email: letter for letter in letters_of(mailing, recipients_of(mailing))}
    schedule_mailing(mailing=mailing, by=cast.coordinator)
    sweep_mailings(timezone.now())
    for message in mails_of(mailing):
        letter = previews[message.to[0]]
        assert message.subject == letter.subject
        # The signature of the link holds its second.
        assert message.body_text.split("necessary-mails")[0] == letter.text.split("necessary-mails")[0]


# --- pages ----------------------------------------------------------------------------------------------------------


def pages(cast, mailing):
    slug = cast.cohort.slug
    return {
        "read": [
            reverse("cohorts:mailings", args=[slug]),
            reverse("cohorts:mailing", args=[slug, mailing.pk]),
            reverse("cohorts:weekly", args=[slug]),
        ],
        "write": [
            reverse("cohorts:mailing-create", args=[slug]),
            reverse("cohorts:mailing-edit", args=[slug, mailing.pk]),
        ],
    }


def test_coordinators_write_viewers_read_and_nobody_else_sees_it(client, cast):
    mailing = write(cast)
    urls = pages(cast, mailing)
    for user in (cast.owner, cast.coordinator, cast.viewer, cast.stranger, cast.mentor, cast.mentee, cast.contact):
        client.force_login(user)
        team, writes = user in (cast.owner, cast.coordinator, cast.viewer), user in (cast.owner, cast.coordinator)
        for url in urls["read"]:
            assert client.get(url).status_code == (200 if team else 404), (url, user)
        for url in urls["write"]:
            assert client.get(url).status_code == (200 if writes else 404), (url, user)
        if not writes:
            for url in [*urls["read"][1:], *urls["write"]]:
                assert client.post(url, {"deed": "send"}).status_code == 404, (url, user)
    assert not mails_of(mailing).exists()
    client.logout()
    for url in [*urls["read"], *urls["write"]]:
        assert client.get(url).status_code == 302


def test_a_mailing_of_another_cohort_is_not_found(client, cast):
    foreign = Mailing.objects.create(cohort=cast.other_cohort, subject="Secret", body="x")
    client.force_login(cast.coordinator)
    for name in ("mailing", "mailing-edit"):
        assert client.get(reverse(f"cohorts:{name}", args=[cast.cohort.slug, foreign.pk])).status_code == 404


def form_data(**changes):
    return {"audience": "status=accepted", "subject": "News", "body": "Dear {name}, hello.", **changes}


def test_from_the_filtered_list_to_the_sent_mail(client, cast):
    client.force_login(cast.coordinator)
    new = reverse("cohorts:mailing-create", args=[cast.cohort.slug])
    page = client.get(new, {"role": "mentor", "q": "mona", "status": "accepted"}).content.decode()
    assert "Accepted mentors, found by “mona”" in page
    assert "&#123;full_name&#125;" in page
    answer = client.post(new, form_data(audience="q=mona&role=mentor&status=accepted"))
    mailing = Mailing.objects.get()
    url = reverse("cohorts:mailing", args=[cast.cohort.slug, mailing.pk])
    assert answer.url == url
    assert (mailing.status, mailing.created_by) == ("draft", cast.coordinator)
    assert not mails_of(mailing).exists()
    page = client.get(url).content.decode()
    assert "Dear Mona, hello." in page
    assert "Send now to 1" in page
    client.post(url, {"deed": "send"})
    client.post(url, {"deed": "send"})
    assert addresses(mailing) == ["mentor@example.org"]
    page = client.get(url).content.decode()
    assert mails_of(mailing).get().get_absolute_url() in page
    assert "Dear Mona, hello." in page
    assert "/edit/" not in page


def test_a_preview_as_somebody_saves_nothing_and_loses_nothing(client, cast):
    client.force_login(cast.coordinator)
    new = reverse("cohorts:mailing-create", args=[cast.cohort.slug])
    data = form_data(body="Dear {name}, about {project}.", necessary="on", preview="1")
    page = client.post(new, {**data, "as": cast.mentee.pk}).content.decode()
    assert "Dear Tariq Anwar, about Soil maps." in page
    assert "Dear {name}, about {project}." in page
    assert "1</strong> of them has no project" in page
    assert "It is necessary for taking part, so it reaches everybody." in page
    page = client.post(new, {**data, "as": cast.mentor.pk}).content.decode()
    assert "Dear Mona, about ." in page
    assert not Mailing.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("body", "Dear {first_name}", "{first_name} means nothing here. You can use {name}, {full_name}"),
        ("subject", "For {{name}}", "{{name}} means nothing here."),
        ("body", "What is on: {dates}", "{dates} means nothing here."),
        ("subject", "One\nBcc: x@example.org", "The subject is one line."),
        ("body", "x" * 20_001, "This is too long for a mail: 20001 characters"),
        ("subject", "", "This field is required."),
        ("audience", "q=" + "ü" * 200, "This search is too long"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(client, cast, field, value, said):
    client.force_login(cast.coordinator)
    data = form_data(subject="Keep this subject", body="Keep this text")
    answer = client.post(reverse("cohorts:mailing-create", args=[cast.cohort.slug]), {**data, field: value})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page.replace("&#x27;", "'")
    assert field == "subject" or "Keep this subject" in page
    assert field == "body" or "Keep this text" in page
    assert not Mailing.objects.exists()


def test_filters_that_mails_do_not_know_are_named(client, cast):
    client.force_login(cast.coordinator)
    new = reverse("cohorts:mailing-create", args=[cast.cohort.slug])
    assert "reaches more people" in client.get(new, {"group": "soil", "sort": "name"}).content.decode()
    assert "reaches more people" not in client.get(new, {"role": "mentor", "sort": "name"}).content.decode()


def test_it_says_who_is_left_out_and_why(client, cast):
    set_opt_out(workspace=cast.programme.workspace, user=cast.mentee, out=True)
    client.force_login(cast.coordinator)
    new = reverse("cohorts:mailing-create", args=[cast.cohort.slug])
    page = client.get(new, {"status": "accepted"}).content.decode()
    assert "1</strong> person gets it, each once" in page
    assert mails.OPTED_OUT in page
    mailing = write(cast)
    url = reverse("cohorts:mailing", args=[cast.cohort.slug, mailing.pk])
    assert [r.user for r in client.get(url, {"status": "skipped"}).context["page_obj"]] == [cast.mentee]
    assert [r.user for r in client.get(url, {"q": "MONA"}).context["page_obj"]] == [cast.mentor]
    assert "Nobody fits" in client.get(url, {"q": "zzz"}).content.decode()


def test_nobody_to_send_to_is_said(client, cast):
    mailing = write(cast, audience="q=nobody")
    client.force_login(cast.coordinator)
    url = reverse("cohorts:mailing", args=[cast.cohort.slug, mailing.pk])
    page = client.get(url).content.decode()
    assert "Nobody would get it" in page
    assert "Send now" not in page.split("<dialog")[0]
    assert "Nobody would get this mail" in client.post(url, {"deed": "send"}, follow=True).content.decode()
    mailing.refresh_from_db()
    assert mailing.status == "draft"


def test_it_is_scheduled_by_the_clock_of_the_cohort(client, cast):
    cast.cohort.time_zone = "Asia/Kathmandu"
    cast.cohort.save()
    User.objects.filter(pk=cast.coordinator.pk).update(time_zone="America/New_York")
    mailing = write(cast)
    client.force_login(cast.coordinator)
    url = reverse("cohorts:mailing", args=[cast.cohort.slug, mailing.pk])
    with time_machine.travel(datetime(2027, 3, 1, tzinfo=UTC), tick=False):
        client.force_login(cast.coordinator)
        # New York's clock skips this time; Kathmandu's does not.
        client.post(url, {"deed": "schedule", "send_at": "2027-03-14T02:30"})
        mailing.refresh_from_db()
        assert mailing.send_at == datetime(2027, 3, 13, 20, 45, tzinfo=UTC)
        answer = client.post(url, {"deed": "schedule", "send_at": "2027-02-01T10:00"})
        assert answer.status_code == 422
        assert "This moment has passed" in answer.content.decode()
        assert "2027-02-01T10:00" in answer.content.decode()
        client.post(url, {"deed": "cancel"})
    mailing.refresh_from_db()
    assert mailing.status == "cancelled"
    assert "Was never sent" in client.get(url).content.decode()
    edit = reverse("cohorts:mailing-edit", args=[cast.cohort.slug, mailing.pk])
    assert client.get(edit).url == url
    assert "can&#x27;t be changed" in client.post(edit, form_data(), follow=True).content.decode()


def test_a_time_that_the_clock_skips_is_refused(client, cast):
    cast.cohort.time_zone = "Europe/Berlin"
    cast.cohort.save()
    mailing = write(cast)
    url = reverse("cohorts:mailing", args=[cast.cohort.slug, mailing.pk])
    with time_machine.travel(datetime(2027, 3, 1, tzinfo=UTC), tick=False):
        client.force_login(cast.coordinator)
        answer = client.post(url, {"deed": "schedule", "send_at": "2027-03-28T02:30"})
        assert answer.status_code == 422
        assert "Europe/Berlin" in answer.content.decode()


def test_what_became_of_each_is_shown_filtered_and_exported(client, cast):
    for n, status in enumerate(["sent", "failed", "queued"]):
        EnrollmentFactory(cohort=cast.cohort, user__email=f"{status}@example.org", user__full_name=f"=Person {n}")
    set_opt_out(workspace=cast.programme.workspace, user=cast.mentee, out=True)
    mailing = send(cast)
    mails_of(mailing).filter(to=["sent@example.org"]).update(status="sent", sent_at=timezone.now())
    mails_of(mailing).filter(to=["failed@example.org"]).update(status="failed", last_error="550 no such box")
    client.force_login(cast.viewer)
    url = reverse("cohorts:mailing", args=[cast.cohort.slug, mailing.pk])

    def shown(**query):
        return {r.user.email for r in client.get(url, query).context["page_obj"]}

    assert shown(status="sent") == {"sent@example.org"}
    assert shown(status="failed") == {"failed@example.org"}
    assert shown(status="queued") == {"queued@example.org", "mentor@example.org"}
    assert shown(status="skipped") == {"mentee@example.org"}
    assert shown(q="person 1") == {"failed@example.org"}
    assert "550 no such box" in client.get(url).content.decode()
    export = client.get(url, {"format": "csv"}).content.decode().splitlines()
    assert len(export) == 6
    assert any(row.startswith("'=Person 1,failed@example.org,failed,,,550 no such box") for row in export)
    assert any(row.endswith(f"left out,,{mails.OPTED_OUT},") for row in export)
    page = client.get(reverse("cohorts:mailings", args=[cast.cohort.slug]))
    (row,) = page.context["page_obj"]
    assert (row.sent, row.failed, row.waiting, row.skipped) == (1, 1, 2, 1)


def test_lists_cost_the_same_for_few_and_many(client, cast, django_assert_max_num_queries):
    client.force_login(cast.viewer)
    url = reverse("cohorts:mailings", args=[cast.cohort.slug])
    assert "No mails to many yet" in client.get(url).content.decode()
    for _ in range(2):
        EnrollmentFactory.create_batch(8, cohort=cast.cohort)
        mailing = send(cast)
        waiting = write(cast)
        for page in (url, *(reverse("cohorts:mailing", args=[cast.cohort.slug, m.pk]) for m in (mailing, waiting))):
            with django_assert_max_num_queries(16):
                client.get(page)


def test_names_are_text_not_markup(client, cast):
    User.objects.filter(pk=cast.mentee.pk).update(full_name="<script>alert(1)</script>")
    draft, sent = write(cast, subject="<script>alert(2)"), send(cast, subject="<script>alert(2)")
    client.force_login(cast.coordinator)
    for url in [*pages(cast, draft)["read"], *pages(cast, draft)["write"], *pages(cast, sent)["read"]]:
        assert "<script>alert" not in client.get(url).content.decode()


# --- no more of them ------------------------------------------------------------------------------------------------


def test_a_person_stops_the_mails_by_their_link_and_gets_them_again(client, cast):
    url = opt_out_link(cast.programme.workspace_id, cast.mentee.pk).removeprefix("http://127.0.0.1:8000")
    assert "Necessary mails only?" in client.get(url).content.decode()
    assert not OptOut.objects.exists()  # mail scanners open links
    for _ in range(2):
        page = client.post(url, {"want": "necessary"}, follow=True).content.decode()
        assert "You get necessary mails only" in page
    assert OptOut.objects.get().user == cast.mentee
    assert "Necessary mails only?" in client.post(url, {"want": "all"}, follow=True).content.decode()
    assert not OptOut.objects.exists()
    assert history_of(cast.mentee).count() == 2


def test_a_link_that_was_not_made_here_stops_nothing(client, cast):
    feed = calendar_link(cast.mentee).rsplit("/", 1)[-1]
    for token in ("nonsense", feed):
        url = reverse("cohorts:opt-out", args=[token])
        assert client.get(url).status_code == 404
        assert client.post(url, {"want": "necessary"}).status_code == 404
    assert not OptOut.objects.exists()


# --- the weekly mail ------------------------------------------------------------------------------------------------

# A Monday; the cohort's clock is one hour ahead of UTC, from 28 March on two.
MONDAY = datetime(2027, 2, 8, 7, 0, tzinfo=UTC)


@pytest.fixture
def weekly(cast):
    cast.cohort.time_zone = "Europe/Berlin"
    cast.cohort.save()
    cast.mentee.time_zone = "Asia/Kathmandu"
    cast.mentee.save()
    for week in range(12):
        CohortDate.objects.create(
            cohort=cast.cohort,
            name=f"Call {week}",
            on=date(2027, 2, 10) + timedelta(days=7 * week),
            time=time(20),
            minutes=60,
            link="https://meet.example.org/call",
        )
    CohortDate.objects.create(cohort=cast.cohort, name="Team only", on=date(2027, 2, 9), shared=False)
    return WeeklyMail.objects.create(cohort=cast.cohort, on=True, weekday=0, time=time(8))


def weekly_mails():
    return Mailing.objects.filter(key__startswith="weekly:").order_by("send_at")


def test_the_weekly_mail_shows_the_dates_by_every_readers_clock(cast, weekly):
    EnrollmentFactory(cohort=cast.cohort, status="applied", user__email="applied@example.org")
    assert sweep_weekly(MONDAY - timedelta(seconds=1)) == 0
    assert sweep_weekly(MONDAY) == 1
    mailing = weekly_mails().get()
    assert mailing.key == f"weekly:{cast.cohort.pk}:2027-W06"
    assert addresses(mailing) == ["mentee@example.org", "mentor@example.org"]
    message = mails_of(mailing).get(to=["mentee@example.org"])
    assert message.subject == "Seeds 9: the week from 8 February"
    assert (
        "- Thursday 11 February, 00:45 your time (Kathmandu), Wednesday 20:00 in Berlin: Call 0, 60 minutes\n"
        "https://meet.example.org/call\n"
    ) in message.body_text
    assert "Call 1" not in message.body_text
    assert "Team only" not in message.body_text
    other = mails_of(mailing).get(to=["mentor@example.org"]).body_text
    assert "- Wednesday 10 February, 20:00 (Berlin): Call 0, 60 minutes\n" in other


def test_one_a_week_however_often_it_is_swept(cast, weekly):
    for hours in range(0, 14 * 24, 5):
        sweep_weekly(MONDAY + timedelta(hours=hours))
    assert [m.send_at for m in weekly_mails()] == [MONDAY, MONDAY + timedelta(days=7)]
    assert OutboxMessage.objects.filter(kind="weekly mail").count() == 4


def test_it_leaves_at_eight_by_the_cohorts_clock_in_summer_too(cast, weekly):
    summer = datetime(2027, 3, 29, 6, 0, tzinfo=UTC)
    assert sweep_weekly(summer - timedelta(minutes=1)) == 0
    assert sweep_weekly(summer) == 1
    assert next_moment(weekly, datetime(2027, 3, 27, tzinfo=UTC)) == summer


def test_after_an_outage_only_the_current_one_is_sent(cast, weekly):
    wednesday = MONDAY + timedelta(days=16)
    assert sweep_weekly(wednesday) == 1
    assert sweep_weekly(wednesday) == 0
    assert weekly_mails().get().key.endswith("W08")


def test_a_late_one_says_nothing_of_days_that_are_over(cast, weekly):
    CohortDate.objects.create(cohort=cast.cohort, name="Tuesday's", on=date(2027, 2, 9))
    sweep_weekly(MONDAY + timedelta(days=2))
    text = mails_of(weekly_mails().get())[0].body_text
    assert "Call 0" in text
    assert "Tuesday's" not in text


def test_one_of_sunday_night_is_not_lost_at_the_turn_of_the_week(cast, weekly):
    weekly.weekday, weekly.time = 6, time(23, 59)
    weekly.save()
    assert sweep_weekly(datetime(2027, 2, 7, 23, 1, tzinfo=UTC)) == 1  # Monday, 00:01
    assert weekly_mails().get().key.endswith("W05")
    assert "Call 0" in mails_of(weekly_mails().get())[0].body_text


def test_a_week_with_no_date_and_no_words_sends_nothing(cast, weekly):
    CohortDate.objects.all().delete()
    assert sweep_weekly(MONDAY) == 0
    weekly.words = "I'm away on Friday, {name}.\n\nSee you <soon>."
    weekly.save()
    assert sweep_weekly(MONDAY) == 1
    text = mails_of(weekly_mails().get()).get(to=["mentor@example.org"]).body_text
    assert text.startswith("Dear Mona,\n\nI'm away on Friday, Mona.\n\nSee you <soon>.\n\nOpen Seeds\n")
    # The words are for one week.
    weekly.refresh_from_db()
    assert weekly.words == ""
    assert sweep_weekly(MONDAY + timedelta(days=7)) == 0


@pytest.mark.parametrize("status", ["draft", "enrolling", "completed", "archived"])
def test_it_is_sent_only_while_the_cohort_is_at_work(cast, weekly, status):
    cast.cohort.status = status
    cast.cohort.save()
    assert sweep_weekly(MONDAY) == 0


def test_one_that_is_off_and_one_to_nobody_are_not_sent(cast, weekly):
    WeeklyMail.objects.update(on=False)
    assert sweep_weekly(MONDAY) == 0
    WeeklyMail.objects.update(on=True)
    Enrollment.objects.update(status="applied")
    assert sweep_weekly(MONDAY) == 0


def test_who_wants_necessary_mails_only_gets_no_weekly_one(cast, weekly):
    set_opt_out(workspace=cast.programme.workspace, user=cast.mentee, out=True)
    sweep_weekly(MONDAY)
    assert addresses(weekly_mails().get()) == ["mentor@example.org"]


def test_switching_it_on_makes_up_for_nothing(cast, weekly):
    weekly.on = False
    with time_machine.travel(MONDAY - timedelta(days=3)):
        save_weekly(weekly=weekly, by=cast.coordinator)
    weekly.on = True
    with time_machine.travel(MONDAY + timedelta(days=1)):
        save_weekly(weekly=weekly, by=cast.coordinator)
    assert sweep_weekly(MONDAY + timedelta(days=1, hours=1)) == 0
    weekly.words = "New words, same plan."
    with time_machine.travel(MONDAY + timedelta(days=7, hours=1)):
        save_weekly(weekly=weekly, by=cast.coordinator)
    assert sweep_weekly(MONDAY + timedelta(days=7, hours=2)) == 1


def test_the_weekly_page_keeps_the_plan_and_previews_the_next_one(client, cast):
    url = reverse("cohorts:weekly", args=[cast.cohort.slug])
    client.force_login(cast.coordinator)
    assert "Nothing would be sent" in client.get(url).content.decode()
    data = {"on": "on", "weekday": "3", "time": "18:30", "words": "Hello {name}, bring a map."}
    wrong = client.post(url, {**data, "words": "Hello {nme}"})
    assert wrong.status_code == 422
    assert "{nme} means nothing here." in wrong.content.decode()
    assert "Hello {nme}" in wrong.content.decode()
    client.post(url, data)
    weekly = WeeklyMail.objects.get()
    assert (weekly.on, weekly.weekday, weekly.time) == (True, 3, time(18, 30))
    page = client.get(url, {"as": cast.mentee.pk}).content.decode()
    assert "Hello Tariq Anwar, bring a map." in page
    assert "Thursday" in page
    Enrollment.objects.update(status="applied")
    assert "Nobody is accepted" in client.get(url).content.decode()
    client.force_login(cast.viewer)
    page = client.get(url).content.decode()
    assert "18:30" in page
    assert "<textarea" not in page


def test_the_sweep_of_everything_sends_both(cast, weekly):
    mailing = schedule_mailing(mailing=write(cast), by=cast.coordinator)
    now = max(MONDAY, timezone.now())
    with time_machine.travel(now, tick=False):
        done = sweep_everything(now)
    assert done["mailings sent"] == 1
    assert mails_of(mailing).filter(status="sent").count() == 2
    assert "weekly mails written" in done


def test_the_other_cohort_has_its_own_week(cast, weekly):
    second = CohortFactory(programme=cast.programme, status="matching", time_zone="America/New_York")
    EnrollmentFactory(cohort=second)
    WeeklyMail.objects.create(cohort=second, on=True, weekday=0, time=time(8), words="Hello")
    assert sweep_weekly(MONDAY) == 1
    assert sweep_weekly(MONDAY + timedelta(hours=6)) == 1
    assert weekly_mails().count() == 2
