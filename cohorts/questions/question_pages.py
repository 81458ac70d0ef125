"""Base pages on which coordinators write, reword and move one question of a sign-up form or a survey."""

from abc import abstractmethod
from typing import Any, TypeVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from cohorts.cohort_view import CohortObjectView
from cohorts.models import Question
from cohorts.questions.question_form import BaseQuestionForm
from cohorts.questions.versions import move_question, retire_question, save_question
from mentorship.core.errors import ServiceError
from mentorship.core.views import Ask, FormPage

Q = TypeVar("Q", bound=Question)


class QuestionView(CohortObjectView[Q]):
    """A page about one question of a form."""

    for_editors = True

    @abstractmethod
    def list_url(self) -> str:
        """The address of the form's page, which lists its questions."""


class QuestionEditPage(FormPage, QuestionView[Q]):
    """Add a question, or reword or retire one."""

    asks = {
        "delete": Ask(
            "Stop asking this question?",
            "Remove the question",
            "Answers that were given can still be read. Questions that depend on it are asked of everybody from "
            "then on.",
        ),
    }

    form_class: type[BaseQuestionForm]

    def get_form(self, *data: Any) -> BaseQuestionForm:
        return self.form_class(*data, instance=self.object)

    def post(self, request: HttpRequest) -> HttpResponse:
        if self.object.pk is None or "delete" not in request.POST:
            return super().post(request)
        try:
            retire_question(question=self.object, by=self.user)
        except ServiceError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "It is not asked any more. Answers that were given can still be read.")
        return redirect(self.list_url())

    def save(self, form: Any) -> HttpResponse:
        save_question(question=form.save(commit=False), by=self.user)
        messages.success(self.request, "Saved.")
        return redirect(self.list_url())

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "question": self.object, "answered": self.count_answers()}

    @abstractmethod
    def count_answers(self) -> int:
        """How many people answered this version."""


class QuestionMovePage(QuestionView[Q]):
    """Move a question one place up or down."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        move_question(question=self.object, up=request.POST.get("to") == "up", by=self.user)
        return redirect(self.list_url())
