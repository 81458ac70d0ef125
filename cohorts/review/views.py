"""Review applications: the list, one application with the rubric, and the rubric itself."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from cohorts.cohort_view import CohortView
from cohorts.models import Cohort, Enrollment, Review
from cohorts.review.access import (
    answers_for,
    cohorts_with_reviews_for,
    is_mentor_of,
    is_on_team,
    may_review,
    readable_by,
    reviewable_by,
    shown_name,
)
from cohorts.review.forms import SUGGESTED, ConflictForm, CriterionFormSet, ReviewForm, RubricForm
from cohorts.review.queue import neighbours, next_to_review
from cohorts.review.review_list import CONFLICT, HEAD, SHOWN, TABS, TODO, export_rows, review_rows, sort_rows
from cohorts.review.services import declare_conflict, save_criteria, save_review, withdraw_conflict
from cohorts.review.summary import ReviewSummary, summaries_of
from mentorship.core.accounts.models import User
from mentorship.core.accounts.permissions import get_visible_or_404, may_edit
from mentorship.core.errors import ServiceError
from mentorship.core.ui.downloads.export import export, wants_export
from mentorship.core.ui.requests import choice_in, page_of
from mentorship.core.views import LookupView


class ReviewView(LoginRequiredMixin, LookupView):
    """A page of a cohort's review, for its team and, if the cohort allows it, its mentors."""

    cohort: Cohort

    def look_up(self) -> None:
        self.cohort = get_visible_or_404(cohorts_with_reviews_for(self.user), slug=self.kwargs["cohort_slug"])
        self.team = is_on_team(self.user, self.cohort)
        if self.team:
            self.request.cohort_of_page = self.cohort  # type: ignore[attr-defined]  # for the navigation

    def get_context(self) -> dict[str, Any]:
        return {"cohort": self.cohort, "team": self.team}


class ReviewList(ReviewView):
    """The applications to review; for the team also the results."""

    template_name = "cohorts/review/list.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        cohort, team = self.cohort, self.team
        mine, shown = choice_in(request, "mine", TABS), choice_in(request, "shown", SHOWN)
        sort = request.GET.get("sort", "")
        rows = review_rows(self.user, cohort, request.GET.get("q", ""))
        counted = [row for row in rows if row.state == CONFLICT or not team or row.is_shown("")]
        tabs = [(value, label, sum(row.is_in_tab(value) for row in counted)) for value, label in TABS.items()]
        found = [row for row in rows if row.is_in_tab(mine) and (mine == CONFLICT or not team or row.is_shown(shown))]
        found = sort_rows(found, sort, team=team)
        if wants_export(request) and team:
            return export(request, f"{cohort.slug}-reviews", HEAD, export_rows(found))
        page = page_of(request, found)
        people = cohort.enrollments.select_related("user").prefetch_related("members__user")
        by_pk = people.in_bulk([row.pk for row in page.object_list])
        conflicts = Review.objects.filter(reviewer=self.user, conflict=True, enrollment__cohort=cohort)
        return self.page(
            reviews=may_review(self.user, cohort),
            may_edit=may_edit(self.user, cohort.workspace_id),
            page_obj=page,
            rows=[(row, by_pk[row.pk]) for row in page.object_list],
            reasons=dict(conflicts.values_list("enrollment_id", "conflict_reason")),
            tabs=tabs,
            mine=mine,
            shown=shown,
            shown_choices=SHOWN,
            total=tabs[0][2],
            todo=tabs[1][2],
            next=next((row.pk for row in sort_rows(rows, "", team=team) if row.state == TODO), None),
            has_rubric=cohort.criteria.exists(),
        )


class ApplicationView(ReviewView):
    """A page about one application, which `pk` names in the address."""

    template_name = "cohorts/review/application.html"

    def look_up(self) -> None:
        super().look_up()
        reading = self.request.method in ("GET", "HEAD")
        found = readable_by(self.user, self.cohort) if reading else reviewable_by(self.user, self.cohort)
        self.enrollment = get_visible_or_404(found.with_people(), pk=self.kwargs["pk"])

    def get_context(self) -> dict[str, Any]:
        cohort, user, enrollment = self.cohort, self.user, self.enrollment
        reviews = list(enrollment.reviews.select_related("reviewer").order_by("created_at"))  # type: ignore[attr-defined]
        own = next((review for review in reviews if review.reviewer_id == user.pk), None)
        open_for_me = reviewable_by(user, cohort).filter(pk=enrollment.pk).exists()
        before, after = neighbours(user, cohort, enrollment)
        context = {
            **super().get_context(),
            "enrollment": enrollment,
            "people": [_with_pronouns(person) for person in enrollment.people],
            "name": shown_name(enrollment),
            "answers": answers_for(enrollment, user),
            "form": self.review_form(own) if open_for_me else None,
            "own": own,
            "conflict_form": ConflictForm() if open_for_me else None,
            "summary": None,
            "others": [],
            "conflicts": [],
            "before": before,
            "after": after,
        }
        if self.team:
            others = [review for review in reviews if not review.conflict and review != own]
            context |= {
                "summary": summaries_of(cohort).get(enrollment.pk, ReviewSummary()),
                "others": _with_scores(others, cohort),
                "conflicts": [review for review in reviews if review.conflict],
            }
        return context

    def review_form(self, review: Review | None, *data: Any) -> ReviewForm:
        """The form of the reader's own review, filled in with earlier answers."""
        return ReviewForm(*data, cohort=self.cohort, may_mentor=is_mentor_of(self.user, self.cohort), review=review)

    def go_on(self, following: int | None) -> HttpResponse:
        """Redirect to the next application to review; to the list if none is left, or if the reader prefers it."""
        if following is None or self.request.POST.get("then") == "list":
            return redirect("cohorts:review-list", cohort_slug=self.cohort.slug)
        return redirect("cohorts:review-edit", cohort_slug=self.cohort.slug, pk=following)


class ReviewApplication(ApplicationView):
    """One application without its private fields, and the form for the reader's review."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page()

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.review_form(None, request.POST)
        if form.is_valid():
            try:
                save_review(enrollment=self.enrollment, by=self.user, **form.review_values())
            except ServiceError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, f"Your review of {shown_name(self.enrollment)} is saved.")
                return self.go_on(next_to_review(self.user, self.cohort, after=self.enrollment))
        return self.page(status=422, form=form)


class DeclareConflict(ApplicationView):
    """Hide an application from oneself at once."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ConflictForm(request.POST)
        if not form.is_valid():
            return self.page(status=422, conflict_form=form)
        following = next_to_review(self.user, self.cohort, after=self.enrollment)
        declare_conflict(enrollment=self.enrollment, by=self.user, reason=form.cleaned_data["reason"])
        name = shown_name(self.enrollment)
        messages.success(request, f"{name} is hidden from you. You find it under “My conflicts”.")
        return self.go_on(following)


class WithdrawConflict(ReviewView):
    """Show a hidden application again."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        hidden = readable_by(self.user, self.cohort, in_conflict=True)
        enrollment: Enrollment = get_visible_or_404(hidden, pk=self.kwargs["pk"])
        withdraw_conflict(enrollment=enrollment, by=self.user)
        messages.success(request, f"You can review {shown_name(enrollment)} again.")
        return redirect("cohorts:review-edit", cohort_slug=self.cohort.slug, pk=enrollment.pk)


class RubricEdit(CohortView):
    """The criteria, and whether mentors review."""

    template_name = "cohorts/review/rubric.html"
    for_editors = True

    def get(self, request: HttpRequest) -> HttpResponse:
        suggest = "suggest" in request.GET and not self.cohort.criteria.exists()
        initial = [{"name": name, "help": text} for name, text in SUGGESTED] if suggest else None
        return self.page(
            formset=CriterionFormSet(cohort=self.cohort, initial=initial),
            form=self.finish_form(RubricForm(initial={"mentors_review": self.cohort.mentors_review})),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        formset: Any = CriterionFormSet(request.POST, cohort=self.cohort)
        form = self.finish_form(RubricForm(request.POST))
        if formset.is_valid() and form.is_valid():
            try:
                save_criteria(cohort=self.cohort, criteria=formset.criteria(), by=self.user, **form.cleaned_data)
            except ServiceError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, "The rubric is saved.")
                return redirect("cohorts:review-list", cohort_slug=self.cohort.slug)
        return self.page(status=422, formset=formset, form=form)

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "empty": not self.cohort.criteria.exists()}


def _with_scores(reviews: list[Review], cohort: Cohort) -> list[tuple[Review, list[tuple[str, Any, int]]]]:
    """Reviews with their scores in words: criterion, score, highest."""
    criteria = list(cohort.criteria.all())
    return [(r, [(c.name, r.scores.get(str(c.pk), "–"), c.highest) for c in criteria]) for r in reviews]


def _with_pronouns(person: User) -> str:
    """The name with pronouns; never an address if the name is missing."""
    return f"{person.full_name} ({person.pronouns})" if person.full_name and person.pronouns else person.full_name
