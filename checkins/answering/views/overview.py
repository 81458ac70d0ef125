"""The list of a cohort's check-ins and the page of one of them."""

from collections import Counter
from collections.abc import Iterator
from copy import copy
from typing import Any

from django.db.models import Count, Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from checkins.answering.forms import ReplyForm
from checkins.answering.replies import open_checkins_about
from checkins.answering.results import tally_cohort, tally_wave
from checkins.answering.services import RELEASE_STEP, released_answers
from checkins.answering.views.replies import note_from
from checkins.cases.services import reads_concerns
from checkins.models import Case, CheckIn, Reply
from checkins.querysets import CheckInQuerySet
from checkins.waves.mails import checkin_mail
from cohorts.mailings.links import template_link
from cohorts.models import Cohort
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit
from mentorship.core.ui.export import export, wants_export
from mentorship.core.ui.requests import number_in, page_of


class CheckInList(CoordinatorRequiredMixin, View):
    """How a cohort answers: what needs somebody first, then rates by wave and side, then everyone."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        everyone = CheckIn.objects.visible_to(request.user).filter(wave__cohort=cohort)
        found = _filtered(everyone, request)
        if wants_export(request):
            head, *rows = _rows(found, cohort)
            return export(request, f"{cohort.slug}-check-ins", head, rows)
        now = timezone.now()
        open_cases = Case.objects.open().exclude(kind="conduct")
        with_cases = (
            found.with_people().with_replies().prefetch_related(Prefetch("cases", open_cases, to_attr="open_cases"))
        )
        waves = list(cohort.waves.select_related("survey"))
        wave = next((w for w in waves if str(w.pk) == request.GET.get("wave")), None)
        context = {
            "cohort": cohort,
            "page_obj": page_of(request, with_cases),
            "counts": _counts(everyone) | {"overdue": everyone.overdue(now).count()},
            "rates": _rates(everyone),
            "waves": waves,
            "chosen_wave": wave,
            "released": released_answers(wave)[0] if wave and wave.survey.anonymous else None,
            "step": RELEASE_STEP,
            "tallies": [t for t in (tally_wave(wave) if wave else tally_cohort(cohort=cohort)) if t.answered],
            "first_due": everyone.filter(status="planned").order_by("due_at").values_list("due_at", flat=True).first(),
            "statuses": [
                *CheckIn.Status.choices,
                ("silent", "silent"),
                ("overdue", "overdue"),
                ("flagged", "needs somebody"),
            ],
            "side_choices": CheckIn.Side.choices,
            "may_edit": may_edit(request.user, cohort.workspace_id),
            # Who looks for people does not want to scroll past figures.
            "narrowed": any(request.GET.get(name) for name in ("q", "status", "side", "page")),
            **{name: request.GET.get(name, "") for name in ("q", "status", "side", "wave")},
        }
        return render(request, "checkins/answering/list.html", context)


class CheckInDetail(CoordinatorRequiredMixin, View):
    """What one person said."""

    def get(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        mine = CheckIn.objects.visible_to(request.user)
        checkin = self._find(mine, cohort_slug, pk)
        return self._page(request, checkin, _reply_form(checkin))

    def post(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        """They wrote to us."""
        checkin = self._find(CheckIn.objects.editable_by(request.user), cohort_slug, pk)
        form = _reply_form(checkin, request.POST)
        if note_from(request, form, cohort=checkin.wave.cohort, match=checkin.match, checkin=checkin):
            return redirect("checkins:checkin", cohort_slug=cohort_slug, pk=pk)
        return self._page(request, checkin, form, status=422)

    @staticmethod
    def _find(mine: CheckInQuerySet, cohort_slug: str, pk: int) -> CheckIn:
        found = mine.with_people().prefetch_related("answers__question")
        return get_visible_or_404(found, wave__cohort__slug=cohort_slug, pk=pk)

    @staticmethod
    def _page(request: HttpRequest, checkin: CheckIn, form: ReplyForm, status: int = 200) -> HttpResponse:
        said: dict[str, list[str]] = {}
        for answer in checkin.answers.all():
            said.setdefault(answer.question.text, []).append(answer.in_words)
        context = {
            "cohort": checkin.wave.cohort,
            "checkin": checkin,
            "said": [(question, "\n".join(words)) for question, words in said.items()],
            "cases": Case.objects.visible_to(request.user).with_people().filter(checkin=checkin),
            "may_edit": may_edit(request.user, checkin.wave.cohort.workspace_id),
            "next_mail": _next_mail(checkin),
            "form": form,
            "reads": reads_concerns(request.user, checkin.wave.cohort.workspace_id),
            "replies": Reply.objects.visible_to(request.user)
            .filter(cohort=checkin.wave.cohort, match=checkin.match, user=checkin.user, side=checkin.side)
            .select_related("user", "by"),
        }
        return render(request, "checkins/answering/detail.html", context, status=status)


def _reply_form(checkin: CheckIn, data: Any = None) -> ReplyForm:
    cohort = checkin.wave.cohort
    open_ones = open_checkins_about(checkin.user, checkin.match, cohort, timezone.now())
    return ReplyForm(data, cohort=cohort, people=[(checkin.user, checkin.side)], open_ones=checkin in open_ones)


def _next_mail(checkin: CheckIn) -> dict[str, str]:
    """The mail that is still to come, as it would be written now; without the links that answer for the person."""
    if checkin.next_mail_at is None:
        return {}
    unsaved = copy(checkin)
    unsaved.pk = None
    subject, text, _ = checkin_mail(unsaved)
    cohort, kind = checkin.wave.cohort, "reminder" if checkin.mails_sent else "first"
    return {"subject": subject, "text": text, "words": template_link(cohort.programme, f"checkins/{kind}", cohort)}


def _counts(everyone: Any) -> dict[str, int]:
    counts: dict[str, int] = everyone.aggregate(
        total=Count("pk"),
        answered=Count("pk", filter=Q(status="answered")),
        planned=Count("pk", filter=Q(status="planned")),
    )
    more = {"asked": everyone.asked(), "silent": everyone.silent(), "flagged": everyone.flagged()}
    return counts | {name: found.count() for name, found in more.items()}


def _rates(everyone: Any) -> list[dict[str, Any]]:
    """Wave and side: asked, answered, silent, and the rate in per cent; what nobody was asked yet is left out."""
    rows = (
        everyone.asked()
        .order_by("wave_id", "side")
        .values("wave_id", "wave__name", "side")
        .annotate(asked=Count("pk"), answered=Count("pk", filter=Q(status="answered")))
    )
    silent = Counter(everyone.silent().order_by().values_list("wave_id", "side"))
    return [
        {
            **row,
            "side_label": CheckIn.Side(row["side"]).label,
            "rate": round(100 * row["answered"] / row["asked"]),
            "silent": silent[row["wave_id"], row["side"]],
        }
        for row in rows
    ]


def _filtered(everyone: Any, request: HttpRequest) -> Any:
    found = everyone.search(request.GET.get("q", ""))
    status, wave = request.GET.get("status"), request.GET.get("wave", "")
    if status in CheckIn.Status.values:
        found = found.filter(status=status)
    elif status == "overdue":
        found = found.overdue(timezone.now())
    elif status == "flagged":
        found = found.flagged()
    elif status == "silent":
        found = found.silent()
    if (side := request.GET.get("side")) in CheckIn.Side.values:
        found = found.filter(side=side)
    if number := number_in(wave):
        found = found.filter(wave=number)
    return found.order_by("-answered_at", "due_at", "pk") if status == "answered" else found.order_by("due_at", "pk")


def _rows(found: Any, cohort: Cohort) -> Iterator[list[Any]]:
    """The check-ins as a table, the head first. What was said anonymously is in no row."""
    questions = [t.question for t in tally_cohort(cohort=cohort)]
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
        "chosen",
        "in their own words",
    ]
    for checkin in found.with_people().with_replies().prefetch_related("answers__question"):
        answers = list(checkin.answers.all())
        said = {a.question_id: a.value for a in answers}
        many = ", ".join(a.in_words for a in answers if a.question.behaviour.takes_several)
        text = " ".join(a.in_words for a in answers if a.text)
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
        yield [*row, *(said.get(q.pk, "") for q in questions), many, text]
