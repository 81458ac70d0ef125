"""Selection pages: the rules, a run and its results, manual changes, applying."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from cohorts.bulk_actions.services import MOST_IN_REQUEST
from cohorts.bulk_actions.views import answer_for_many
from cohorts.cohort_view import CohortObjectView, CohortView
from cohorts.enrollment.mails import decision_mails
from cohorts.models import Cohort, Enrollment, SelectionRun
from cohorts.review.access import has_conflict, shown_name
from cohorts.selection.forms import OverrideOutcomeForm, RulesForms, SelectionApplyForm, application_label
from cohorts.selection.policy import answer_options, groups_with_seats, policy_of
from cohorts.selection.results import (
    BY_HAND,
    changes_of,
    count_new_applications,
    outcome_of,
    quota_totals,
    track_of,
    track_totals,
)
from cohorts.selection.services import apply_run, override_outcome, save_policy, save_policy_and_try
from mentorship.core.accounts.models import User
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.errors import ServiceError
from mentorship.core.own_links import OWN_LINK
from mentorship.core.reference_data import country_name
from mentorship.core.ui.requests import page_of
from mentorship.core.ui.search import has_every_word

RUNS_SHOWN = 20
QUOTAS_SHOWN = 30


class SelectionRules(CohortView):
    """The rules, and earlier runs. A trial run changes nothing."""

    template_name = "cohorts/selection/rules.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._rules_page(RulesForms(self.cohort, _open_applications(self.cohort)))

    def post(self, request: HttpRequest) -> HttpResponse:
        cohort = self.cohort
        rules = RulesForms(cohort, _open_applications(cohort), request.POST)
        if not rules.is_valid():
            return self._rules_page(rules, status=422)
        if "try" not in request.POST:
            save_policy(cohort=cohort, policy=rules.policy(), by=self.user)
            messages.success(request, "The rules are saved.")
            return redirect("cohorts:selection-edit", cohort_slug=cohort.slug)
        run = save_policy_and_try(cohort=cohort, policy=rules.policy(), by=self.user)
        messages.success(request, "Nobody has been told anything. Look at the result and apply it when it is right.")
        return redirect("cohorts:selection-run-detail", cohort_slug=cohort.slug, pk=run.pk)

    def _rules_page(self, rules: RulesForms, status: int = 200) -> HttpResponse:
        cohort = self.cohort
        mentees = cohort.enrollments.filter(role="mentee")  # type: ignore[attr-defined]
        answers = sorted({option for q in rules.questions.values() for option in answer_options(q)})
        countries = {country_name(code) for code in mentees.values_list("country", flat=True) if code}
        groups = [g.name for g in cohort.groups.all()]  # type: ignore[attr-defined]
        runs = SelectionRun.objects.filter(cohort=cohort).select_related("by")[:RUNS_SHOWN]
        return self.page(
            status=status,
            rules=rules,
            answers=answers,
            values=[*sorted(countries), *groups, *answers],
            applications=[application_label(pk, name) for pk, name in _open_applications(cohort).items()],
            own_groups=groups_with_seats(cohort, policy_of(cohort)),
            open=mentees.undecided().count(),
            inside=mentees.occupying_place().count(),
            runs=[(run, _counts(run)) for run in runs],
        )


class SelectionRunView(CohortObjectView[SelectionRun]):
    """A page about one run."""

    template_name = "cohorts/selection/run.html"

    def get_rows(self) -> QuerySet[SelectionRun]:
        return SelectionRun.objects.filter(cohort=self.cohort).select_related("cohort__programme", "by")

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "run": self.object}

    def run_page(self, *, chosen: int | None = None, form: Any = None, status: int = 200) -> HttpResponse:
        """The results of the run; `chosen` is the enrollment in the side panel, otherwise the one in the address."""
        run, request = self.object, self.request
        people = self.cohort.enrollments.filter(role="mentee").select_related("user")  # type: ignore[attr-defined]
        entries = _entries(run, {e.pk: shown_name(e) for e in people})
        wanted = str(chosen or request.GET.get("chosen", ""))
        entry = next((e for e in entries if str(e["id"]) == wanted), None)
        return self.page(
            status=status,
            counts=_counts(run),
            page_obj=page_of(request, _filtered(entries, request, run)),
            total=len(entries),
            tracks=track_totals(run),
            quotas=quota_totals(run)[:QUOTAS_SHOWN],
            since=0 if run.applied_at else count_new_applications(run),
            waiting=0 if run.applied_at else sum(map(len, changes_of(run).values())),
            outcomes=[(o.value, o.label) for o in BY_HAND],
            **{name: request.GET.get(name, "") for name in ("q", "outcome", "track", "rule")},
            **self._side(entry, people, form),
        )

    def _side(self, entry: dict[str, Any] | None, people: Any, form: Any) -> dict[str, Any]:
        """The content of the side panel: an application and, if it can still be changed, the form for that."""
        if entry is None:
            return {"chosen": None, "by_hand": None}
        tracks = [t["name"] for t in self.object.result["tracks"]]
        seat = f"accepted:{entry['seat']}" if entry["now"] == "accepted" else entry["now"]
        open_still = self.may_edit and not self.object.applied_at and not entry["kept"]
        blocked = open_still and has_conflict(self.user, people.get(pk=entry["id"]))
        if open_still and not blocked:
            form = form or OverrideOutcomeForm(tracks=tracks, initial={"choice": seat})
        return {"chosen": entry, "by_hand": form if open_still else None, "blocked": blocked}


class SelectionRunDetail(SelectionRunView):
    """The results of a run: who gets a seat in which track and why, with one application in the side panel."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.run_page()


class OutcomeOverride(SelectionRunView):
    """Override the outcome of one application."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        run = self.object
        people = self.cohort.enrollments.filter(role="mentee").select_related("user")  # type: ignore[attr-defined]
        enrollment = get_visible_or_404(people, pk=self.kwargs["enrollment_pk"])
        form = OverrideOutcomeForm(request.POST, tracks=[t["name"] for t in run.result["tracks"]])
        if form.is_valid():
            outcome, track = form.outcome()
            try:
                override_outcome(run=run, enrollment=enrollment, outcome=outcome, track=track, by=self.user)
            except ServiceError as error:
                form.add_error("choice", str(error))
            else:
                messages.success(request, f"{shown_name(enrollment)}: changed. Nothing is sent before you apply.")
                query = request.GET.urlencode()
                return redirect(_run_url(run) + (f"?{query}" if query else ""))
        return self.run_page(chosen=enrollment.pk, form=form, status=422)


class SelectionApply(SelectionRunView):
    """Preview the mails of a run, then apply it. Only the second step changes anything."""

    template_name = "cohorts/selection/apply.html"
    for_editors = True

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._preview(None)

    def post(self, request: HttpRequest) -> HttpResponse:
        run, changes = self.object, changes_of(self.object)
        form = SelectionApplyForm(request.POST, outcomes=[o for o in BY_HAND if changes[o]])
        if not form.is_valid() or "preview" in request.POST:
            return self._preview(form)
        mail = form.cleaned_data["mail"]
        ids = [pk for pks in changes.values() for pk in pks]
        if len(ids) > MOST_IN_REQUEST:
            given = {"paragraphs": form.paragraphs(), "mail": mail}
            return answer_for_many(self, "selection", ids, about=run.pk, given=given, back=_run_url(run))
        try:
            done = apply_run(run=run, by=self.user, paragraphs=form.paragraphs(), mail=mail)
        except ServiceError as error:
            form.add_error(None, str(error))
            return self._preview(form)
        if number := done.decided.total():
            sent = "their emails are on the way" if mail else "no email was sent"
            messages.success(request, f"{number} decided; {sent}.")
        else:
            messages.info(request, "Nobody was left to decide about.")
        for _enrollment, reason in done.left[:10]:
            messages.warning(request, reason)
        return redirect(_run_url(run))

    def _preview(self, form: SelectionApplyForm | None) -> HttpResponse:
        changes = changes_of(self.object)
        outcomes = [o for o in BY_HAND if changes[o]]
        said = form.data if form else {}
        previews = []
        for outcome in outcomes:
            first = self.cohort.enrollments.with_people().get(pk=changes[outcome][0])  # type: ignore[attr-defined]
            mail = decision_mails(enrollments=[first], to=outcome, message=said.get(outcome, ""), link=OWN_LINK)[0]
            previews.append((Enrollment.Status(outcome).label, len(changes[outcome]), mail))
        return self.page(
            status=422 if form and form.errors else 200,
            previews=previews,
            total=sum(len(pks) for pks in changes.values()),
            since=count_new_applications(self.object),
            form=form or SelectionApplyForm(outcomes=outcomes),
        )


def _run_url(run: SelectionRun) -> str:
    return reverse("cohorts:selection-run-detail", args=[run.cohort.slug, run.pk])


def _open_applications(cohort: Cohort) -> dict[int, str]:
    """Undecided applications with their names."""
    found = cohort.enrollments.mentees().undecided().select_related("user")  # type: ignore[attr-defined]
    return {e.pk: shown_name(e) for e in found.order_by("title", "pk")}


def _counts(run: SelectionRun) -> dict[str, int]:
    """The numbers of a run by outcome, including manual changes."""
    outcomes = [outcome_of(e) for e in run.result["applications"]]
    return {outcome: outcomes.count(outcome) for outcome in BY_HAND}


def _entries(run: SelectionRun, names: dict[int, str]) -> list[dict[str, Any]]:
    """The applications of a run that still exist, with the outcome `now`, their `seat`, and who overrode it."""
    entries = run.result["applications"]
    hands = User.objects.in_bulk({e["by_hand"]["by"] for e in entries if e.get("by_hand")})
    return [
        {**e, "name": names[e["id"]], "now": outcome_of(e), "seat": track_of(e), "hand": _hand(e, hands)}
        for e in entries
        if e["id"] in names
    ]


def _hand(entry: dict[str, Any], hands: dict[int, User]) -> str:
    """The person who overrode the outcome, "" if nobody did."""
    return str(hands.get(entry["by_hand"]["by"], "somebody")) if entry.get("by_hand") else ""


def _filtered(entries: list[dict[str, Any]], request: HttpRequest, run: SelectionRun) -> list[dict[str, Any]]:
    """The entries that match the filters in the address, in the order of the selection."""
    text, outcome, track, rule = (request.GET.get(name, "") for name in ("q", "outcome", "track", "rule"))
    if rule:
        effects = [r for r in run.result["rules"] if r["rule"] == rule]
        touched = {pk for effect in effects for pk in [*effect["let_in"], *effect["kept_out"]]}
        entries = [e for e in entries if e["id"] in touched]
    return [
        e
        for e in entries
        if has_every_word(e["name"], text)
        and (not outcome or e["now"] == outcome)
        and (not track or e["seat"] == track)
    ]
