"""The page on which a mentor confirms who is ready to graduate."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from checkins.graduation import services
from checkins.graduation.links import CONFIRM
from checkins.graduation.progress import graduation_progress
from checkins.models import GraduationCriterion
from matching.models import Match
from mentorship.core.links import LinkError
from mentorship.core.views import LookupView

NOBODY = "nobody"


class MentorConfirmation(LookupView):
    """Confirm by the signed link of a mail who in the team is ready. Opening it changes nothing."""

    template_name = "checkins/graduation/mentor_confirmation.html"

    def look_up(self) -> None:
        # A mentor whose account is inactive can't confirm anybody.
        found = Match.objects.filter(pk=CONFIRM.read_one(self.kwargs["token"]), mentor__user__is_active=True)
        match = found.with_people().first()
        if match is None:
            raise LinkError
        self.match = match

    @property
    def is_open(self) -> bool:
        """Whether the pair still exists."""
        return self.match.status in Match.OCCUPYING_PLACE

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page()

    def post(self, request: HttpRequest) -> HttpResponse:
        if not self.is_open:
            return self.page()
        chosen = request.POST.getlist("ready")
        ready = {person.pk for person in self.match.mentee.people if str(person.pk) in chosen}
        if bool(ready) == (NOBODY in chosen):
            # An empty form is not an answer: mail scanners press buttons, too.
            return self.page(status=422, error="Tick who is ready, or that nobody is ready yet.")
        services.confirm_by_mentor(match=self.match, ready=ready)
        self.look_up()
        return self.page(saved=True)

    def get_context(self) -> dict[str, Any]:
        people = graduation_progress(self.match.mentee.cohort, enrollment=self.match.mentee)
        by_mentor = GraduationCriterion.Kind.MENTOR
        return {
            "saved": False,
            "error": "",
            "match": self.match,
            "rows": [(p, any(s.met for s in p.standings if s.criterion.kind == by_mentor)) for p in people],
            "open": self.is_open,
            "all_decided": bool(people) and all(p.graduation for p in people),
        }
