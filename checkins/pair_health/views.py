"""The list of pairs by their health."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from checkins.models import PairPause
from checkins.pair_health.assessment import LEVELS, assess_pairs, pairs_to_assess, with_matches
from checkins.schedule.pauses import pause_pair, resume_pair
from checkins.waves.forms import PauseUntilForm
from cohorts.cohort_view import CohortView
from matching.models import Match
from mentorship.core.accounts.field_access import Audience
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.ui.downloads.export import export, wants_export
from mentorship.core.ui.requests import choice_in, number_in, page_of


class PairHealthList(CohortView):
    """Pairs by their health; also pauses and resumes one."""

    template_name = "checkins/pair_health/list.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        pairs = assess_pairs(self.cohort)
        level, text = choice_in(request, "level", LEVELS), request.GET.get("q", "")
        searched = set(pairs_to_assess(self.cohort).search(text).values_list("pk", flat=True)) if text else None
        found = [
            pair
            for pair in pairs
            if (not level or pair.level == level) and (searched is None or pair.match_id in searched)
        ]
        if wants_export(request):
            may_read = self.reads(Audience.COORDINATORS)
            head = ["project", "mentor", "how it is", "why", "paused"]
            why = {p.match_id: "; ".join(p.reasons) if may_read else "" for p in found}
            shown = with_matches(found)
            rows = ([p.match.mentee, p.match.mentor.user, p.label, why[p.match_id], p.paused] for p in shown)
            return export(request, f"{self.cohort.slug}-pairs", head, rows)
        page_obj = page_of(request, found)
        with_matches(page_obj.object_list)
        return self.page(
            page_obj=page_obj,
            levels=[(key, label, sum(1 for p in pairs if p.level == key)) for key, label in LEVELS],
            level_choices=LEVELS,
            level=level,
            q=text,
            total=len(pairs),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        matches = Match.objects.filter(mentee__cohort=self.cohort).with_people()
        match = get_visible_or_404(matches, pk=number_in(request.POST.get("match")))
        if request.POST.get("do") == "resume":
            resume_pair(match=match, by=self.user)
            messages.success(request, f"{match} goes on.")
        elif not PairPause.objects.filter(match=match, ended_at=None).exists():
            # As in a person's own break: a future day, or none.
            form = PauseUntilForm(request.POST)
            if form.is_valid():
                pause_pair(match=match, by=self.user, until=form.cleaned_data["until"])
                messages.success(request, f"{match} pauses: nobody of it is asked or reminded.")
            else:
                messages.error(request, "Choose a day that is still to come, or none.")
        return redirect("checkins:pair-list", cohort_slug=self.cohort.slug)
