"""The outbox pages, and allauth's mails."""

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mentorship.core.outbox.models import OutboxMessage, Suppression
from mentorship.devtools.testing.factories import MessageFactory, RoleFactory
from mentorship.devtools.testing.pages import words_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def message(cast) -> OutboxMessage:
    return MessageFactory(
        workspace=cast.programme.workspace,
        to=["ana@example.org"],
        cc=["copy@example.org"],
        reply_to=["team@example.org"],
        subject="Meet <Tariq>",
        body_text="Dear Ana,\n<script>alert(1)</script>\nhttps://example.org/here",
        why="They were matched.",
    )


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(user, name: str, *args, **query) -> str:
    answer = signed_in(user).get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_list_shows_the_messages_of_the_own_programmes(cast, message):
    other = MessageFactory(workspace=cast.other_cohort.programme.workspace, subject="Not yours")
    MessageFactory(kind="sign-in", subject="Your code")
    html = page(cast.coordinator, "outbox:message-list")
    assert "Meet &lt;Tariq&gt;" in html
    assert other.subject not in html
    assert "Your code" not in html
    assert "sign-in" not in html


def test_tabs_count_what_search_and_kind_leave(cast, message):
    MessageFactory(workspace=cast.programme.workspace, status="failed", kind="decision", to=["bo@example.org"])
    MessageFactory(workspace=cast.programme.workspace, maybe_duplicate=True, kind="check-in")
    answer = signed_in(cast.viewer).get(reverse("outbox:message-list"))
    tabs = {value: number for value, _, number in answer.context["tabs"]}
    assert tabs == {"": 4, "queued": 3, "sending": 0, "sent": 0, "failed": 1, "cancelled": 0, "skipped": 0, "twice": 1}
    for query, expected in (
        ({"status": "failed"}, 1),
        ({"status": "twice"}, 1),
        ({"kind": "decision"}, 1),
        ({"q": "BO@example.org"}, 1),
        ({"q": "copy@example"}, 1),
        ({"q": "tariq"}, 1),
        ({"q": "were matched"}, 1),
        ({"q": "tariq", "status": "failed"}, 0),
        ({"status": "nonsense"}, 0),
        ({"kind": "nonsense"}, 0),
    ):
        found = signed_in(cast.viewer).get(reverse("outbox:message-list"), query).context["page_obj"].object_list
        assert len(found) == expected, query


def test_a_search_that_finds_nothing_shows_the_way_back(cast, message):
    html = page(cast.coordinator, "outbox:message-list", q="nobody-like-that")
    assert "No message like that" in html
    assert "Show all messages" in html


def test_the_page_of_a_message_shows_it_as_it_goes_out(cast, message):
    html = page(cast.viewer, "outbox:message-detail", message.pk)
    for expected in ("ana@example.org", "copy@example.org", "team@example.org", "They were matched."):
        assert expected in html
    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html
    assert 'href="https://example.org/here"' in html
    assert message.message_id.strip("<>") in html


def test_strangers_and_participants_see_no_planned_mail(cast, message):
    for user in (cast.stranger, cast.mentor, cast.contact):
        client = signed_in(user)
        assert client.get(reverse("outbox:message-detail", args=[message.pk])).status_code == 404
        for name in ("outbox:message-cancel", "outbox:message-resend"):
            assert client.post(reverse(name, args=[message.pk])).status_code == 404
    assert signed_in(cast.mentor).get(reverse("outbox:message-list")).status_code == 404
    assert signed_in(cast.coordinator).get(reverse("outbox:message-detail", args=[uuid.uuid4()])).status_code == 404
    assert Client().get(reverse("outbox:message-detail", args=[message.pk])).status_code == 302
    message.refresh_from_db()
    assert message.status == "queued"


def test_viewers_read_but_change_nothing(cast, message):
    assert "Cancel this message" not in page(cast.viewer, "outbox:message-detail", message.pk)
    assert signed_in(cast.viewer).post(reverse("outbox:message-cancel", args=[message.pk])).status_code == 404


def test_who_edits_elsewhere_only_reads_here(cast, message):
    RoleFactory(workspace=cast.programme.workspace, user=cast.stranger, role="viewer")
    assert "Cancel this message" not in page(cast.stranger, "outbox:message-detail", message.pk)
    assert signed_in(cast.stranger).post(reverse("outbox:message-cancel", args=[message.pk])).status_code == 404


def test_a_coordinator_cancels_and_sends_again(cast, message):
    client = signed_in(cast.coordinator)
    address = reverse("outbox:message-cancel", args=[message.pk])
    assert client.get(address).status_code == 405, "looking changes nothing"
    html = client.post(address, follow=True).content.decode()
    assert "It will not be sent." in html
    assert "Send again" in html
    message.refresh_from_db()
    assert message.status == "cancelled"
    html = client.post(reverse("outbox:message-resend", args=[message.pk]), follow=True).content.decode()
    assert "queued again" in html
    message.refresh_from_db()
    assert message.status == "queued"


def test_acting_on_a_message_that_has_left_is_answered_with_a_message(cast):
    sent = MessageFactory(workspace=cast.programme.workspace, status="sent", sent_at=timezone.now())
    html = signed_in(cast.owner).post(reverse("outbox:message-cancel", args=[sent.pk]), follow=True).content.decode()
    assert "has already been sent" in html


def test_a_possible_second_copy_is_marked(cast):
    twice = MessageFactory(workspace=cast.programme.workspace, maybe_duplicate=True, last_error="no answer")
    assert "may have gone out twice" in page(cast.coordinator, "outbox:message-list")
    assert "may have gone out twice" in page(cast.coordinator, "outbox:message-detail", twice.pk)


def test_the_demo_shows_all_mails_to_everybody_and_elsewhere_is_no_such_page(client, cast, settings):
    MessageFactory(kind="sign-in", subject="Sign-in code", body_text="Your code is QX7-KLM.")
    settings.DEMO = False
    assert client.get(reverse("outbox:demo-mailbox")).status_code == 404
    settings.DEMO = True
    html = client.get(reverse("outbox:demo-mailbox")).content.decode()
    assert "QX7-KLM" in html


def test_a_sign_in_code_goes_through_the_outbox(client, cast, mailoutbox):
    cache.clear()
    answer = client.post(reverse("account_request_login_code"), {"email": cast.mentor.email})
    assert answer.status_code == 302
    message = OutboxMessage.objects.get(kind="sign-in")
    assert message.workspace is None
    assert message.to == [cast.mentor.email]
    assert mailoutbox == [], "the request itself waits for no mail server"
    assert message.due_at < timezone.now() + timedelta(seconds=1)
    for user in (cast.owner, cast.mentor):
        assert signed_in(user).get(reverse("outbox:message-detail", args=[message.pk])).status_code == 404


def edit(user, message, **changes):
    data = {
        "subject": message.subject,
        "text": message.body_text,
        "version": message.version,
        "due_at": message.due_at.strftime("%Y-%m-%dT%H:%M"),
        **changes,
    }
    return signed_in(user).post(reverse("outbox:message-edit", args=[message.pk]), data)


def test_a_coordinator_edits_and_moves_what_has_not_left(cast, message):
    answer = edit(cast.coordinator, message, subject="Other\nwords", text="Hello <b>you</b>", due_at="2031-05-06T07:08")
    assert answer.status_code == 302
    message.refresh_from_db()
    assert (message.subject, message.body_text) == ("Other words", "Hello <b>you</b>\n")
    assert message.due_at == datetime(2031, 5, 6, 7, 8, tzinfo=UTC)
    html = page(cast.viewer, "outbox:message-detail", message.pk)
    assert re.search(r"body text, due at, subject</small> <small[^>]*>The coordinator,", words_in(html))
    assert "Edit or move" not in html, "a viewer has no such button"


def test_the_html_of_a_mail_follows_its_edited_text(cast):
    message = MessageFactory(workspace=cast.programme.workspace, body_html="<p>Old</p>")
    edit(cast.coordinator, message, text="<script>alert(1)</script> new words")
    message.refresh_from_db()
    assert "new words" in message.body_html
    assert "Old" not in message.body_html
    assert "<script>alert" not in message.body_html


def test_two_people_who_edit_at_once_do_not_overwrite_each_other(cast, message):
    edit(cast.coordinator, message, subject="Mine")
    answer = edit(cast.owner, message, subject="Theirs", text="typed with care")
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "has just been changed by somebody else" in html
    assert "typed with care" in html, "nothing typed is lost"
    message.refresh_from_db()
    assert message.subject == "Mine"


@pytest.mark.parametrize("state", [{"status": "sent", "sent_at": timezone.now()}, {"status": "cancelled"}])
def test_what_has_left_is_edited_no_more(cast, state):
    over = MessageFactory(workspace=cast.programme.workspace, **state)
    assert signed_in(cast.owner).get(reverse("outbox:message-edit", args=[over.pk])).status_code == 302
    assert edit(cast.owner, over, subject="Too late").status_code == 422
    over.refresh_from_db()
    assert over.subject != "Too late"


def test_only_coordinators_edit(cast, message):
    for user in (cast.viewer, cast.stranger, cast.mentor):
        assert edit(user, message, subject="No").status_code == 404
    message.refresh_from_db()
    assert message.subject == "Meet <Tariq>"


@pytest.mark.parametrize(
    ("zone", "moment"), [("America/Los_Angeles", "9999-12-31T23:59"), ("Asia/Kathmandu", "0001-01-01T00:00")]
)
def test_a_date_out_of_range_is_a_form_error(cast, message, zone, moment):
    cast.coordinator.time_zone = zone
    cast.coordinator.save()
    posted = {"subject": "x", "text": "y", "due_at": moment, "version": message.version}
    answer = signed_in(cast.coordinator).post(reverse("outbox:message-edit", args=[message.pk]), posted)
    assert answer.status_code == 422
    assert "due_at" in answer.context["form"].errors


def test_what_went_out_is_sent_once_more_to_whom_it_did_not_reach(cast):
    sent = MessageFactory(
        workspace=cast.programme.workspace, status="sent", sent_at=timezone.now(), to=["a@example.org", "b@example.org"]
    )
    client, address = signed_in(cast.coordinator), reverse("outbox:message-send-again", args=[sent.pk])
    assert "a@example.org" in client.get(address).content.decode()
    assert client.post(address, {"to": ["victim@example.org"]}).status_code == 422
    assert client.post(address, {}).status_code == 422
    assert client.post(address, {"to": ["b@example.org"]}).status_code == 302
    again = OutboxMessage.objects.get(key__startswith="again:")
    assert (again.to, again.subject, again.status) == (["b@example.org"], sent.subject, "queued")
    assert again.message_id != sent.message_id
    assert "sent it once more" in again.why


def test_sending_once_more_asked_for_twice_is_done_once(cast):
    sent = MessageFactory(
        workspace=cast.programme.workspace, status="sent", sent_at=timezone.now(), to=["a@example.org", "b@example.org"]
    )
    client, address = signed_in(cast.coordinator), reverse("outbox:message-send-again", args=[sent.pk])
    copies = client.get(address).context["form"]["copies"].value()
    asked = {"to": ["b@example.org"], "copies": copies}
    assert client.post(address, asked)["Location"] == client.post(address, asked)["Location"]
    assert OutboxMessage.objects.filter(key__startswith="again:").count() == 1
    assert client.post(address, {"to": ["a@example.org"], "copies": copies}).status_code == 422, "somebody was first"
    asked["copies"] = client.get(address).context["form"]["copies"].value()
    assert client.post(address, asked).status_code == 302
    assert OutboxMessage.objects.filter(key__startswith="again:").count() == 2


def test_the_list_is_exported_as_it_is_filtered(cast, message):
    MessageFactory(workspace=cast.programme.workspace, kind="decision", subject="=1+1")
    answer = signed_in(cast.viewer).get(reverse("outbox:message-list"), {"format": "csv", "kind": "decision"})
    lines = answer.content.decode().splitlines()
    assert len(lines) == 2
    assert "'=1+1" in lines[1]


def test_the_list_is_narrowed_to_a_cohort(cast, message):
    MessageFactory(workspace=cast.programme.workspace, scope=cast.cohort.scope, subject="About Seeds 9")
    answer = signed_in(cast.viewer).get(reverse("outbox:message-list"), {"scope": cast.cohort.scope})
    assert [m.subject for m in answer.context["page_obj"].object_list] == ["About Seeds 9"]
    assert cast.cohort.name in answer.content.decode()


def test_addresses_left_out_are_seen_added_and_written_to_again(cast, message):
    client, address = signed_in(cast.coordinator), reverse("outbox:suppression-list")
    assert "Nobody is left out" in client.get(address).content.decode()
    data = {"address": "Ana@example.org", "note": "asked by phone", "workspace": cast.programme.workspace_id}
    assert client.post(address, {**data, "address": "nonsense"}).status_code == 422
    assert client.post(address, {**data, "workspace": cast.other_cohort.workspace_id}).status_code == 422
    client.post(address, data)
    html = client.get(address, {"q": "phone"}).content.decode()
    assert "ana@example.org" in html
    assert "is left out" in page(cast.viewer, "outbox:message-detail", message.pk)
    one = Suppression.objects.get()
    assert signed_in(cast.stranger).post(address, {"lift": one.pk}).status_code == 404
    assert "ana@example.org" not in page(cast.stranger, "outbox:suppression-list")
    assert "ana@example.org" in client.get(address, {"format": "csv"}).content.decode()
    client.post(address, {"lift": one.pk})
    assert not Suppression.objects.exists()
