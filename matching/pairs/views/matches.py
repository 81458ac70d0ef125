"""List a cohort's matches and show one, for coordinators."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from cohorts.cohort_view import CohortObjectView, CohortView
from cohorts.models import Cohort
from matching.board.consent_status import consent_counts, mentees_with_ended_match
from matching.intro.undo import held_confirmations
from matching.models import Confirmation, Match, RematchWish
from matching.pairs.forms import MatchStatusForm
from matching.pairs.services import set_match_status
from matching.querysets import MatchQuerySet
from matching.sentences.services import sentence_of_pair
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.ui.downloads.export import export, wants_export
from mentorship.core.ui.requests import choice_in, page_of
from mentorship.core.views import FormPage

# Filters beside the statuses: every match that did not end, every pair that knows of each other, and those that don't
# because their intro was not sent and will not be by itself.
STANDING, INTRODUCED, NEVER = "standing", "done", "never"
EXPORT_HEAD = ("mentee", "people", "mentor", "status", "score", "intro", "since", "history")


class MatchList(CohortView):
    """The matches of a cohort, and whether each intro was sent."""

    template_name = "matching/pairs/matches.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        cohort = self.cohort
        everything = Match.objects.filter(mentee__cohort=cohort)
        filters = {
            "q": request.GET.get("q", ""),
            "status": choice_in(request, "status", [STANDING, *Match.Status.values]),
            "intro": choice_in(request, "intro", [INTRODUCED, NEVER, *OutboxMessage.Status.values]),
        }
        found = _filtered(everything, **filters).with_people().order_by("-created_at", "-pk")
        if wants_export(request):
            return export(request, f"{cohort.slug}-matches", EXPORT_HEAD, _export_rows(found))
        counts = dict(everything.values_list("status").annotate(number=Count("pk")).order_by())
        total = sum(counts.values())
        held = held_confirmations(cohort, timezone.now())
        wishes = RematchWish.objects.open().filter(match__mentee__cohort=cohort)
        return self.page(
            page_obj=page_of(request, found, count=None if any(filters.values()) else total),
            total=total,
            statuses=[
                (STANDING, "not ended", sum(counts.get(value, 0) for value in Match.OCCUPYING_PLACE)),
                *((value, label, counts.get(value, 0)) for value, label in Match.Status.choices),
            ],
            intro_statuses=[
                (INTRODUCED, "sent, or from before"),
                (NEVER, "not sent, match goes on"),
                *OutboxMessage.Status.choices,
            ],
            filters=filters,
            held=held,
            confirmation=Confirmation.objects.to_show(cohort),
            held_pks={match.pk for one in held for match in one.matches},
            numbers=consent_counts(cohort),
            wishes=wishes.select_related("by", "match__mentee__user", "match__mentor__user"),
            left=_last_matches(cohort),
        )


class MatchDetail(FormPage, CohortObjectView[Match]):
    """One match for coordinators: the people, why, the intro, what happened, and its next status."""

    template_name = "matching/pairs/match.html"

    def get_rows(self) -> MatchQuerySet:
        return Match.objects.filter(mentee__cohort=self.cohort).with_people()

    def get_form(self, *data: Any) -> MatchStatusForm:
        return MatchStatusForm(*data, match=self.object)

    def save(self, form: MatchStatusForm) -> HttpResponse:
        set_match_status(match=self.object, by=self.user, **form.cleaned_data)
        messages.success(self.request, "Saved. Nobody was emailed.")
        return redirect(self.object)

    def get_context(self) -> dict[str, Any]:
        match = self.object
        accepted = match.mentee.status == match.mentor.status == "accepted"
        return {
            **super().get_context(),
            "match": match,
            "sentence": sentence_of_pair(match.mentee, match.mentor),
            "wishes": match.wishes.filter(settled_at=None).select_related("by"),
            "replaced_by": match.replaced_by.select_related("mentor__user", "mentee__cohort"),
            "may_rematch": not match.imported and match.status in (*Match.UNDER_WAY, Match.Status.ENDED),
            "may_come_back": match.status == Match.Status.ENDED and not match.imported and accepted,
            "undoable": Match.objects.undoable().filter(pk=match.pk).exists(),
            "held": Match.objects.held(timezone.now()).filter(pk=match.pk).exists(),
        }


def _last_matches(cohort: Cohort) -> list[Match]:
    """Return the last ended match of each mentee who is back in the pool."""
    ended = Match.objects.filter(mentee__in=mentees_with_ended_match(cohort), imported=False).order_by("pk")
    found = {match.mentee_id: match for match in ended.select_related("mentee__user", "mentor__user")}
    return [match for match in found.values() if match.status == Match.Status.ENDED]


def _filtered(matches: MatchQuerySet, *, q: str, status: str, intro: str) -> MatchQuerySet:
    if q:
        matches = matches.search(q)
    if status == STANDING:
        matches = matches.occupying_place()
    elif status:
        matches = matches.filter(status=status)
    if intro == INTRODUCED:
        matches = matches.introduced()
    elif intro == NEVER:
        matches = matches.never_introduced()
    elif intro:
        matches = matches.filter(intro__status=intro)
    return matches


def _export_rows(matches: MatchQuerySet) -> Iterator[tuple[Any, ...]]:
    for match in matches:
        people = ", ".join(person.email for person in match.mentee.people)
        score = "" if match.score is None else f"{match.score:.3f}"
        intro = match.intro.get_status_display() if match.intro else ""
        since, past = match.created_at.date().isoformat(), "yes" if match.imported else ""
        yield match.mentee, people, match.mentor.user.email, match.get_status_display(), score, intro, since, past
