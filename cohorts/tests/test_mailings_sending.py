"""Mails to many: who gets what, once."""

import threading
from datetime import time, timedelta

import pytest
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from cohorts.mailings.audience import OPTED_OUT, SWITCHED_OFF, audience_in_words, audience_of, recipients_of
from cohorts.mailings.letters import PLACEHOLDERS, letters_of
from cohorts.mailings.links import opt_out_link
from cohorts.mailings.services import (
    cancel_mailing,
    save_mailing,
    schedule_mailing,
    send_mailing,
    set_opt_out,
    sweep_mailings,
)
from cohorts.mailings.weekly import sweep_weekly
from cohorts.models import CohortDate, Enrollment, Group, Mailing, MailingRecipient, WeeklyMail
from cohorts.people.filters import FilterError
from cohorts.tests.mailing_helpers import addresses, mails_of, send, write
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import history_of
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.services import wake_delivery
from mentorship.devtools.testing.factories import EnrollmentFactory, MessageFactory, TopicFactory, UserFactory
from mentorship.devtools.testing.links import without_signatures

pytestmark = pytest.mark.django_db


# --- who and what ---------------------------------------------------------------------------------------------------


def test_the_audience_is_what_the_people_list_shows(client, cast):
    TopicFactory(name="Hydrology").enrollments.add(cast.mentee_enrollment)
    EnrollmentFactory(cohort=cast.cohort, status="applied", title="Tide tables", user__full_name="Ana Luz")
    EnrollmentFactory(cohort=cast.other_cohort, title="Elsewhere")
    client.force_login(cast.viewer)
    url = reverse("cohorts:people-list", args=[cast.cohort.slug])
    queries = ["", "q=hydro", "q=ana+luz", "role=mentor", "status=applied", "role=mentor&status=applied"]
    for query in [*queries, "sort=name", "unknown=1&role=mentee", "q=%00"]:
        shown = {e.pk for e in client.get(f"{url}?{query.replace('%00', '')}").context["page_obj"]}
        mailing = write(cast, audience=query)
        assert {e.pk for e in audience_of(mailing)} == shown, query
    assert write(cast, audience="sort=name&role=mentor&page=2&evil=1").audience == "role=mentor"
    for query in ("role=pirate", "status=x&sort=name"):
        assert not client.get(f"{url}?{query}").context["page_obj"].object_list
        with pytest.raises(FilterError):
            write(cast, audience=query)


def test_the_audience_is_described_in_words(cast):
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
    text = mails_of(mailing).get(to=["member@example.org"]).full_text
    assert text.startswith("mentee, mentor: Soil maps, Tide tables\n")


def test_every_placeholder_is_filled(cast):
    body = "\n".join(f"{name}={{{name}}}" for name in PLACEHOLDERS)
    text = mails_of(send(cast, body=body)).get(to=["mentee@example.org"]).full_text
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


def test_braces_and_code_in_names_and_answers_are_not_interpreted(cast):
    User.objects.filter(pk=cast.mentee.pk).update(full_name="{cohort} {{ settings.SECRET_KEY }} <b>x</b>")
    Enrollment.objects.filter(pk=cast.mentee_enrollment.pk).update(title="{name} {% debug %}")
    message = mails_of(send(cast, subject="{project}", body="Dear {full_name}")).get(to=["mentee@example.org"])
    assert message.subject == "{name} {% debug %}"
    assert message.full_text.startswith("Dear {cohort} {{ settings.SECRET_KEY }} <b>x</b>\n")
    assert "<b>x" not in message.full_html
    assert "&lt;b&gt;x" in message.full_html


def test_a_name_with_line_breaks_does_not_break_the_subject(cast):
    User.objects.filter(pk=cast.mentee.pk).update(preferred_name="Zoë\r\nBcc: all@example.org")
    message = mails_of(send(cast, subject="For {name}")).get(to=["mentee@example.org"])
    assert message.subject == "For Zoë Bcc: all@example.org"


# --- once, and to whom it may ---------------------------------------------------------------------------------------


def test_sending_writes_a_message_and_a_recipient_row_for_each_person(cast):
    mailing = send(cast)
    assert mailing.status == "sent"
    message = mails_of(mailing).get(to=["mentee@example.org"])
    assert message.key == f"mailing:{mailing.pk}:{cast.mentee.pk}"
    assert (message.status, message.workspace_id) == ("queued", cast.programme.workspace_id)
    assert message.reply_to == ["hello@example.org"]
    assert message.subject == "News of Seeds 9"
    assert "You get this email as mentee in Seeds 9 of Open Seeds." in message.full_text
    assert without_signatures(opt_out_link(cast.programme.workspace_id, cast.mentee.pk)) in without_signatures(
        message.full_text
    )
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


def test_people_who_opted_out_get_only_necessary_mailings(cast):
    set_opt_out(workspace=cast.programme.workspace, user=cast.mentee, out=True)
    set_opt_out(workspace=cast.other_cohort.programme.workspace, user=cast.mentor, out=True)
    mailing = send(cast)
    assert addresses(mailing) == ["mentor@example.org"]
    left_out = mailing.recipients.get(user=cast.mentee)
    assert (left_out.message, left_out.skipped) == (None, OPTED_OUT)
    needed = send(cast, necessary=True)
    assert addresses(needed) == ["mentee@example.org", "mentor@example.org"]
    assert "necessary-mails-only" not in mails_of(needed)[0].full_text


def test_switched_off_accounts_are_left_out_even_where_it_is_necessary(cast):
    User.objects.filter(pk=cast.mentee.pk).update(is_active=False)
    mailing = send(cast, necessary=True)
    assert addresses(mailing) == ["mentor@example.org"]
    assert mailing.recipients.get(user=cast.mentee).skipped == SWITCHED_OFF


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


# --- the audience is the approved one --------------------------------------------------------------------------------


def stopped(mailing):
    """Sweep, and say why the mailing was stopped."""
    assert sweep_mailings(timezone.now()) == 0
    mailing.refresh_from_db()
    assert (mailing.status, mailing.sent_at) == ("stopped", None)
    assert not mails_of(mailing).exists()
    assert history_of(mailing)[0].data["reason"] == mailing.stopped_because
    return mailing.stopped_because


@pytest.mark.parametrize(("field", "value"), [("slug", "earth"), ("name", "Earth")])
def test_a_mailing_stops_when_its_group_is_renamed(cast, field, value):
    group = Group.objects.create(cohort=cast.cohort, slug="soil", name="Soil")
    cast.cohort.enrollments.update(group=group)
    mailing = schedule_mailing(mailing=write(cast, audience="group=soil"), by=cast.coordinator)
    Group.objects.update(**{field: value})
    why = stopped(mailing)
    assert why == (
        "People can't be filtered by group: “soil” any more. It may have been deleted, cancelled or renamed."
        if field == "slug"
        else "It was scheduled for all people who signed up, group: Soil. "
        "The same filters now mean all people who signed up, group: Earth."
    )


def test_a_mailing_stops_when_its_filter_is_gone(cast):
    mailing = schedule_mailing(mailing=write(cast, audience="goal="), by=cast.coordinator)
    Mailing.objects.filter(pk=mailing.pk).update(audience="goal=77")
    assert "goal group: “77”" in stopped(mailing)
    mailing = schedule_mailing(mailing=write(cast), by=cast.coordinator)
    Mailing.objects.filter(pk=mailing.pk).update(audience="status=accepted&fieldtrip=yes")
    assert "fieldtrip: “yes”" in stopped(mailing)


def test_a_mailing_stops_when_more_people_would_get_it_than_it_was_approved_for(cast):
    mailing = schedule_mailing(mailing=write(cast), by=cast.coordinator)
    assert mailing.most == 3
    EnrollmentFactory.create_batch(2, cohort=cast.cohort)
    assert stopped(mailing) == "4 people would get it now. It was scheduled for at most 3."
    schedule_mailing(mailing=mailing, by=cast.coordinator, most=4)
    assert sweep_mailings(timezone.now()) == 1
    assert mails_of(mailing).count() == 4


def test_fewer_people_than_approved_get_it(cast):
    mailing = schedule_mailing(mailing=write(cast), by=cast.coordinator)
    Enrollment.objects.filter(pk=cast.mentee_enrollment.pk).update(status="withdrawn")
    sweep_mailings(timezone.now())
    assert addresses(mailing) == ["mentor@example.org"]


def test_scheduling_for_fewer_people_than_it_reaches_is_refused(cast):
    with pytest.raises(ServiceError, match="2 people would get this email, more than 1"):
        schedule_mailing(mailing=write(cast), by=cast.coordinator, most=1)


def test_another_audience_of_a_scheduled_mailing_is_approved_anew(cast):
    moment = timezone.now() + timedelta(days=1)
    mailing = schedule_mailing(mailing=write(cast), by=cast.coordinator, send_at=moment)
    mailing.audience = "role=mentor"
    saved = save_mailing(mailing=mailing, by=cast.coordinator)
    assert (saved.status, saved.most, saved.approved_audience) == ("scheduled", 2, "all mentors who signed up")


def test_a_due_mailing_without_recipients_counts_as_sent(cast):
    mailing = schedule_mailing(mailing=write(cast, audience="q=nobody"), by=cast.coordinator)
    assert sweep_mailings(timezone.now()) == 1
    mailing.refresh_from_db()
    assert mailing.status == "sent"


def test_a_sent_or_cancelled_mailing_cannot_be_changed(cast):
    sent, cancelled = send(cast), write(cast)
    cancel_mailing(mailing=cancelled, by=cast.coordinator)
    for mailing in (sent, cancelled):
        with pytest.raises(ServiceError):
            save_mailing(mailing=mailing, by=cast.coordinator)
        with pytest.raises(ServiceError):
            cancel_mailing(mailing=mailing, by=cast.coordinator)
        with pytest.raises(ServiceError):
            schedule_mailing(mailing=mailing, by=cast.coordinator, send_at=timezone.now() + timedelta(days=1))


def test_scheduling_in_the_past_is_refused(cast):
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
    assert "changed." in mails_of(stale)[0].full_text


def test_a_crash_while_sending_writes_nothing_and_the_next_sweep_sends_all(cast, monkeypatch):
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
def test_a_failing_mailing_does_not_stop_others_and_is_retried(cast):
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
def test_two_sweeps_at_once_send_a_mailing_once(cast):
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
    for enrollment in EnrollmentFactory.create_batch(20, cohort=cast.cohort):
        enrollment.members.create(user=UserFactory())
    mailing = schedule_mailing(mailing=write(cast), by=cast.coordinator)
    with django_assert_max_num_queries(20):
        send_mailing(mailing=mailing, now=timezone.now())
    assert mails_of(mailing).count() == 42


def test_the_preview_is_what_is_sent(cast):
    mailing = write(cast)
    previews = {letter.user.email: letter for letter in letters_of(mailing, recipients_of(mailing))}
    schedule_mailing(mailing=mailing, by=cast.coordinator)
    sweep_mailings(timezone.now())
    for message in mails_of(mailing):
        letter = previews[message.to[0]]
        assert message.subject == letter.subject
        assert without_signatures(message.full_text) == without_signatures(letter.text)
