"""Quotes and testimonials: note, ask the person, answer, withdraw; leave withdrawn ones out of published reports."""

from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from cohorts.models import Cohort, Enrollment
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from mentorship.core.querysets import found_by_any
from partners.models import Quote
from partners.testimonials.mails import send_question, tell_of_withdrawn_quote

GONE = "A quote that was here has been withdrawn."


def people_to_quote(cohort: Cohort) -> QuerySet[User]:
    """People of a cohort, members of teams included, and contacts of the partners who support it."""
    part = Enrollment.objects.filter(cohort=cohort).occupying_place()
    supported = Q(partner_contacts__partner__sponsorships__cohort=cohort)
    ways = (Q(enrollments__in=part), Q(team_memberships__enrollment__in=part), supported)
    return found_by_any(User.objects.filter(is_active=True), *ways).order_by("full_name", "pk")


@transaction.atomic
def add_quote(*, cohort: Cohort, text: str, attribution: str, by: User, person: User | None = None) -> Quote:
    """Note a quote, or without words the wish for a testimonial. Published only once its person agreed."""
    if not text and person is None:
        raise ServiceError("Enter the words, or choose who should write some.")
    quote = Quote.objects.create(cohort=cohort, text=text, attribution=attribution, person=person)
    record(verb=Verb.ADDED_A_QUOTE, target=quote, workspace_id=cohort.workspace_id, by=by)
    return quote


@transaction.atomic
def save_quote(*, quote: Quote, by: User) -> Quote:
    """Save person, words and name. The person must be asked again, because the quote differs from the one they saw."""
    if not _locked(quote).is_editable:
        raise ServiceError(f"{quote.person} has already answered about this. Delete the quote and add another.")
    quote.status, quote.asked_at = Quote.Status.NOT_ASKED, None
    quote.save()
    record(verb=Verb.EDITED_A_QUOTE, target=quote, workspace_id=quote.cohort.workspace_id, by=by)
    return quote


@transaction.atomic
def ask_for_quote(*, quote: Quote, by: User) -> Quote:
    """Mail the person the exact words and the name, with their own link. Asking again reminds them, once a day."""
    locked = _locked(quote)
    if locked.person is None:
        raise ServiceError("Say whose words these are first. Nobody else can agree to them.")
    if not locked.may_be_asked:
        raise ServiceError(f"{locked.person} has already answered.")
    locked.status, locked.asked_at = Quote.Status.ASKED, timezone.now()
    locked.save(update_fields=["status", "asked_at"])
    send_question(locked, locked.person, by)
    record(verb=Verb.ASKED_FOR_A_QUOTE, target=locked, workspace_id=locked.cohort.workspace_id, by=by)
    return locked


@transaction.atomic
def answer_quote(*, quote: Quote, by: User, agree: bool, text: str = "", attribution: str = "") -> Quote:
    """Record the person's own answer. Agreeing is to the words and the name that they sent. Idempotent."""
    locked = _own(quote, by)
    if agree and not text:
        raise ServiceError("Write the words that may be published.")
    new = Quote.Status.AGREED if agree else Quote.Status.DECLINED
    words = (text, attribution) if agree else (locked.text, locked.attribution)
    if (locked.status, locked.text, locked.attribution) == (new, *words):
        return locked
    locked.status, locked.answered_at, (locked.text, locked.attribution) = new, timezone.now(), words
    locked.save(update_fields=["status", "answered_at", "text", "attribution"])
    verb = Verb.AGREED_TO_A_QUOTE if agree else Verb.DECLINED_A_QUOTE
    record(verb=verb, target=locked, workspace_id=locked.cohort.workspace_id, by=by)
    return locked


@transaction.atomic
def withdraw_quote(*, quote: Quote, by: User) -> Quote:
    """End the person's consent: the quote is shown nowhere any more, published reports included. Idempotent."""
    locked = _own(quote, by)
    if locked.status != Quote.Status.WITHDRAWN:
        locked.status, locked.answered_at = Quote.Status.WITHDRAWN, timezone.now()
        locked.save(update_fields=["status", "answered_at"])
        record(verb=Verb.WITHDREW_A_QUOTE, target=locked, workspace_id=locked.cohort.workspace_id, by=by)
        tell_of_withdrawn_quote(locked)
    return locked


@transaction.atomic
def delete_quote(*, quote: Quote, by: User) -> None:
    """Delete a quote; published reports no longer show it either."""
    record(verb=Verb.REMOVED_A_QUOTE, target=quote, workspace_id=quote.cohort.workspace_id, by=by)
    quote.delete()


def without_withdrawn(data: dict[str, Any], workspace_id: int) -> dict[str, Any]:
    """The data of a published version, without quotes to which their people no longer agree. Two queries at most.

    Versions of earlier releases name no ids: there a quote is recognised by its words.
    """
    quotes = [quote for block in data["blocks"] for quote in block["quotes"]]
    if not quotes:
        return data
    here = Quote.objects.filter(cohort__programme__workspace_id=workspace_id)
    kept = {
        str(pk)
        for pk in here.public().filter(pk__in=[q["id"] for q in quotes if "id" in q]).values_list("pk", flat=True)
    }
    ended = here.filter(status=Quote.Status.WITHDRAWN, text__in=[q["text"] for q in quotes if "id" not in q])
    ended_words = set(ended.values_list("text", flat=True))
    return {**data, "blocks": [_without(block, kept, ended_words) for block in data["blocks"]]}


def _without(block: dict[str, Any], kept: set[str], ended_words: set[str]) -> dict[str, Any]:
    shown = [q for q in block["quotes"] if (q["id"] in kept if "id" in q else q["text"] not in ended_words)]
    if len(shown) == len(block["quotes"]):
        return block
    return {**block, "quotes": shown, "text": "\n".join(filter(None, [block["text"], GONE]))}


def _locked(quote: Quote) -> Quote:
    found = Quote.objects.select_for_update(of=("self",)).select_related("cohort__programme", "person")
    return found.get(pk=quote.pk)


def _own(quote: Quote, by: User) -> Quote:
    """The quote, locked, for its own person. Raises ServiceError for anybody else, and before they were asked."""
    locked = _locked(quote)
    if locked.person_id != by.pk or locked.status == Quote.Status.NOT_ASKED:
        raise ServiceError("Only the person whose words these are can answer.")
    return locked
