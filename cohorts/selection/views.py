"""Selection pages: the rules, a run and its results, changes by hand, applying."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views import View

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
from cohorts.selection.services import apply_run, override_outcome, save_policy, try_selection
from mentorship.core.accounts.models import User
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit
from mentorship.core.errors import ServiceError
from mentorship.core.reference_data import country_name
from mentorship.core.ui.requests import page_of
from mentorship.core.ui.search import has_every_word

RUNS_SHOWN = 20
QUOTAS_SHOWN = 30


class SelectionRules(CoordinatorRequiredMixin, View):
    """The rules, and the runs so far. Trying gives the seats on paper only."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        return self._render(request, cohort, RulesForms(cohort, _open_applications(cohort)))

    def post(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        rules = RulesForms(cohort, _open_applications(cohort), request.POST)
        if not rules.is_valid():
            return self._render(request, cohort, rules, status=422)
        with transaction.atomic():
            save_policy(cohort=cohort, policy=rules.policy(), by=request.user)
            run = try_selection(cohort=cohort, by=request.user) if "try" in request.POST else None
        if run is None:
            messages.success(request, "The rules are saved.")
            return redirect("cohorts:selection", cohort_slug=cohort.slug)
        messages.success(request, "Nobody has been told anything. Look at the result and apply it when it is right.")
        return redirect("cohorts:selection-run", cohort_slug=cohort.slug, pk=run.pk)

    @staticmethod
    def _render(request: HttpRequest, cohort: Cohort, rules: RulesForms, status: int = 200) -> HttpResponse:
        mentees = cohort.enrollments.filter(role="mentee")  # type: ignore[attr-defined]
        answers = sorted({option for q in rules.questions.values() for option in answer_options(q)})
        places = {country_name(code) for code in mentees.values_list("country", flat=True) if code}
        context = {
            "cohort": cohort,
            "may_edit": may_edit(request.user, cohort.workspace_id),
            "rules": rules,
            "answers": answers,
            "values": [*sorted(places), *(g.name for g in cohort.groups.all()), *answers],  # type: ignore[attr-defined]
            "applications": [application_label(pk, name) for pk, name in _open_applications(cohort).items()],
            "own_groups": groups_with_seats(cohort, policy_of(cohort)),
            "open": mentees.undecided().count(),
            "inside": mentees.occupying_place().count(),
            "runs": [(run, _counts(run)) for run in _runs(cohort)[:RUNS_SHOWN]],
        }
        return render(request, "cohorts/selection/rules.html", context, status=status)


class SelectionRunDetail(CoordinatorRequiredMixin, View):
    """What a run found: who is in, in which track, why; and the one application that the side panel speaks of."""

    def get(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        return _render_run(request, _run_or_404(request, cohort_slug, pk))


class OutcomeOverride(CoordinatorRequiredMixin, View):
    """Decide about one application against the rules."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, cohort_slug: str, pk: int, enrollment_pk: int) -> HttpResponse:
        run = _run_or_404(request, cohort_slug, pk, editing=True)
        enrollment = get_visible_or_404(
            run.cohort.enrollments.filter(role="mentee").select_related("user"),
            pk=enrollment_pk,
        )
        form = OverrideOutcomeForm(request.POST, tracks=[t["name"] for t in run.result["tracks"]])
        if form.is_valid():
            outcome, track = form.outcome()
            try:
                override_outcome(run=run, enrollment=enrollment, outcome=outcome, track=track, by=request.user)
            except ServiceError as error:
                form.add_error("choice", str(error))
            else:
                messages.success(request, f"{shown_name(enrollment)}: changed. Nothing is sent before you apply.")
                query = request.GET.urlencode()
                return redirect(_run_url(run) + (f"?{query}" if query else ""))
        return _render_run(request, run, chosen=enrollment.pk, form=form, status=422)


class SelectionApply(CoordinatorRequiredMixin, View):
    """Preview the mails of a run, then apply it. Nothing happens before the second step."""

    def get(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        run = _run_or_404(request, cohort_slug, pk, editing=True)
        return self._render(request, run, None)

    def post(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        run = _run_or_404(request, cohort_slug, pk, editing=True)
        changes = changes_of(run)
        form = SelectionApplyForm(request.POST, outcomes=[o for o in BY_HAND if changes[o]])
        if not form.is_valid() or "preview" in request.POST:
            return self._render(request, run, form)
        paragraphs, mail = form.paragraphs(), form.cleaned_data["mail"]
        try:
            done = apply_run(run=run, by=request.user, paragraphs=paragraphs, mail=mail)
        except ServiceError as error:
            form.add_error(None, str(error))
            return self._render(request, run, form)
        if number := done.decided.total():
            sent = "their mails are on the way" if mail else "no mail was sent"
            messages.success(request, f"{number} decided; {sent}.")
        else:
            messages.info(request, "Nobody was left to decide about.")
        for _enrollment, reason in done.left[:10]:
            messages.warning(request, reason)
        return redirect(_run_url(run))

    @staticmethod
    def _render(request: HttpRequest, run: SelectionRun, form: SelectionApplyForm | None) -> HttpResponse:
        changes = changes_of(run)
        outcomes = [o for o in BY_HAND if changes[o]]
        said = form.data if form else {}
        previews = []
        for outcome in outcomes:
            first = run.cohort.enrollments.with_people().get(pk=changes[outcome][0])  # type: ignore[attr-defined]
            mail = decision_mails(enrollments=[first], to=outcome, message=said.get(outcome, ""))[0]
            previews.append((Enrollment.Status(outcome).label, len(changes[outcome]), mail))
        context = {
            "cohort": run.cohort,
            "run": run,
            "previews": previews,
            "total": sum(len(pks) for pks in changes.values()),
            "since": count_new_applications(run),
            "form": form or SelectionApplyForm(outcomes=outcomes),
        }
        return render(request, "cohorts/selection/apply.html", context, status=422 if form and form.errors else 200)


def _runs(cohort: Cohort) -> QuerySet[SelectionRun]:
    return SelectionRun.objects.filter(cohort=cohort).select_related("by")


def _run_or_404(request: HttpRequest, slug: str, pk: int, *, editing: bool = False) -> SelectionRun:
    cohorts = Cohort.objects.editable_by(request.user) if editing else Cohort.objects.visible_to(request.user)
    cohort = get_visible_or_404(cohorts, slug=slug)
    return get_visible_or_404(SelectionRun.objects.select_related("cohort__programme", "by"), cohort=cohort, pk=pk)


def _run_url(run: SelectionRun) -> str:
    return reverse("cohorts:selection-run", args=[run.cohort.slug, run.pk])


def _open_applications(cohort: Cohort) -> dict[int, str]:
    """Who may be let in first, by name."""
    found = cohort.enrollments.mentees().undecided().select_related("user")  # type: ignore[attr-defined]
    return {e.pk: shown_name(e) for e in found.order_by("title", "pk")}


def _counts(run: SelectionRun) -> dict[str, int]:
    """How many of a run are in, waiting and declined, by hand included."""
    outcomes = [outcome_of(e) for e in run.result["applications"]]
    return {outcome: outcomes.count(outcome) for outcome in BY_HAND}


def _render_run(
    request: HttpRequest, run: SelectionRun, *, chosen: int | None = None, form: Any = None, status: int = 200
) -> HttpResponse:
    cohort = run.cohort
    people = cohort.enrollments.filter(role="mentee").select_related("user")  # type: ignore[attr-defined]
    names = {e.pk: shown_name(e) for e in people}
    hands = User.objects.in_bulk({e["by_hand"]["by"] for e in run.result["applications"] if e.get("by_hand")})
    entries = [
        {**e, "name": names[e["id"]], "now": outcome_of(e), "seat": track_of(e), "hand": _hand(e, hands)}
        for e in run.result["applications"]
        if e["id"] in names
    ]
    found = _filtered(entries, request, run)
    wanted = str(chosen or request.GET.get("chosen", ""))
    entry = next((e for e in entries if str(e["id"]) == wanted), None)
    editing = may_edit(request.user, cohort.workspace_id)
    context = {
        "cohort": cohort,
        "run": run,
        "counts": _counts(run),
        "page_obj": page_of(request, found),
        "total": len(entries),
        "tracks": track_totals(run),
        "quotas": quota_totals(run)[:QUOTAS_SHOWN],
        "since": 0 if run.applied_at else count_new_applications(run),
        "waiting": 0 if run.applied_at else sum(map(len, changes_of(run).values())),
        "may_edit": editing,
        "outcomes": [(o.value, o.label) for o in BY_HAND],
        **{name: request.GET.get(name, "") for name in ("q", "outcome", "track", "rule")},
        **_side(request, run, entry, people, form, editing=editing),
    }
    return render(request, "cohorts/selection/run.html", context, status=status)


def _hand(entry: dict[str, Any], hands: dict[int, User]) -> str:
    """Who decided by hand, "" where the rules did."""
    return str(hands.get(entry["by_hand"]["by"], "somebody")) if entry.get("by_hand") else ""


def _side(
    request: HttpRequest, run: SelectionRun, entry: dict[str, Any] | None, people: Any, form: Any, *, editing: bool
) -> dict[str, Any]:
    """What the side panel needs: an application and the form to change it, where that is still possible."""
    if entry is None:
        return {"chosen": None, "by_hand": None}
    tracks = [t["name"] for t in run.result["tracks"]]
    seat = f"accepted:{entry['seat']}" if entry["now"] == "accepted" else entry["now"]
    open_still = editing and not run.applied_at and not entry["kept"]
    blocked = open_still and has_conflict(request.user, people.get(pk=entry["id"]))
    if open_still and not blocked:
        form = form or OverrideOutcomeForm(tracks=tracks, initial={"choice": seat})
    return {"chosen": entry, "by_hand": form if open_still else None, "blocked": blocked}


def _filtered(entries: list[dict[str, Any]], request: HttpRequest, run: SelectionRun) -> list[dict[str, Any]]:
    """The entries that the filters of the address leave, in the order of the selection."""
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
