"""Pages behind the link of a check-in mail, without sign-in."""

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from checkins.answering.forms import ConcernForm
from checkins.answering.services import is_open, open_until, save_answers, unanswered_questions
from checkins.cases.services import conduct_readers, raise_concern
from checkins.models import CheckIn
from checkins.surveys.forms import AnswerForm
from checkins.waves.links import read_checkin_link
from mentorship.core.errors import ServiceError


class CheckInByLink(View):
    """A page of one check-in, in the time zone of the person that it is for."""

    checkin: CheckIn

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        checkin = _by_token(kwargs["token"])
        if checkin is None:
            return render(request, "checkins/bad_link.html", status=404)
        self.checkin = checkin
        with timezone.override(ZoneInfo(checkin.user.time_zone or checkin.zone)):
            return super().dispatch(request, *args, **kwargs)


class AnswerCheckIn(CheckInByLink):
    """Looking changes nothing: mail scanners follow links, those of one answer too."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        checkin = self.checkin
        if not is_open(checkin, timezone.now()) or not checkin.user.is_active:
            return render(request, _closed_template(checkin), {"checkin": checkin, "token": token})
        given: dict[str, Any] = {}
        for answer in checkin.answers.select_related("question"):
            many = answer.question.behaviour.takes_several
            given[answer.question.key] = (
                [*given.get(answer.question.key, []), answer.value] if many else answer.value or answer.text
            )
        form = AnswerForm(survey=checkin.wave.survey, initial=given)
        ticked = {} if checkin.wave.survey.anonymous else form.ticked(request.GET.dict())
        form.initial.update(ticked)
        return _page(request, checkin, form, token, ticked=bool(ticked))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        checkin = self.checkin
        form = AnswerForm(request.POST, survey=checkin.wave.survey)
        if not form.is_valid():
            return _page(request, checkin, form, token, status=422)
        try:
            save_answers(checkin=checkin, answers=form.answers, now=timezone.now())
        except ServiceError:
            checkin.refresh_from_db()
            return render(request, _closed_template(checkin), {"checkin": checkin, "token": token})
        return redirect("checkins:thanks", token=token)


class AnswerSaved(CheckInByLink):
    """It is stored, and can be changed; what was left empty can still be answered."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        checkin = self.checkin
        if checkin.status != CheckIn.Status.ANSWERED:
            return render(request, "checkins/bad_link.html", status=404)
        may_change = is_open(checkin, timezone.now())
        context = {
            "checkin": checkin,
            "token": token,
            "until": open_until(checkin),
            "may_change": may_change,
            "left": unanswered_questions(checkin) if may_change else 0,
        }
        return render(request, "checkins/answering/saved.html", context)


class RaiseConcern(CheckInByLink):
    """About how people behave. It works as long as the link exists, also after the check-in is closed."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self._page(request, token, ConcernForm())

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        form = ConcernForm(request.POST)
        if not form.is_valid():
            return self._page(request, token, form, status=422)
        raise_concern(checkin=self.checkin, text=form.cleaned_data["text"])
        return render(request, "checkins/answering/concern_sent.html", {"checkin": self.checkin})

    def _page(self, request: HttpRequest, token: str, form: ConcernForm, status: int = 200) -> HttpResponse:
        readers = conduct_readers(self.checkin.wave.cohort.workspace_id, self.checkin.match)
        context = {"checkin": self.checkin, "form": form, "token": token, "readers": readers}
        return render(request, "checkins/answering/concern.html", context, status=status)


def _page(
    request: HttpRequest, checkin: CheckIn, form: AnswerForm, token: str, status: int = 200, *, ticked: bool = False
) -> HttpResponse:
    context = {"checkin": checkin, "form": form, "token": token, "ticked": ticked, "until": open_until(checkin)}
    return render(request, "checkins/answering/answer.html", context, status=status)


def _closed_template(checkin: CheckIn) -> str:
    return (
        "checkins/answering/answered.html"
        if checkin.status == CheckIn.Status.ANSWERED
        else "checkins/answering/closed.html"
    )


def _by_token(token: str) -> CheckIn | None:
    pk = read_checkin_link(token)
    related = ("user", "wave__survey", "wave__cohort__programme", "match__mentee__user", "match__mentor__user")
    return CheckIn.objects.filter(pk=pk).select_related(*related).first() if pk else None
