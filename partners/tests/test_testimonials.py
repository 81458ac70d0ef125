"""Quotes and testimonials: asked from the person, answered by them alone, and shown only while they agree."""

import json

import pytest
from django.urls import reverse

from mentorship.core.errors import ServiceError
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.pages import SURE
from partners.models import Quote
from partners.reports.services import create_report, publish_report
from partners.testimonials.links import QUOTE
from partners.testimonials.services import add_quote, answer_quote, ask_for_quote, delete_quote, withdraw_quote

pytestmark = pytest.mark.django_db
WORDS = {"text": "It changed my work.", "attribution": "Amina, a mentor"}


@pytest.fixture
def quote(cast):
    """A quote about which the cast's mentor was asked."""
    made = add_quote(cohort=cast.cohort, person=cast.mentor, by=cast.owner, **WORDS)
    return ask_for_quote(quote=made, by=cast.owner)


def link(quote):
    return reverse("partners:quote-answer", args=[QUOTE.sign(quote.pk)])


def shown(quote):
    return Quote.objects.public().filter(pk=quote.pk).exists()


def test_the_person_gets_the_exact_words_and_the_name_in_one_mail_a_day(cast, quote):
    for _ in range(2):
        ask_for_quote(quote=quote, by=cast.owner)
    (mail,) = OutboxMessage.objects.filter(kind="quote")
    assert mail.to == [cast.mentor.email]
    assert "“It changed my work.”" in mail.body_text
    assert "– Amina, a mentor" in mail.body_text


def test_the_person_agrees_changes_the_words_and_withdraws_by_their_link(client, quote):
    page = client.get(link(quote)).content.decode()
    assert WORDS["text"] in page
    assert not shown(quote)
    assert client.post(link(quote), WORDS).status_code == 422  # the box is not ticked
    assert not shown(quote)
    changed = {"text": "It changed my work a little.", "attribution": "", "agreed": "on"}
    assert client.post(link(quote), changed).status_code == 302
    quote.refresh_from_db()
    assert (quote.status, quote.text, quote.attribution) == ("agreed", changed["text"], "")
    assert shown(quote)
    assert "Withdraw this quote?" in client.post(link(quote), {"withdraw": "1"}).content.decode()
    assert shown(quote)
    client.post(link(quote), {"withdraw": "1", **SURE})
    client.post(link(quote), {"withdraw": "1", **SURE})
    assert not shown(quote)
    (mail,) = OutboxMessage.objects.filter(kind="quote withdrawn")
    assert mail.to == [quote.cohort.programme.contact_email]
    assert "It changed my work a little." in mail.body_text


def test_who_says_no_is_not_asked_again_and_nobody_answers_for_them(client, cast, quote):
    with pytest.raises(ServiceError, match="Only the person"):
        answer_quote(quote=quote, by=cast.owner, agree=True, **WORDS)
    client.post(link(quote), {"decline": "1"})
    with pytest.raises(ServiceError, match="already answered"):
        ask_for_quote(quote=quote, by=cast.owner)
    assert not shown(quote)


def test_coordinators_ask_by_a_form_that_takes_no_consent(client, cast):
    client.force_login(cast.coordinator)
    url = reverse("partners:quote-list", args=[cast.cohort.slug])
    assert client.post(url, {"text": "Good."}).status_code == 422
    client.post(url, {"person": cast.mentee.pk, "consented_on": "2027-01-01", "status": "agreed"})
    made = Quote.objects.get()
    assert (made.status, made.consented_on, made.person) == ("asked", None, cast.mentee)
    assert "a few words from you" in OutboxMessage.objects.get(kind="quote").body_text
    assert "to be written by" in client.get(url).content.decode()


def test_what_an_earlier_release_noted_is_kept_and_shown_only_once_its_person_agrees(client, cast):
    old = Quote.objects.create(cohort=cast.cohort, text="Great.", consented_on="2026-05-03")
    assert not shown(old)
    client.force_login(cast.coordinator)
    url = reverse("partners:quote-list", args=[cast.cohort.slug])
    assert "noted their consent on 3 May 2026" in client.get(url).content.decode()
    with pytest.raises(ServiceError, match="whose words"):
        ask_for_quote(quote=old, by=cast.owner)
    edit = {"person": cast.mentor.pk, "text": "Great.", "attribution": ""}
    client.post(reverse("partners:quote-edit", args=[cast.cohort.slug, old.pk]), edit)
    client.post(url, {"ask": old.pk})
    old.refresh_from_db()
    assert (old.status, str(old.consented_on)) == ("asked", "2026-05-03")


@pytest.mark.parametrize("end", ["withdraw", "delete"])
def test_a_withdrawn_quote_leaves_published_reports_in_every_format(client, cast, quote, end):
    answer_quote(quote=quote, by=cast.mentor, agree=True, **WORDS)
    report = create_report(workspace=cast.programme.workspace, title="R", cohort=cast.cohort, words="Hi", by=cast.owner)
    version = publish_report(report=report, by=cast.owner)
    client.force_login(cast.owner)
    assert WORDS["text"] in client.get(version.get_absolute_url()).content.decode()
    if end == "withdraw":
        withdraw_quote(quote=quote, by=cast.mentor)
    else:
        delete_quote(quote=quote, by=cast.owner)
    page = client.get(version.get_absolute_url()).content.decode()
    assert WORDS["text"] not in page
    assert "has been withdrawn" in page
    data = client.get(version.get_absolute_url(), {"format": "json"}).content.decode()
    assert WORDS["text"] not in data
    assert WORDS["text"] in json.dumps(version.data)  # the version itself never changes
