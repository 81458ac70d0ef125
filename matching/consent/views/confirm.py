"""Preview a run's intros, ask people first, and confirm the pairs."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from cohorts.models import Cohort
from matching.board.consent_status import asked_states
from matching.consent.forms import ConfirmPolicyForm
from matching.consent.policy import confirm_policy_of, save_confirm_policy
from matching.consent.services import ask_pairs
from matching.intro.mails import intro_mail
from matching.intro.services import confirm_run, preview_fingerprint, unconfirmed_proposals
from matching.models import ConfirmPolicy, Match, MatchRun
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.delivery.suppression import who_is_left_out


class Preview(CoordinatorRequiredMixin, View):
    """Who gets an intro, and one of them as it will arrive. Writes nothing."""

    def get(self, request: HttpRequest, cohort_slug: str, number: int) -> HttpResponse:
        run = _run(request, cohort_slug, number)
        groups = unconfirmed_proposals(run) if run.status == MatchRun.Status.READY else []
        chosen = next((g for g in groups if str(g[0].pk) == request.GET.get("mentee")), groups[0] if groups else None)
        policy = confirm_policy_of(run.cohort)
        rows = _rows(run, groups, policy)
        people = [p for mentee, pairs in groups for p in (*mentee.people, *(pair.mentor.user for pair in pairs))]
        matched = Match.objects.filter(mentee__cohort=run.cohort).standing().values("mentee_id")
        others = run.cohort.enrollments.mentees().occupying_place().exclude(pk__in=[mentee.pk for mentee, _ in groups])
        context = {
            "cohort": run.cohort,
            "run": run,
            "groups": groups,
            "rows": rows,
            "policy": policy,
            "shown": preview_fingerprint(run.cohort, groups),
            "left_out": who_is_left_out(run.cohort.workspace_id, [p.email for p in people]).items(),
            "without": others.exclude(pk__in=matched).count(),
            "mail": intro_mail(*chosen) if chosen else None,
            "messages_count": len(groups),
            "ready_count": sum(ready for _, _, ready, _ in rows),
            "to_ask": sum(unasked for _, _, _, unasked in rows),
        }
        return render(request, "matching/consent/preview.html", context)


class Confirm(CoordinatorRequiredMixin, View):
    """Make the matches and queue the intros, except for those that are left out."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, cohort_slug: str, number: int) -> HttpResponse:
        run = _run(request, cohort_slug, number)
        policy = confirm_policy_of(run.cohort)
        rows = _rows(run, unconfirmed_proposals(run), policy)
        if not request.POST.get("anyway"):
            rows = [row for row in rows if row[2]]
        left_out = set(request.POST.getlist("leave"))
        try:
            matches = confirm_run(
                run=run,
                by=request.user,  # type: ignore[arg-type]
                mentee_ids={mentee.pk for mentee, *_ in rows if str(mentee.pk) not in left_out},
                grace=timedelta(minutes=policy.grace_minutes),
                shown=request.POST.get("shown", ""),
            )
        except ServiceError as error:
            messages.error(request, str(error))
            return redirect("matching:preview", cohort_slug=cohort_slug, number=number)
        intros = len({match.intro_id for match in matches})
        if not matches and policy.sides and not rows:
            messages.info(request, "Nobody has said yes yet. Ask first, or confirm also those who have not answered.")
        elif not matches:
            messages.info(request, "There was nothing left to confirm.")
        elif policy.grace_minutes:
            messages.success(request, f"{len(matches)} confirmed. Until their intros leave you can undo it here.")
        else:
            messages.success(request, f"{len(matches)} confirmed. {intros} intros are on their way.")
        return redirect("matching:matches", cohort_slug=cohort_slug)


class Ask(CoordinatorRequiredMixin, View):
    """Ask the people of the pairs that are shown, except for those that are left out."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, cohort_slug: str, number: int) -> HttpResponse:
        run = _run(request, cohort_slug, number)
        groups, left_out = unconfirmed_proposals(run), set(request.POST.getlist("leave"))
        if request.POST.get("shown") != preview_fingerprint(run.cohort, groups):
            messages.error(request, "Somebody changed a pair since you saw them. Look once more, then ask.")
            return redirect("matching:preview", cohort_slug=cohort_slug, number=number)
        try:
            asked, left = ask_pairs(
                run=run,
                mentee_ids=[mentee.pk for mentee, _ in groups if str(mentee.pk) not in left_out],
                by=request.user,  # type: ignore[arg-type]
            )
        except ServiceError as error:
            messages.error(request, str(error))
            return redirect("matching:preview", cohort_slug=cohort_slug, number=number)
        if asked:
            messages.success(request, f"{len(asked)} {'pair is' if len(asked) == 1 else 'pairs are'} asked.")
        for words in left[:5]:
            messages.warning(request, f"Not asked: {words}")
        return redirect("matching:asked", cohort_slug=cohort_slug)


class EditConfirmPolicy(CoordinatorRequiredMixin, View):
    """Whom the cohort asks before it confirms, and how long intros wait."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        form = ConfirmPolicyForm(instance=confirm_policy_of(cohort))
        return render(request, "matching/consent/policy.html", {"cohort": cohort, "form": form})

    def post(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        form = ConfirmPolicyForm(request.POST, instance=confirm_policy_of(cohort))
        if not form.is_valid():
            return render(request, "matching/consent/policy.html", {"cohort": cohort, "form": form}, status=422)
        save_confirm_policy(policy=form.save(commit=False), by=request.user)  # type: ignore[arg-type]
        messages.success(request, "Saved. Pairs that are asked already go on as they were asked.")
        return redirect("matching:confirm-policy", cohort_slug=cohort.slug)


def _rows(run: MatchRun, groups: list[Any], policy: ConfirmPolicy) -> list[tuple[Any, Any, bool, int]]:
    """(mentee, proposals with the state of their question, whether it can be confirmed, how many are unasked)."""
    states = asked_states(run) if policy.sides else {}
    rows = []
    for mentee, proposals in groups:
        for proposal in proposals:
            proposal.asked = states.get((mentee.pk, proposal.mentor_id))
        unasked = sum(p.asked is None or not (p.asked.is_open or p.asked.is_yes) for p in proposals)
        ready = not policy.sides or all(p.asked and p.asked.is_yes for p in proposals)
        rows.append((mentee, proposals, ready, unasked))
    return rows


def _run(request: HttpRequest, cohort_slug: str, number: int) -> MatchRun:
    return get_visible_or_404(MatchRun.objects.editable_by(request.user), cohort__slug=cohort_slug, number=number)
