"""The page on which a mentor confirms who is ready to graduate."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from checkins.graduation import services
from checkins.graduation.links import read_confirm_link
from checkins.models import GraduationCriterion
from matching.models import Match


class MentorConfirmation(View):
    """By the signed link of a mail: who of the team is ready. Looking changes nothing."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self._page(request, token)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        match = _match(token)
        if match is None or match.status not in Match.OCCUPYING_PLACE:
            return self._page(request, token)
        ready = {p.pk for p in match.mentee.people if str(p.pk) in request.POST.getlist("ready")}
        services.confirm_by_mentor(match=match, ready=ready)
        return self._page(request, token, saved=True)

    @staticmethod
    def _page(request: HttpRequest, token: str, *, saved: bool = False) -> HttpResponse:
        match = _match(token)
        if match is None:
            return render(request, "checkins/bad_link.html", status=404)
        people = services.graduation_progress(match.mentee.cohort, enrollment=match.mentee)
        rows = [
            (p, any(s.met for s in p.standings if s.criterion.kind == GraduationCriterion.Kind.MENTOR)) for p in people
        ]
        context = {
            "match": match,
            "rows": rows,
            "saved": saved,
            "open": match.status in Match.OCCUPYING_PLACE,
            "all_decided": bool(people) and all(p.graduation for p in people),
        }
        return render(request, "checkins/graduation/mentor_confirmation.html", context)


def _match(token: str) -> Match | None:
    pk = read_confirm_link(token)
    # Whose account is switched off lets nobody graduate.
    return Match.objects.filter(pk=pk, mentor__user__is_active=True).with_people().first() if pk else None
