"""Pages about check-ins: the person's answer, and the coordinators' view."""

from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from checkins.forms import AnswerForm
from checkins.models import CheckIn
from checkins.results import tally
from checkins.services import CheckInError, read_link, save_answers
from checkins.wording import HAVE_MET, NOT_MET, WANT, WANT_HELP, WANT_OTHER
from cohorts.models import Cohort
from mentorship.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404
from mentorship.ui.export import export, wants_export

PAGE_SIZE = 50
FLAGS = {(HAVE_MET, NOT_MET): "not met", (WANT, WANT_HELP): "needs help", (WANT, WANT_OTHER): "wants another match"}


class AnswerCheckIn(View):
    """By the link of the mail, with no login. Looking changes nothing: mail scanners follow links."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        checkin = _by_token(token)
        if checkin is None:
            return render(request, "checkins/bad_link.html", status=404)
        if not _is_open(checkin):
            return render(request, "checkins/closed.html", {"checkin": checkin})
        given = {a.question.key: a.value or a.text for a in checkin.answers.select_related("question")}
        form = AnswerForm(survey=checkin.wave.survey, initial={**given, **request.GET.dict()})
        return render(request, "checkins/answer.html", {"checkin": checkin, "form": form, "token": token})

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        checkin = _by_token(token)
        if checkin is None:
            return render(request, "checkins/bad_link.html", status=404)
        form = AnswerForm(request.POST, survey=checkin.wave.survey)
        if not form.is_valid():
            context = {"checkin": checkin, "form": form, "token": token}
            return render(request, "checkins/answer.html", context, status=422)
        try:
            save_answers(checkin=checkin, answers=form.answers, now=timezone.now())
        except CheckInError:
            return render(request, "checkins/closed.html", {"checkin": checkin})
        return redirect("checkins:thanks", token=token)


class Thanks(View):
    """It is stored, and can be changed."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        checkin = _by_token(token)
        if checkin is None or checkin.status != CheckIn.Status.ANSWERED:
            return render(request, "checkins/bad_link.html", status=404)
        return render(request, "checkins/thanks.html", {"checkin": checkin, "token": token})


class CheckInList(CoordinatorRequiredMixin, View):
    """How a cohort answers: what needs somebody first, then the figures, then everyone."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        everyone = CheckIn.objects.visible_to(request.user).filter(wave__cohort=cohort)
        found = _filtered(everyone, request)
        if wants_export(request):
            head, *rows = _rows(found, cohort)
            return export(request, f"{cohort.slug}-check-ins", head, rows)
        now = timezone.now()
        page = Paginator(found.with_people().prefetch_related("answers__question"), PAGE_SIZE).get_page(
            request.GET.get("page")
        )
        for checkin in page:
            checkin.flags = flags_of(checkin)  # type: ignore[attr-defined]
        counts = everyone.aggregate(
            total=Count("pk"),
            asked=Count("pk", filter=Q(mails_sent__gt=0)),
            answered=Count("pk", filter=Q(status="answered")),
            planned=Count("pk", filter=Q(status="planned")),
        )
        context = {
            "cohort": cohort,
            "page_obj": page,
            "counts": counts | {"overdue": everyone.overdue(now).count(), "flagged": everyone.flagged().count()},
            "sides": _by_side(everyone),
            "tallies": [t for t in tally(cohort=cohort) if t.answered],
            "first_due": everyone.filter(status="planned").order_by("due_at").values_list("due_at", flat=True).first(),
            "statuses": [*CheckIn.Status.choices, ("overdue", "overdue"), ("flagged", "needs somebody")],
            "side_choices": CheckIn.Side.choices,
            **{name: request.GET.get(name, "") for name in ("q", "status", "side")},
        }
        return render(request, "checkins/list.html", context)


class CheckInDetail(CoordinatorRequiredMixin, View):
    """What one person said."""

    def get(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        mine = CheckIn.objects.visible_to(request.user).with_people().prefetch_related("answers__question")
        checkin = get_visible_or_404(mine, wave__cohort__slug=cohort_slug, pk=pk)
        said = [
            (a.question.text, a.text or dict(a.question.choices).get(a.value, a.value)) for a in checkin.answers.all()
        ]
        context = {"cohort": checkin.wave.cohort, "checkin": checkin, "said": said, "flags": flags_of(checkin)}
        return render(request, "checkins/checkin.html", context)


def flags_of(checkin: CheckIn) -> list[str]:
    """What in an answer asks for somebody. Prefetch `answers__question` for lists."""
    said = {(a.question.key, a.value) for a in checkin.answers.all()}
    return [word for key, word in FLAGS.items() if key in said]


def _by_token(token: str) -> CheckIn | None:
    pk = read_link(token)
    related = ("user", "wave__survey", "wave__cohort__programme", "match__mentee__user", "match__mentor__user")
    return CheckIn.objects.filter(pk=pk).select_related(*related).first() if pk else None


def _is_open(checkin: CheckIn) -> bool:
    return checkin.status in ("planned", "sent", "answered") and timezone.now() < checkin.closes_at


def _filtered(everyone: Any, request: HttpRequest) -> Any:
    found = everyone.search(request.GET.get("q", ""))
    status = request.GET.get("status")
    if status in CheckIn.Status.values:
        found = found.filter(status=status)
    elif status == "overdue":
        found = found.overdue(timezone.now())
    elif status == "flagged":
        found = found.flagged()
    if (side := request.GET.get("side")) in CheckIn.Side.values:
        found = found.filter(side=side)
    return found.order_by("-answered_at", "due_at", "pk") if status == "answered" else found.order_by("due_at", "pk")


def _by_side(everyone: Any) -> list[tuple[str, int, int]]:
    rows = (
        everyone.order_by()
        .values("side")
        .annotate(asked=Count("pk", filter=Q(mails_sent__gt=0)), answered=Count("pk", filter=Q(status="answered")))
    )
    labels = dict(CheckIn.Side.choices)
    return [(labels[row["side"]], row["answered"], row["asked"]) for row in rows if row["asked"]]


def _rows(found: Any, cohort: Cohort) -> Iterator[list[Any]]:
    """The check-ins as a table, the head first."""
    questions = [t.question for t in tally(cohort=cohort)]
    yield ["person", "side", "match", "status", "due", *(q.text for q in questions), "in their own words"]
    for checkin in found.with_people().prefetch_related("answers__question"):
        said = {a.question_id: a.value for a in checkin.answers.all()}
        text = " ".join(a.text for a in checkin.answers.all() if a.text)
        row = [checkin.user, checkin.side, checkin.match, checkin.status, f"{checkin.due_at:%Y-%m-%d}"]
        yield [*row, *(said.get(q.pk, "") for q in questions), text]
