"""From a run to matches: see every intro first, then confirm."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from cohorts.services import ServiceError
from matching.intro_mail import intro_mail
from matching.introducing import confirm_run, groups_of
from matching.models import Match, MatchRun
from mentorship.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404
from mentorship.outbox.suppressing import who_is_left_out


class Preview(CoordinatorRequiredMixin, View):
    """Who gets an intro, and one of them as it will arrive. Writes nothing."""

    def get(self, request: HttpRequest, cohort_slug: str, number: int) -> HttpResponse:
        run = _run(request, cohort_slug, number)
        groups = groups_of(run) if run.status == MatchRun.Status.READY else []
        chosen = next((g for g in groups if str(g[0].pk) == request.GET.get("mentee")), groups[0] if groups else None)
        people = [p for mentee, pairs in groups for p in (*mentee.people, *(pair.mentor.user for pair in pairs))]
        matched = Match.objects.filter(mentee__cohort=run.cohort).standing().values("mentee_id")
        others = run.cohort.enrollments.mentees().accepted().exclude(pk__in=[mentee.pk for mentee, _ in groups])
        context = {
            "cohort": run.cohort,
            "run": run,
            "groups": groups,
            "left_out": who_is_left_out(run.cohort.workspace_id, [p.email for p in people]).items(),
            "without": others.exclude(pk__in=matched).count(),
            "mail": intro_mail(*chosen) if chosen else None,
            "messages_count": len(groups),
        }
        return render(request, "matching/preview.html", context)


class Confirm(CoordinatorRequiredMixin, View):
    """Make the matches and queue the intros, except for those that are left out."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, cohort_slug: str, number: int) -> HttpResponse:
        run = _run(request, cohort_slug, number)
        if request.POST.get("hand_changes") != str(run.hand_changes):
            messages.error(request, "Somebody changed a pair since you saw the intros. Look once more, then confirm.")
            return redirect("matching:preview", cohort_slug=cohort_slug, number=number)
        left_out = set(request.POST.getlist("leave"))
        everyone = {mentee.pk for mentee, _ in groups_of(run)}
        try:
            matches = confirm_run(
                run=run,
                by=request.user,  # type: ignore[arg-type]
                mentee_ids={pk for pk in everyone if str(pk) not in left_out},
            )
        except ServiceError as error:
            messages.error(request, str(error))
            return redirect("matching:preview", cohort_slug=cohort_slug, number=number)
        intros = len({match.intro_id for match in matches})
        if matches:
            messages.success(request, f"{len(matches)} confirmed. {intros} intros are on their way.")
        else:
            messages.info(request, "There was nothing left to confirm.")
        return redirect("matching:matches", cohort_slug=cohort_slug)


def _run(request: HttpRequest, cohort_slug: str, number: int) -> MatchRun:
    return get_visible_or_404(MatchRun.objects.editable_by(request.user), cohort__slug=cohort_slug, number=number)
