"""Pages behind the link of a check-in mail, without sign-in."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.views.decorators.debug import sensitive_post_parameters

from checkins.answering.forms import ConcernForm
from checkins.answering.services import is_open, open_until, save_answers, unanswered_questions
from checkins.cases.services import conduct_readers, raise_concern
from checkins.models import CheckIn
from checkins.surveys.forms import AnswerForm
from checkins.waves.links import ANSWER
from cohorts.models.question_kinds import QuestionKind
from mentorship.core.errors import ServiceError
from mentorship.core.links import LinkError
from mentorship.core.submissions.services import answered_by_page
from mentorship.core.timezones import first_zone
from mentorship.core.views import LookupView


class CheckInByLink(LookupView):
    """A page of one check-in, in its person's time zone."""

    checkin: CheckIn

    @cached_property
    def _found(self) -> CheckIn | None:
        """The check-in that the link was made for, whether or not it still works."""
        values = ANSWER.read_whenever_signed(self.kwargs["token"])
        related = ("user", "wave__survey", "wave__cohort__programme", "match__mentee__user", "match__mentor__user")
        return CheckIn.objects.filter(pk=values[0]).select_related(*related).first() if values else None

    def look_up(self) -> None:
        ANSWER.read(self.kwargs["token"])
        if self._found is None:
            raise LinkError
        self.checkin = self._found

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        checkin = self._found
        with timezone.override(first_zone(checkin.user.time_zone, checkin.zone) if checkin else None):
            return super().dispatch(request, *args, **kwargs)

    def get_context(self) -> dict[str, Any]:
        return {"checkin": self.checkin, "token": self.kwargs["token"]}


# Input must not appear in error reports.
@method_decorator(sensitive_post_parameters(), name="dispatch")
class AnswerCheckIn(CheckInByLink):
    """Answer a check-in. Opening it changes nothing: mail scanners follow links, even those of single answers."""

    template_name = "checkins/answering/answer.html"

    @property
    def is_open(self) -> bool:
        return is_open(self.checkin, timezone.now()) and self.checkin.user.is_active

    def get(self, request: HttpRequest) -> HttpResponse:
        checkin = self.checkin
        if not self.is_open:
            return self._closed()
        form = AnswerForm(survey=checkin.wave.survey, initial=_given(checkin))
        ticked = {} if checkin.wave.survey.anonymous else form.ticked(request.GET.dict())
        form.initial.update(ticked)
        return self.page(form=form, ticked=bool(ticked))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = AnswerForm(request.POST, survey=self.checkin.wave.survey)
        if not form.is_valid():
            return self.page(status=422, form=form)
        try:
            by_tick = "ticked" in request.POST
            save_answers(checkin=self.checkin, answers=form.answers, now=timezone.now(), by_tick=by_tick)
        except ServiceError:
            self.checkin.refresh_from_db()
            return self._closed()
        return redirect("checkins:checkin-answered", token=self.kwargs["token"])

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "until": open_until(self.checkin)}

    def _closed(self) -> HttpResponse:
        name = "answered" if self.checkin.status == CheckIn.Status.ANSWERED else "closed"
        return render(self.request, f"checkins/answering/{name}.html", super().get_context())


class AnswerSaved(CheckInByLink):
    """The answers are stored and can be changed; empty questions can still be answered."""

    template_name = "checkins/answering/saved.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        checkin = self.checkin
        if checkin.status != CheckIn.Status.ANSWERED:
            return render(request, self.bad_link_template, status=404)
        may_change = is_open(checkin, timezone.now())
        left = unanswered_questions(checkin) if may_change else 0
        return self.page(until=open_until(checkin), may_change=may_change, left=left)


@method_decorator(sensitive_post_parameters(), name="dispatch")
class RaiseConcern(CheckInByLink):
    """Report a conduct concern. Works as long as the link exists, also after the check-in is closed."""

    template_name = "checkins/answering/concern.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(form=ConcernForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ConcernForm(request.POST)
        if not form.is_valid():
            return self.page(status=422, form=form)
        raise_concern(checkin=self.checkin, text=form.cleaned_data["text"])
        sent = render(request, "checkins/answering/concern_sent.html", {"checkin": self.checkin})
        return answered_by_page(sent)

    def get_context(self) -> dict[str, Any]:
        readers = conduct_readers(self.checkin.wave.cohort.workspace_id, self.checkin.match)
        return {**super().get_context(), "readers": readers}


def _given(checkin: CheckIn) -> dict[str, Any]:
    """Earlier answers as initial values of the form."""
    stored: dict[str, Any] = {}
    kinds: dict[str, QuestionKind] = {}
    for answer in checkin.answers.select_related("question"):
        key, value = answer.question.key, answer.value or answer.text
        kinds[key] = answer.question.behaviour
        stored[key] = [*stored.get(key, []), value] if kinds[key].takes_several else value
    return {key: kinds[key].retype(value) for key, value in stored.items()}
