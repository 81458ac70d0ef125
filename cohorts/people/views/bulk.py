"""Acts on several people of a list at once, and how each is undone."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from cohorts.cohort_view import CohortView
from cohorts.enrollment.extensions import endings_by_id
from cohorts.enrollment.mails import decision_mails
from cohorts.enrollment.services import decide_enrollments, set_group
from cohorts.enrollment.undo import Before, undo_decisions, undo_moves
from cohorts.models import Cohort, Enrollment
from cohorts.people.forms import DecisionForm
from mentorship.core.errors import ServiceError
from mentorship.core.own_links import OWN_LINK
from mentorship.core.ui.markup import counted
from mentorship.core.ui.requests import numbers_in

# Emails about decisions wait so long, so that a slip can be undone before anybody reads of it.
UNDO_WITHIN = timedelta(minutes=5)
DECIDED, MOVED = "decided", "moved"
_IN_SESSION = "undo_of_people"


def chosen_in(request: HttpRequest, cohort: Cohort) -> list[Enrollment]:
    """The ticked people of a cohort."""
    numbers = numbers_in(request.POST.getlist("pk"))
    return list(Enrollment.objects.filter(cohort=cohort, pk__in=numbers).with_people().order_by("pk"))


def keep_for_undo(request: HttpRequest, cohort: Cohort, kind: str, words: str, before: Iterable[Before]) -> None:
    """Keep what people were, for whoever did it, until nobody can undo it any more."""
    request.session[_IN_SESSION] = {
        "cohort": cohort.pk,
        "kind": kind,
        "words": words,
        "until": (timezone.now() + UNDO_WITHIN).isoformat(),
        "before": [one.as_json() for one in before],
    }


def undo_in(request: HttpRequest, cohort: Cohort) -> dict[str, Any] | None:
    """The last thing that the reader did to people of a cohort, while it can be undone."""
    kept: dict[str, Any] | None = request.session.get(_IN_SESSION)
    current = kept and kept["cohort"] == cohort.pk and datetime.fromisoformat(kept["until"]) > timezone.now()
    return kept if current else None


class Decide(CohortView):
    """Preview the mails of a decision, then decide. Only the second step changes anything."""

    http_method_names = ("post",)
    template_name = "cohorts/people/decide.html"

    def post(self, request: HttpRequest) -> HttpResponse:
        chosen = chosen_in(request, self.cohort)
        form = DecisionForm(request.POST)
        if not chosen or "to" in form.errors:
            messages.error(request, "Choose people and a decision first.")
            return self._back()
        if "preview" in request.POST or not form.is_valid():
            return self._preview(chosen, form)
        return self._decide(chosen, **form.cleaned_data)

    def _preview(self, chosen: list[Enrollment], form: DecisionForm) -> HttpResponse:
        to, message = form.cleaned_data["to"], form.cleaned_data.get("message", "")
        running = ids_with_something_running(chosen)
        can = [e for e in chosen if to in dict(decisions_for(e, e.pk in running))]
        if form.is_valid():
            # The list does not ask about mails: sending them is the usual choice.
            mail = form.cleaned_data["mail"] or "message" not in self.request.POST
            form = DecisionForm(initial={"to": to, "message": message, "mail": mail})
        return self.page(
            status=422 if form.errors else 200,
            to=to,
            to_label=Enrollment.Status(to).label,
            form=form,
            enrollments=can,
            left=[enrollment for enrollment in chosen if enrollment not in can],
            mails=decision_mails(enrollments=can, to=to, message=message, link=OWN_LINK),
        )

    def _decide(self, chosen: list[Enrollment], *, to: str, message: str, mail: bool) -> HttpResponse:
        due_at = timezone.now() + UNDO_WITHIN
        before = [Before.of(enrollment, enrollment.status_changes + 1) for enrollment in chosen]
        decided, left = decide_enrollments(
            enrollments=chosen, to=to, by=self.user, message=message, mail=mail, due_at=due_at
        )
        if decided:
            sent = "their emails are sent in five minutes" if mail else "no email is sent"
            words = f"{len(decided)} now {Enrollment.Status(to).label}; {sent}."
            ids = {enrollment.pk for enrollment in decided}
            keep_for_undo(self.request, self.cohort, DECIDED, words, [one for one in before if one.pk in ids])
        for _enrollment, reason in left:
            messages.warning(self.request, reason)
        return self._back()

    def _back(self) -> HttpResponse:
        return redirect("cohorts:people-list", cohort_slug=self.cohort.slug)


class MoveToGroup(CohortView):
    """Move people to a group of the cohort, or out of theirs. Nobody is told."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        slug, chosen = request.POST.get("group", ""), chosen_in(request, self.cohort)
        group = self.cohort.groups.filter(slug=slug).first()
        if not chosen or (slug != "none" and group is None):
            messages.error(request, "Choose people and a group first.")
            return self._back()
        moved = []
        for enrollment in chosen:
            before = Before.of(enrollment, enrollment.status_changes)
            try:
                set_group(enrollment=enrollment, group=group, by=self.user)
            except ServiceError as error:
                messages.warning(request, f"{enrollment}: {error}")
            else:
                moved.append(before)
        if moved:
            place = f"in {group}" if group else "in no group"
            keep_for_undo(request, self.cohort, MOVED, f"{counted(len(moved), 'sign-up')} now {place}.", moved)
        return self._back()

    def _back(self) -> HttpResponse:
        return redirect("cohorts:people-list", cohort_slug=self.cohort.slug)


class UndoOfMany(CohortView):
    """Undo what the reader did last to several people."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        kept = undo_in(request, self.cohort)
        if kept is None:
            messages.info(request, "There is nothing to undo any more.")
            return redirect("cohorts:people-list", cohort_slug=self.cohort.slug)
        del request.session[_IN_SESSION]
        undo = undo_decisions if kept["kind"] == DECIDED else undo_moves
        done, left = undo(cohort=self.cohort, before=[Before(**one) for one in kept["before"]], by=self.user)
        if done:
            messages.success(request, f"Undone: {counted(done, 'sign-up')} as before. Nobody got an email.")
        for reason in left:
            messages.warning(request, reason)
        return redirect("cohorts:people-list", cohort_slug=self.cohort.slug)


def ids_with_something_running(enrollments: Iterable[Enrollment]) -> set[int]:
    """Ids of people with a place who have a match, a seat or a coming event."""
    accepted = [e.pk for e in enrollments if e.status == Enrollment.Status.ACCEPTED]
    return {pk for pk, endings in endings_by_id(accepted).items() if endings}


def decisions_for(enrollment: Enrollment, has_something_running: bool) -> list[tuple[str, str]]:
    """The decisions that are possible now. People with a running match are withdrawn or removed, not waitlisted."""
    can = () if has_something_running else Enrollment.TRANSITIONS[enrollment.status]
    choices = DecisionForm.base_fields["to"].choices  # type: ignore[attr-defined]
    return [choice for choice in choices if choice[0] in can]
