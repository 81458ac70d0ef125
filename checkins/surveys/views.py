"""Pages on which coordinators edit the surveys of a programme."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property

from checkins.models import Survey, SurveyQuestion
from checkins.surveys import services
from checkins.surveys.forms import AnswerForm, SurveyForm, SurveyQuestionForm
from cohorts.cohort_view import CohortObjectView, CohortView
from cohorts.models import Cohort
from cohorts.questions.question_pages import QuestionEditPage, QuestionMovePage, QuestionView
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.views import Ask, FormPage, errors_as_messages


class SurveyList(CohortView):
    """Every survey of the programme, and templates."""

    template_name = "checkins/surveys/list.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        surveys = self.cohort.programme.surveys.annotate(
            asked=Count("questions", filter=Q(questions__retired_at=None), distinct=True),
            used=Count("waves", distinct=True),
        )
        names = {survey.name for survey in surveys}
        return self.page(surveys=surveys, templates=services.unused_survey_templates(names))

    def post(self, request: HttpRequest) -> HttpResponse:
        with errors_as_messages(request):
            key = request.POST.get("template", "")
            survey = services.add_survey_template(programme=self.cohort.programme, key=key, by=self.user)
            return redirect("checkins:survey-detail", cohort_slug=self.cohort.slug, pk=survey.pk)
        return redirect("checkins:survey-list", cohort_slug=self.cohort.slug)


class SurveyView(CohortObjectView[Survey]):
    """A page about one survey of the cohort's programme."""

    def get_rows(self) -> QuerySet[Survey]:
        return self.cohort.programme.surveys.select_related("programme")

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "survey": self.object}


class SurveyPage(SurveyView):
    """One survey: its questions in order."""

    asks = {
        "do=delete": Ask("Delete this survey?", "Delete the survey", "No check-in uses it. Its questions go with it."),
    }

    template_name = "checkins/surveys/detail.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(
            questions=services.asked_questions(self.object),
            waves=self.object.waves.select_related("cohort"),
            asked=services.survey_was_asked(self.object),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        survey = self.object
        match request.POST.get("do"):
            case "copy":
                survey = services.copy_survey(survey=survey, by=self.user)
                messages.success(request, "A copy; change it as you like.")
            case "delete":
                with errors_as_messages(request):
                    services.delete_survey(survey=survey, by=self.user)
                    messages.success(request, f"“{survey.name}” is deleted.")
                    return redirect("checkins:survey-list", cohort_slug=self.cohort.slug)
        return redirect("checkins:survey-detail", cohort_slug=self.cohort.slug, pk=survey.pk)


class SurveyEdit(FormPage, SurveyView):
    """Name, introduction, confidential or anonymous; without `pk` a new one."""

    template_name = "checkins/surveys/survey_form.html"
    for_editors = True
    error_field = "anonymous"

    def make_new(self) -> Survey:
        return Survey(programme=self.cohort.programme)

    def get_form(self, *data: Any) -> SurveyForm:
        return SurveyForm(*data, instance=self.object)

    def save(self, form: SurveyForm) -> HttpResponse:
        saved = services.save_survey(survey=form.save(commit=False), by=self.user)
        return redirect("checkins:survey-detail", cohort_slug=self.cohort.slug, pk=saved.pk)


class SurveyQuestionView(QuestionView[SurveyQuestion]):
    """A page about one question of a survey."""

    @cached_property
    def survey(self) -> Survey:
        surveys = self.cohort.programme.surveys.select_related("programme")
        return get_visible_or_404(surveys, pk=self.kwargs["survey_pk"])

    def get_rows(self) -> QuerySet[SurveyQuestion]:
        return self.survey.questions.filter(retired_at=None).select_related("survey__programme")

    def make_new(self) -> SurveyQuestion:
        return SurveyQuestion(survey=self.survey)

    def list_url(self) -> str:
        return reverse("checkins:survey-detail", args=[self.cohort.slug, self.survey.pk])

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "survey": self.survey}


class SurveyQuestionEdit(QuestionEditPage[SurveyQuestion], SurveyQuestionView):
    """One question; without `pk` a new one."""

    template_name = "checkins/surveys/question.html"
    form_class = SurveyQuestionForm

    def count_answers(self) -> int:
        return self.object.answers.values("checkin").distinct().count() if self.object.pk else 0


class SurveyQuestionMove(QuestionMovePage[SurveyQuestion], SurveyQuestionView):
    """Move one question."""


class SurveyPreview(SurveyView):
    """The survey as a participant sees it. It can be tried: mistakes are shown, and nothing is kept."""

    template_name = "checkins/surveys/preview.html"

    def look_up(self) -> None:
        # Every reader may try the survey, not only editors.
        self.cohort = get_visible_or_404(Cohort.objects.visible_to(self.user), slug=self.kwargs["cohort_slug"])
        self.object = get_visible_or_404(self.get_rows(), pk=self.kwargs["pk"])

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(form=AnswerForm(survey=self.object))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = AnswerForm(request.POST, survey=self.object)
        fits = form.is_valid()
        return self.page(form=form, fits=fits, status=200 if fits else 422)
