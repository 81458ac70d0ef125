"""Pages on which coordinators make the surveys of a programme."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from checkins.models import Survey, SurveyQuestion
from checkins.surveys import services
from checkins.surveys.forms import AnswerForm, QuestionForm, SurveyForm
from checkins.surveys.starter_templates import WAVE_TEMPLATES
from cohorts.models import Cohort
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit
from mentorship.core.errors import ServiceError


class SurveyList(CoordinatorRequiredMixin, View):
    """Every survey of the programme, and templates."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        surveys = Survey.objects.filter(programme=cohort.programme).annotate(
            asked=Count("questions", filter=Q(questions__retired_at=None), distinct=True),
            used=Count("waves", distinct=True),
        )
        names = {survey.name for survey in surveys}
        unused = {t.survey: t for t in WAVE_TEMPLATES if t.survey not in names}
        context = {
            "cohort": cohort,
            "surveys": surveys,
            "templates": list(unused.values()),
            "may_edit": may_edit(request.user, cohort.workspace_id),
        }
        return render(request, "checkins/surveys/list.html", context)

    def post(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        template = next((t for t in WAVE_TEMPLATES if t.key == request.POST.get("template")), None)
        if template is None:
            messages.error(request, "There is no such template.")
            return redirect("checkins:surveys", cohort_slug=cohort.slug)
        survey = services.make_survey(
            programme=cohort.programme,
            name=template.survey,
            questions=template.questions,
            anonymous=template.anonymous,
        )
        return redirect("checkins:survey", cohort_slug=cohort.slug, pk=survey.pk)


class SurveyPage(CoordinatorRequiredMixin, View):
    """One survey: its questions in order."""

    def get(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        survey = get_visible_or_404(Survey.objects.filter(programme=cohort.programme), pk=pk)
        context = {
            "cohort": cohort,
            "survey": survey,
            "questions": services.asked_questions(survey),
            "waves": survey.waves.select_related("cohort"),
            "asked": services.survey_was_asked(survey),
            "may_edit": may_edit(request.user, cohort.workspace_id),
        }
        return render(request, "checkins/surveys/detail.html", context)

    def post(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        survey = get_visible_or_404(cohort.programme.surveys.select_related("programme"), pk=pk)
        match request.POST.get("do"):
            case "copy":
                survey = services.copy_survey(survey=survey, by=request.user)
                messages.success(request, "A copy; change it as you like.")
            case "delete":
                try:
                    services.delete_survey(survey=survey, by=request.user)
                except ServiceError as error:
                    messages.error(request, str(error))
                else:
                    messages.success(request, f"“{survey.name}” is deleted.")
                    return redirect("checkins:surveys", cohort_slug=cohort_slug)
        return redirect("checkins:survey", cohort_slug=cohort_slug, pk=survey.pk)


class SurveyEdit(CoordinatorRequiredMixin, View):
    """Name, introduction, confidential or anonymous; without `pk` a new one."""

    def get(self, request: HttpRequest, cohort_slug: str, pk: int | None = None) -> HttpResponse:
        cohort, survey = self._survey(request, cohort_slug, pk)
        return self._page(request, cohort, SurveyForm(instance=survey))

    def post(self, request: HttpRequest, cohort_slug: str, pk: int | None = None) -> HttpResponse:
        cohort, survey = self._survey(request, cohort_slug, pk)
        form = SurveyForm(request.POST, instance=survey)
        if form.is_valid():
            try:
                saved = services.save_survey(survey=form.save(commit=False), by=request.user)
            except ServiceError as error:
                form.add_error("anonymous", str(error))
            else:
                return redirect("checkins:survey", cohort_slug=cohort_slug, pk=saved.pk)
        return self._page(request, cohort, form, status=422)

    @staticmethod
    def _survey(request: HttpRequest, cohort_slug: str, pk: int | None) -> tuple[Cohort, Survey]:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        if pk is None:
            return cohort, Survey(programme=cohort.programme)
        return cohort, get_visible_or_404(cohort.programme.surveys.select_related("programme"), pk=pk)

    @staticmethod
    def _page(request: HttpRequest, cohort: Cohort, form: SurveyForm, status: int = 200) -> HttpResponse:
        context = {"cohort": cohort, "survey": form.instance, "form": form}
        return render(request, "checkins/surveys/survey_form.html", context, status=status)


class QuestionEdit(CoordinatorRequiredMixin, View):
    """One question; without `pk` a new one."""

    def get(self, request: HttpRequest, cohort_slug: str, survey_pk: int, pk: int | None = None) -> HttpResponse:
        cohort, question = _question(request, cohort_slug, survey_pk, pk)
        return self._page(request, cohort, question, QuestionForm(instance=question))

    def post(self, request: HttpRequest, cohort_slug: str, survey_pk: int, pk: int | None = None) -> HttpResponse:
        cohort, question = _question(request, cohort_slug, survey_pk, pk)
        if question.pk and "delete" in request.POST:
            try:
                services.retire_question(question=question, by=request.user)
            except ServiceError as error:
                messages.error(request, str(error))
            else:
                messages.success(request, "It is not asked any more. Answers that were given can still be read.")
            return redirect("checkins:survey", cohort_slug=cohort_slug, pk=survey_pk)
        form = QuestionForm(request.POST, instance=question)
        if form.is_valid():
            try:
                services.save_question(question=form.save(commit=False), by=request.user)
            except ServiceError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, "Saved.")
                return redirect("checkins:survey", cohort_slug=cohort_slug, pk=survey_pk)
        return self._page(request, cohort, question, form, status=422)

    @staticmethod
    def _page(
        request: HttpRequest, cohort: Cohort, question: SurveyQuestion, form: QuestionForm, status: int = 200
    ) -> HttpResponse:
        answered = question.answers.values("checkin").distinct().count() if question.pk else 0
        context = {"cohort": cohort, "survey": question.survey, "question": question, "form": form}
        return render(request, "checkins/surveys/question.html", context | {"answered": answered}, status=status)


class QuestionMove(CoordinatorRequiredMixin, View):
    http_method_names = ("post",)

    def post(self, request: HttpRequest, cohort_slug: str, survey_pk: int, pk: int) -> HttpResponse:
        _, question = _question(request, cohort_slug, survey_pk, pk)
        services.move_question(question=question, up=request.POST.get("to") == "up", by=request.user)
        return redirect("checkins:survey", cohort_slug=cohort_slug, pk=survey_pk)


class SurveyPreview(CoordinatorRequiredMixin, View):
    """The survey as a participant sees it. It can be tried: what is wrong is said, and nothing is kept."""

    def get(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        return self._page(request, cohort_slug, pk)

    def post(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        return self._page(request, cohort_slug, pk)

    @staticmethod
    def _page(request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        survey = get_visible_or_404(Survey.objects.filter(programme=cohort.programme), pk=pk)
        form = AnswerForm(request.POST if request.method == "POST" else None, survey=survey)
        fits = form.is_bound and form.is_valid()
        context = {"cohort": cohort, "survey": survey, "form": form, "fits": fits}
        return render(request, "checkins/surveys/preview.html", context, status=422 if form.errors else 200)


def _question(request: HttpRequest, cohort_slug: str, survey_pk: int, pk: int | None) -> tuple[Cohort, SurveyQuestion]:
    cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
    survey = get_visible_or_404(cohort.programme.surveys.all(), pk=survey_pk)
    if pk is None:
        return cohort, SurveyQuestion(survey=survey)
    return cohort, get_visible_or_404(
        survey.questions.filter(retired_at=None).select_related("survey__programme"), pk=pk
    )
