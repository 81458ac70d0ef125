"""The list of a cohort's check-ins and the page of one of them."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property

from checkins.answering.anonymous import released_answers, waiting_people
from checkins.answering.forms import ReplyForm
from checkins.answering.mails import answers_in_words
from checkins.answering.replies import open_checkins_about
from checkins.answering.results import results_of, tally_cohort, tally_wave, told
from checkins.answering.views.replies import note_from
from checkins.cases.services import reads_concerns
from checkins.models import Case, CheckIn, CheckInWave, Reply
from checkins.querysets import is_silent
from checkins.waves.mails import checkin_mail
from cohorts.cohort_view import CohortObjectView, CohortView
from cohorts.mailings.links import template_link
from cohorts.models import Cohort
from mentorship.core.accounts.field_access import Audience
from mentorship.core.ui.counts import MOST_OF_COHORT, counts_up_to
from mentorship.core.ui.downloads.export import export, wants_export
from mentorship.core.ui.requests import choice_in, page_of

# Filters beside the statuses of a check-in.
MORE_STATES = [("silent", "silent"), ("overdue", "overdue"), ("flagged", "needs somebody")]
STATES = [*CheckIn.Status.choices, *MORE_STATES]


class CheckInList(CohortView):
    """A cohort's answers: urgent ones first, then rates by wave and side, then everyone."""

    template_name = "checkins/answering/list.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        everyone = CheckIn.objects.visible_to(self.user).filter(wave__cohort=self.cohort)
        found = _filtered(everyone, request.GET.get("q", ""), **self.chosen)
        if wants_export(request):
            head, *rows = _rows(found, self.cohort, answers=self.reads(Audience.COORDINATORS))
            return export(request, f"{self.cohort.slug}-check-ins", head, rows)
        cases = Prefetch(
            "cases", Case.objects.visible_to(self.user).open().exclude(kind="conduct"), to_attr="open_cases"
        )
        figures = self._figures(everyone)
        narrowed = bool(request.GET.get("q")) or any(self.chosen.values())
        rows = found.with_people().with_replies().prefetch_related(cases)
        return self.page(
            **figures,
            page_obj=page_of(request, rows, count=None if narrowed else figures["counts"]["total"]),
            statuses=STATES,
            side_choices=[(value, f"{label}s") for value, label in CheckIn.Side.choices],
            # With a filter, people come first, not figures.
            narrowed=any(request.GET.get(name) for name in ("q", "status", "side", "page")),
        )

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "q": self.request.GET.get("q", ""), **self.chosen}

    @cached_property
    def waves(self) -> list[CheckInWave]:
        """The waves, each with the day on which it asks the first of those whom it did not ask yet."""
        planned = CheckIn.objects.filter(wave=OuterRef("pk"), status="planned").order_by("due_at")
        first_due = Subquery(planned.values("due_at")[:1])
        return list(self.cohort.waves.select_related("survey").annotate(first_due=first_due))

    @cached_property
    def chosen(self) -> dict[str, str]:
        """The filters of the address."""
        chosen = _chosen(self.request, self.waves)
        # The flags would reveal the answers.
        hidden = chosen["status"] == "flagged" and not self.reads(Audience.COORDINATORS)
        return {**chosen, "status": ""} if hidden else chosen

    def _figures(self, everyone: Any) -> dict[str, Any]:
        waves = self.waves
        wave = next((w for w in waves if str(w.pk) == self.chosen["wave"]), None)
        reads, results = self.reads(Audience.COORDINATORS), results_of(self.cohort)
        tallies = tally_wave(wave) if wave else results.asked_here
        return {
            "counts": _counts(everyone),
            "rates": _rates(everyone),
            "waves": waves,
            "chosen_wave": wave,
            "anonymous": _anonymous_figures(wave) if wave and wave.survey.anonymous else None,
            "tallies": told(tallies, reads_answers=reads),
            "trends": results.trends(reads_answers=reads),
            "first_due": min((w.first_due for w in self.waves if w.first_due), default=None),  # type: ignore[attr-defined]
        }


class CheckInDetail(CohortObjectView[CheckIn]):
    """One person's answers, and their replies to the team."""

    template_name = "checkins/answering/detail.html"

    def get_rows(self) -> QuerySet[CheckIn]:
        found = CheckIn.objects.filter(wave__cohort=self.cohort)
        return found.with_people().prefetch_related("answers__question")

    def get_form(self, data: Any = None) -> ReplyForm:
        checkin = self.object
        open_ones = open_checkins_about(checkin.user, checkin.match, self.cohort, timezone.now())
        people = [(checkin.user, checkin.side)]
        return ReplyForm(data, cohort=self.cohort, people=people, open_ones=checkin in open_ones)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(form=self.get_form())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.get_form(request.POST)
        if note_from(request, form, cohort=self.cohort, match=self.object.match, checkin=self.object):
            return redirect("checkins:checkin-detail", cohort_slug=self.cohort.slug, pk=self.object.pk)
        return self.page(status=422, form=form)

    def get_context(self) -> dict[str, Any]:
        checkin = self.object
        replies = Reply.objects.visible_to(self.user).filter(
            cohort=self.cohort, match=checkin.match, user=checkin.user, side=checkin.side
        )
        return {
            **super().get_context(),
            "checkin": checkin,
            "said": answers_in_words(checkin) if self.reads(Audience.COORDINATORS) else [],
            "cases": Case.objects.visible_to(self.user).with_people().filter(checkin=checkin),
            "next_mail": _next_mail(checkin),
            "reads": reads_concerns(self.user, self.cohort.workspace_id),
            "replies": replies.select_related("user", "by"),
        }


def _next_mail(checkin: CheckIn) -> dict[str, str]:
    """The next mail as it would be written now, without personal links."""
    if checkin.next_mail_at is None:
        return {}
    together = CheckIn.objects.filter(
        user=checkin.user, wave=checkin.wave, status=checkin.status, next_mail_at=checkin.next_mail_at
    )
    unsaved = list(together.with_people().order_by("pk"))
    for one in unsaved:
        one.pk = None
    subject, text, _ = checkin_mail(unsaved)
    cohort, kind = checkin.wave.cohort, "reminder" if checkin.mails_sent else "first"
    return {"subject": subject, "text": text, "words": template_link(cohort.programme, f"checkins/{kind}", cohort)}


def _anonymous_figures(wave: CheckInWave) -> dict[str, Any]:
    """How many people's answers can be read, how many wait, and whether there will ever be enough."""
    asked = wave.checkins.exclude(status=CheckIn.Status.CANCELLED).values("user").distinct().count()
    return {
        "released": released_answers(wave)[0],
        "waiting": waiting_people(wave),
        "group": wave.survey.SMALLEST_GROUP,
        "over": not wave.checkins.filter(status__in=CheckIn.OPEN).exists(),
        "too_small": wave.is_too_small(asked),
        "survey": wave.survey,
    }


def _counts(everyone: Any) -> dict[str, int]:
    found = {
        "total": everyone,
        "answered": everyone.filter(status="answered"),
        "planned": everyone.filter(status="planned"),
        "asked": everyone.asked(),
        "silent": everyone.silent(),
        "flagged": everyone.flagged(),
        "overdue": everyone.overdue(timezone.now()),
    }
    return dict(zip(found, counts_up_to(*found.values(), most=MOST_OF_COHORT), strict=True))


def _rates(everyone: Any) -> list[dict[str, Any]]:
    """Wave and side: asked, answered, silent, and the rate in per cent; sides that were not asked are left out."""
    rows = (
        everyone.asked()
        .order_by("wave_id", "side")
        .values("wave_id", "wave__name", "side")
        .annotate(
            asked=Count("pk"),
            answered=Count("pk", filter=Q(status="answered")),
            silent=Count("pk", filter=is_silent()),
        )
    )
    return [
        {
            **row,
            "side_label": CheckIn.Side(row["side"]).label,
            "rate": round(100 * row["answered"] / row["asked"]),
        }
        for row in rows
    ]


def _chosen(request: HttpRequest, waves: Iterable[CheckInWave]) -> dict[str, str]:
    """The filters in the address: status, side and wave."""
    return {
        "status": choice_in(request, "status", STATES),
        "side": choice_in(request, "side", CheckIn.Side.values),
        "wave": choice_in(request, "wave", [wave.pk for wave in waves]),
    }


def _filtered(everyone: Any, text: str, *, status: str, side: str, wave: str) -> Any:
    found = everyone.search(text)
    if status in CheckIn.Status.values:
        found = found.filter(status=status)
    elif status == "overdue":
        found = found.overdue(timezone.now())
    elif status == "flagged":
        found = found.flagged()
    elif status == "silent":
        found = found.silent()
    if side:
        found = found.filter(side=side)
    if wave:
        found = found.filter(wave=wave)
    return found.order_by("-answered_at", "due_at", "pk") if status == "answered" else found.order_by("due_at", "pk")


def _rows(found: Any, cohort: Cohort, *, answers: bool) -> Iterator[list[Any]]:
    """The check-ins as a table, the head first; with `answers` their confidential answers, never anonymous ones."""
    questions = [t.question for t in tally_cohort(cohort=cohort)] if answers else []
    yield [
        "person",
        "side",
        "match",
        "check-in",
        "status",
        "due",
        "mails",
        "wrote on",
        *(q.text for q in questions),
        *(["chosen", "in their own words"] if answers else []),
    ]
    for checkin in found.with_people().with_replies().prefetch_related("answers__question"):
        given = list(checkin.answers.all())
        said = {a.question_id: a.value for a in given}
        many = ", ".join(a.in_words for a in given if a.question.behaviour.takes_several)
        text = " ".join(a.in_words for a in given if a.text)
        row = [
            checkin.user,
            checkin.side,
            checkin.match or "",
            checkin.wave.name,
            checkin.status,
            f"{checkin.due_at:%Y-%m-%d}",
            checkin.mails_sent,
            checkin.wrote_on or "",
        ]
        yield [*row, *(said.get(q.pk, "") for q in questions), *([many, text] if answers else [])]
