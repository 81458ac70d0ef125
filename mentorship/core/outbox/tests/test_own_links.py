"""No page, file or copy shows the link by which somebody else acts; the mail that leaves has it."""

from datetime import date
from email import message_from_bytes, policy
from types import SimpleNamespace

import pytest
from django.core import mail
from django.urls import reverse

from checkins.waves.links import ANSWER, answer_link, checkin_link
from cohorts.mailings.links import opt_out_link
from cohorts.models import Cohort
from mentorship.core.errors import ServiceError
from mentorship.core.links import TOKEN
from mentorship.core.outbox.delivery.deliver import deliver_all_due
from mentorship.core.outbox.delivery.mime import as_bytes
from mentorship.core.outbox.mail_templates.rendering import html_of
from mentorship.core.outbox.services import edit_message, enqueue, send_once_more
from mentorship.devtools.testing.factories import MessageFactory
from mentorship.operations.persons.export import export_json
from mentorship.operations.persons.subject import find_subject
from training.booking.links import CHOOSE

pytestmark = pytest.mark.django_db
CALENDAR = f"BEGIN:VCALENDAR\r\nDESCRIPTION:Change it: {CHOOSE.url(7)}\r\nEND:VCALENDAR\r\n"


def words(cast) -> str:
    checkin = SimpleNamespace(pk=7)
    return (
        f"Dear Tariq,\n\nHow is it going?\n\nOften:\n{answer_link(checkin, 'met', 'often')}\n\n"
        f"Or say it here: {checkin_link(checkin)}\n\n"
        f"Fewer mails: {opt_out_link(cast.programme.workspace_id, cast.mentee.pk)}\n"
    )


@pytest.fixture
def message(cast):
    text = words(cast)
    return enqueue(
        key="checkin:7:0",
        workspace_id=cast.programme.workspace_id,
        kind="check-in",
        why="A test.",
        to=[cast.mentee],
        subject="How is it going?",
        text=text,
        html=html_of("How is it going?", text),
        unsubscribe_url=opt_out_link(cast.programme.workspace_id, cast.mentee.pk),
        files=[("call.ics", "text/calendar; method=REQUEST; charset=utf-8", CALENDAR.encode())],
    )


def sent_to(user):
    deliver_all_due()
    (out,) = [one for one in mail.outbox if one.to == [user.email]]
    return out


def pages_of(message) -> list[str]:
    names = ("detail", "edit", "source", "send-again")
    urls = [reverse(f"outbox:message-{name}", args=[message.pk]) for name in names]
    lists = [reverse("outbox:message-list"), reverse("outbox:planned-list")]
    return [*urls, f"{urls[2]}?download", *lists, *(f"{url}?format=csv" for url in lists)]


def test_no_role_sees_the_link_before_or_after_it_went_out(client, cast, message):
    for status in ("queued", "sent"):
        for user in (cast.owner, cast.coordinator, cast.viewer):
            client.force_login(user)
            for url in pages_of(message):
                answer = client.get(url)
                if answer.status_code == 200:
                    found = TOKEN.search(answer.getvalue().decode().replace("=\r\n", "").replace("=3D", "="))
                    assert found is None, f"{status} {user} {url}"
        assert client.get(message.get_absolute_url()).content.decode().count("(their own link") >= 4
        if status == "queued":
            deliver_all_due()
    message.refresh_from_db()
    assert not TOKEN.search(f"{message.body_text}{message.body_html}{message.unsubscribe_url}{message.links}")


def test_the_mail_has_the_links_in_text_html_and_header(cast, message):
    out = sent_to(cast.mentee)
    ((html, _),) = [part for part in out.alternatives if part[1] == "text/html"]
    tokens = TOKEN.findall(out.body)
    assert [ANSWER.read_whenever_signed(token) for token in tokens] == [(7,), (7,), None]
    assert out.body.count("?met=often") == 1
    assert html.count("?met=often") == 3  # the button, and its link as text at the foot
    assert "their own link" not in out.body + html + str(out.extra_headers)
    assert TOKEN.search(out.extra_headers["List-Unsubscribe"])
    assert TOKEN.sub("", html) == TOKEN.sub("", html_of("How is it going?", words(cast)))


def test_a_link_is_signed_once_for_the_whole_mail(message):
    letter = message_from_bytes(as_bytes(message), policy=policy.default)
    text, html = (letter.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert len(TOKEN.findall(text)) == 3
    assert set(TOKEN.findall(html)) == set(TOKEN.findall(text))


def test_a_coordinator_edits_around_the_links(cast, message):
    text = message.body_text.replace("Dear Tariq", "Hello")
    edit_message(message=message, by=cast.coordinator, subject="Well?", text=text)
    out = sent_to(cast.mentee)
    assert out.body.startswith("Hello")
    assert len(TOKEN.findall(out.body)) == 3


def test_a_link_that_the_message_does_not_have_is_refused(cast, message):
    with pytest.raises(ServiceError, match=r"no link for \(their own link 9\)"):
        edit_message(message=message, by=cast.coordinator, subject="Well?", text="Here: (their own link 9)")


def test_once_more_has_the_links_too(cast, message):
    deliver_all_due()
    message.refresh_from_db()
    again = send_once_more(message=message, by=cast.coordinator, to=[cast.mentee.email])
    assert again.body_text == message.body_text
    assert len(TOKEN.findall(again.full_text)) == 3
    assert TOKEN.search(again.full_headers["List-Unsubscribe"])


def test_a_copy_of_somebodys_data_holds_no_link_and_no_code(cast, message):
    MessageFactory(kind="sign-in", to=[cast.mentee.email], body_text="Your code is QX7-KLM.")
    copy = export_json(find_subject(cast.mentee.email))
    assert "How is it going?" in copy
    assert "QX7-KLM" not in copy
    assert not TOKEN.search(copy)


def test_the_preview_of_a_mailing_hides_the_link_of_whom_it_is_shown_as(client, cast):
    Cohort.objects.filter(pk=cast.cohort.pk).update(starts_on=date(2027, 1, 1))
    client.force_login(cast.coordinator)
    url = reverse("cohorts:mailing-create", args=[cast.cohort.slug])
    page = client.post(url, {"subject": "Hello", "body": "Dear {name}", "preview": "1"}).content.decode()
    assert "(their own link)" in page
    assert not TOKEN.search(page)
