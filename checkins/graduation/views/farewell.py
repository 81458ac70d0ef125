"""The page on which a pair finishes."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from checkins.alumni.links import stay_link
from checkins.graduation import farewell
from checkins.graduation.evidence import goodbyes_of_both, meeting_days
from checkins.graduation.forms import FarewellForm
from checkins.graduation.progress import graduation_progress
from checkins.models import PairFarewell
from matching.models import Match
from matching.pairs.services import mentors_of
from matching.pairs.views.own_match import OwnMatchView
from mentorship.core.text import join_names
from mentorship.core.views import errors_as_messages


class PairFarewellPage(OwnMatchView):
    """The end of a pair: the things done and missing, a goodbye with thanks, and what comes next."""

    template_name = "checkins/graduation/farewell.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(form=self._form())

    def post(self, request: HttpRequest) -> HttpResponse:
        match request.POST.get("do"):
            case "say":
                form = self._form(request.POST)
                if not form.is_valid():
                    return self.page(status=422, form=form)
                with errors_as_messages(request):
                    farewell.say_goodbye(match=self.match, by=self.user, **form.cleaned_data)
            case "back":
                farewell.take_goodbye_back(match=self.match, by=self.user)
                messages.success(request, "You’ve taken your goodbye back.")
            case "close":
                farewell.close_pair(match=self.match, by=self.user)
        return redirect(request.path)

    def _form(self, *data: Any) -> FarewellForm:
        names = [person.known_name for person in self._others() if person.known_name]
        return FarewellForm(*data, others=join_names(names) if names else "your match")

    def _others(self) -> list[Any]:
        people = [*self.match.mentee.people, *(one.user for one in mentors_of(self.match))]
        own = self.match.mentee.people if self.user in self.match.mentee.people else [self.user]
        return [person for person in people if person not in own]

    def get_context(self) -> dict[str, Any]:
        match, user = self.match, self.user
        cohort, mentee = match.mentee.cohort, match.mentee
        progress = graduation_progress(cohort, enrollment=mentee)
        said = list(PairFarewell.objects.filter(mentee=mentee).select_related("by"))
        own = next((one for one in said if one.by_id == user.pk), None)
        graduated = next((one.graduation for one in progress if one.user == user and one.state == "graduated"), None)
        is_over = match.status == Match.Status.GRADUATED
        return {
            "match": match,
            "match_cohort": cohort,
            "programme": cohort.programme,
            "milestones": farewell.milestones_of(match, user, progress),
            "meetings": meeting_days(cohort, timezone.now(), mentee)[mentee.pk],
            "goals": match.goals.filter(done_at__isnull=False).count(),
            "own": own,
            "from_others": [one for one in said if one.by_id != user.pk],
            "may_say": farewell.may_say_goodbye(match, user) and own is None,
            "may_take_back": own is not None and match.status in Match.UNDER_WAY,
            "both_said": bool(goodbyes_of_both(cohort, mentee)),
            "others": self._others(),
            "is_over": is_over,
            "certificate": graduated,
            "stay": stay_link(cohort.programme_id, user.pk) if is_over and graduated else "",
            "enrollment": match.mentor if user.pk == match.mentor.user_id else mentee,
            "leads": user.pk in (match.mentor.user_id, mentee.user_id),
        }
