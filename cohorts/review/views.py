"""Review applications: the list, one application with the rubric, and the rubric itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views import View

from cohorts.models import Cohort, Enrollment, Review
from cohorts.review.access import (
    answers_for,
    cohorts_with_reviews_for,
    is_mentor_of,
    is_on_team,
    may_review,
    readable_by,
    reviewable_by,
    search_applications,
    shown_name,
)
from cohorts.review.forms import SUGGESTED, ConflictForm, CriterionFormSet, ReviewForm, RubricForm
from cohorts.review.services import declare_conflict, save_criteria, save_review, withdraw_conflict
from cohorts.review.summary import ReviewSummary, summaries_of
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit
from mentorship.core.errors import ServiceError
from mentorship.core.ui.export import export, wants_export
from mentorship.core.ui.requests import page_of

TODO, DONE, CONFLICT = "todo", "done", "conflict"
TABS = {"": "All", TODO: "To review", DONE: "Reviewed by me", CONFLICT: "My conflicts"}
# The team's own filter: what the mentors don't see.
SHOWN = {"": "In review", "disagree": "Reviewers disagree", "none": "No review yet", "all": "Decided ones, too"}


@dataclass(frozen=True)
class ReviewRow:
    """A line of the list before it has its people."""

    pk: int
    name: str
    signed: Any
    status: str
    state: str
    summary: ReviewSummary


class ReviewList(LoginRequiredMixin, View):
    """What there is to review, for the reader; for the team also what the reviews add up to."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = _cohort_or_404(request, cohort_slug)
        team = is_on_team(request.user, cohort)
        mine, shown, sort = (request.GET.get(name, "") for name in ("mine", "shown", "sort"))
        lines = _lines(request, cohort)
        counted = [x for x in lines if x.state == CONFLICT or not team or _is_shown(x, "")]
        tabs = [(value, label, sum(_in_tab(line, value) for line in counted)) for value, label in TABS.items()]
        found = [x for x in lines if _in_tab(x, mine) and (mine == CONFLICT or not team or _is_shown(x, shown))]
        found = _sorted(found, sort, team=team)
        if wants_export(request) and team:
            return export(request, f"{cohort.slug}-reviews", HEAD, _rows(found))
        page = page_of(request, found)
        people = cohort.enrollments.select_related("user").prefetch_related("members__user")
        by_pk = people.in_bulk([line.pk for line in page.object_list])
        conflicts = Review.objects.filter(reviewer=request.user, conflict=True, enrollment__cohort=cohort)
        context = {
            "cohort": cohort,
            "team": team,
            "reviews": may_review(request.user, cohort),
            "may_edit": may_edit(request.user, cohort.workspace_id),
            "page_obj": page,
            "rows": [(line, by_pk[line.pk]) for line in page.object_list],
            "reasons": dict(conflicts.values_list("enrollment_id", "conflict_reason")),
            "tabs": tabs,
            "mine": mine if mine in TABS else "",
            "shown": shown,
            "shown_choices": SHOWN,
            "total": tabs[0][2],
            "todo": tabs[1][2],
            "next": next((line.pk for line in _sorted(lines, "", team=team) if line.state == TODO), None),
            "has_rubric": cohort.criteria.exists(),
        }
        return render(request, "cohorts/review/list.html", context)


class ReviewApplication(LoginRequiredMixin, View):
    """One application without its private fields, and the form for one's own review."""

    def get(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        enrollment = _application_or_404(request, cohort_slug, pk)
        return render(request, "cohorts/review/application.html", self._context(request, enrollment, None))

    def post(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        enrollment = _application_or_404(request, cohort_slug, pk, reviewing=True)
        cohort = enrollment.cohort
        form = ReviewForm(request.POST, cohort=cohort, may_mentor=is_mentor_of(request.user, cohort))
        if form.is_valid():
            try:
                save_review(enrollment=enrollment, by=request.user, **form.said())
            except ServiceError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, f"Your review of {shown_name(enrollment)} is saved.")
                return redirect(_next_url(request, cohort, after=enrollment))
        context = self._context(request, enrollment, form)
        return render(request, "cohorts/review/application.html", context, status=422)

    @staticmethod
    def _context(request: HttpRequest, enrollment: Enrollment, form: ReviewForm | None) -> dict[str, Any]:
        cohort, user = enrollment.cohort, request.user
        reviews = list(enrollment.reviews.select_related("reviewer").order_by("created_at"))  # type: ignore[attr-defined]
        own = next((r for r in reviews if r.reviewer_id == user.pk), None)
        open_for_me = reviewable_by(user, cohort).filter(pk=enrollment.pk).exists()
        if form is None and open_for_me:
            form = ReviewForm(cohort=cohort, may_mentor=is_mentor_of(user, cohort), review=own)
        team = is_on_team(user, cohort)
        before, after = _neighbours(user, cohort, enrollment)
        return {
            "cohort": cohort,
            "enrollment": enrollment,
            "name": shown_name(enrollment),
            "answers": answers_for(enrollment, user),
            "form": form,
            "own": own,
            "conflict_form": ConflictForm() if open_for_me else None,
            "team": team,
            "summary": summaries_of(cohort).get(enrollment.pk, ReviewSummary()) if team else None,
            "others": _with_scores([r for r in reviews if not r.conflict and r != own], cohort) if team else [],
            "conflicts": [r for r in reviews if r.conflict] if team else [],
            "before": before,
            "after": after,
        }


class DeclareConflict(LoginRequiredMixin, View):
    """Hide an application from oneself, at once."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        enrollment = _application_or_404(request, cohort_slug, pk, reviewing=True)
        form = ConflictForm(request.POST)
        if not form.is_valid():
            context = {**ReviewApplication._context(request, enrollment, None), "conflict_form": form}
            return render(request, "cohorts/review/application.html", context, status=422)
        url = _next_url(request, enrollment.cohort, after=enrollment)
        declare_conflict(enrollment=enrollment, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, f"{shown_name(enrollment)} is hidden from you. You find it under “My conflicts”.")
        return redirect(url)


class WithdrawConflict(LoginRequiredMixin, View):
    """Show a hidden application again."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        cohort = _cohort_or_404(request, cohort_slug)
        enrollment = get_visible_or_404(readable_by(request.user, cohort, in_conflict=True), pk=pk)
        withdraw_conflict(enrollment=enrollment, by=request.user)
        messages.success(request, f"You can review {shown_name(enrollment)} again.")
        return redirect("cohorts:review-application", cohort_slug=cohort.slug, pk=pk)


class Rubric(CoordinatorRequiredMixin, View):
    """The criteria, and whether mentors review."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        suggest = "suggest" in request.GET and not cohort.criteria.exists()
        initial = [{"name": name, "help": text} for name, text in SUGGESTED] if suggest else None
        formset = CriterionFormSet(cohort=cohort, initial=initial)
        return self._render(request, cohort, formset, RubricForm(initial={"mentors_review": cohort.mentors_review}))

    def post(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        formset: Any = CriterionFormSet(request.POST, cohort=cohort)
        form = RubricForm(request.POST)
        if formset.is_valid() and form.is_valid():
            mentors_review = form.cleaned_data["mentors_review"]
            try:
                save_criteria(
                    cohort=cohort, criteria=formset.criteria(), mentors_review=mentors_review, by=request.user
                )
            except ServiceError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, "The rubric is saved.")
                return redirect("cohorts:review", cohort_slug=cohort.slug)
        return self._render(request, cohort, formset, form, status=422)

    @staticmethod
    def _render(
        request: HttpRequest, cohort: Cohort, formset: Any, form: RubricForm, status: int = 200
    ) -> HttpResponse:
        context = {"cohort": cohort, "formset": formset, "form": form, "empty": not cohort.criteria.exists()}
        return render(request, "cohorts/review/rubric.html", context, status=status)


def _cohort_or_404(request: HttpRequest, slug: str) -> Cohort:
    return get_visible_or_404(cohorts_with_reviews_for(request.user), slug=slug)


def _application_or_404(request: HttpRequest, slug: str, pk: int, *, reviewing: bool = False) -> Enrollment:
    cohort = _cohort_or_404(request, slug)
    visible = reviewable_by(request.user, cohort) if reviewing else readable_by(request.user, cohort)
    return get_visible_or_404(visible.with_people(), pk=pk)


def _lines(request: HttpRequest, cohort: Cohort) -> list[ReviewRow]:
    """All lines that the search finds, those in conflict included; a constant number of queries."""
    user, text = request.user, request.GET.get("q", "")
    team = is_on_team(user, cohort)
    summaries = summaries_of(cohort) if team else {}
    own = Review.objects.filter(reviewer=user, enrollment__cohort=cohort, conflict=False)
    done = set(own.values_list("enrollment_id", flat=True))
    to_review = set(reviewable_by(user, cohort).values_list("pk", flat=True))
    lines = []
    for in_conflict in (False, True):
        found = search_applications(readable_by(user, cohort, in_conflict=in_conflict), text)
        for e in found.select_related("user"):
            state = CONFLICT if in_conflict else DONE if e.pk in done else TODO if e.pk in to_review else ""
            lines.append(
                ReviewRow(e.pk, shown_name(e), e.created_at, e.status, state, summaries.get(e.pk, ReviewSummary()))
            )
    return lines


def _in_tab(line: ReviewRow, tab: str) -> bool:
    """Hidden ones are in their own tab only."""
    return line.state == tab if tab in (TODO, DONE, CONFLICT) else line.state != CONFLICT


def _is_shown(line: ReviewRow, shown: str) -> bool:
    if shown == "all":
        return True
    if line.status not in Enrollment.UNDECIDED:
        return False
    return {"disagree": line.summary.disagreement, "none": not line.summary.reviews}.get(shown, True)


def _sorted(lines: list[ReviewRow], sort: str, *, team: bool) -> list[ReviewRow]:
    """By a column; the oldest first where none is chosen. What reviews add up to sorts for the team only."""
    lines = sorted(lines, key=lambda line: (line.signed, line.pk))
    keys: dict[str, Any] = {"name": lambda line: line.name.casefold(), "signed": lambda line: line.signed}
    if team:
        keys["reviews"] = lambda line: line.summary.reviews
        keys["mean"] = lambda line: -1 if line.summary.mean is None else line.summary.mean
    key = keys.get(sort.removeprefix("-"))
    return sorted(lines, key=key, reverse=sort.startswith("-")) if key else lines


def _to_review(user: Any, cohort: Cohort) -> list[int]:
    """What somebody has still to review, the oldest first."""
    done = Review.objects.filter(reviewer=user).values("enrollment")
    todo = reviewable_by(user, cohort).exclude(pk__in=done).order_by("created_at", "pk")
    return list(todo.values_list("pk", flat=True))


def _neighbours(user: Any, cohort: Cohort, enrollment: Enrollment) -> tuple[int | None, int | None]:
    """The one before and the one after this, among what is still to review and this."""
    order = reviewable_by(user, cohort).order_by("created_at", "pk").values_list("pk", flat=True)
    todo = {*_to_review(user, cohort), enrollment.pk}
    pks = [pk for pk in order if pk in todo]
    if enrollment.pk not in pks:
        return None, None
    at = pks.index(enrollment.pk)
    return (pks[at - 1] if at else None), (pks[at + 1] if at + 1 < len(pks) else None)


def _next_url(request: HttpRequest, cohort: Cohort, *, after: Enrollment) -> str:
    """The next one to review; the list where none is left, or where the reader wants it."""
    if request.POST.get("then") != "list":
        _before, following = _neighbours(request.user, cohort, after)
        todo = [pk for pk in _to_review(request.user, cohort) if pk != after.pk]
        if todo:
            pk = following or todo[0]
            return reverse("cohorts:review-application", args=[cohort.slug, pk])
    return reverse("cohorts:review", args=[cohort.slug])


def _with_scores(reviews: list[Review], cohort: Cohort) -> list[tuple[Review, list[tuple[str, Any, int]]]]:
    """Reviews with their scores in words: criterion, score, highest."""
    criteria = list(cohort.criteria.all())
    return [(r, [(c.name, r.scores.get(str(c.pk), "–"), c.highest) for c in criteria]) for r in reviews]


HEAD = ("id", "application", "status", "reviews", "mean", "yes", "unsure", "no", "would mentor", "disagreement")


def _rows(lines: list[ReviewRow]) -> Iterator[tuple[Any, ...]]:
    for line in lines:
        s = line.summary
        mean = "" if s.mean is None else f"{s.mean:.2f}"
        said = [s.reviews, mean, s.yes, s.unsure, s.no, "; ".join(s.preferences), "yes" if s.disagreement else ""]
        yield (line.pk, line.name, line.status, *said)
