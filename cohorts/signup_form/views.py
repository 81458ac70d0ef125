"""The sign-up forms of a cohort, as coordinators edit them."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from cohorts.cohort_view import CohortView
from cohorts.models import SignupAnswer, SignupFile, SignupQuestion
from cohorts.questions.question_pages import QuestionEditPage, QuestionMovePage, QuestionView
from cohorts.signup_form import services
from cohorts.signup_form.confidential import record_needs_read
from cohorts.signup_form.form_definition import FORM_ROLES, current_questions
from cohorts.signup_form.forms import EligibilityForm, EligibilityOverrideForm, QuestionForm, StandardFieldsForm
from mentorship.core.accounts.field_access import Audience
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.audit.models import ReadEntry


class FormRoleView(CohortView):
    """A page about a cohort's sign-up form for the `role` in the address."""

    role: str

    def look_up(self) -> None:
        super().look_up()
        self.role = self.kwargs["role"]
        if self.role not in FORM_ROLES:
            raise Http404

    def back(self) -> HttpResponse:
        """Redirect to the page of the form."""
        return redirect("cohorts:signup-form-edit", cohort_slug=self.cohort.slug, role=self.role)


class FormEdit(FormRoleView):
    """One role's form: standard fields, own questions, eligibility."""

    template_name = "cohorts/signup_form/form.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page()

    def post(self, request: HttpRequest) -> HttpResponse:
        if "eligibility" in request.POST:
            rules = EligibilityForm(request.POST, prefix="rules")
            if not rules.is_valid():
                return self.page(status=422, rules=rules)
            services.save_eligibility(cohort=self.cohort, role=self.role, rules=rules.cleaned_data, by=self.user)
        else:
            fields = StandardFieldsForm(request.POST, cohort=self.cohort, role=self.role)
            if not fields.is_valid():
                return self.page(status=422, fields=fields)
            services.save_standard_fields(cohort=self.cohort, role=self.role, states=fields.cleaned_data, by=self.user)
        messages.success(request, "Saved.")
        return self.back()

    def get_context(self) -> dict[str, Any]:
        rules = self.cohort.eligibility.get(self.role, {})
        questions = current_questions(self.cohort, self.role)
        return {
            **super().get_context(),
            "role": self.role,
            "cohort_and_role": f"{self.cohort.slug}-{self.role}",
            "role_label": self.cohort.programme.label_of(self.role),
            "roles": [(role, self.cohort.programme.label_of(role)) for role in FORM_ROLES],
            "questions": questions,
            "text_of": {question.key: question.text for question in questions},
            "fields": StandardFieldsForm(cohort=self.cohort, role=self.role),
            "rules": EligibilityForm(prefix="rules", initial=EligibilityForm.initial_of(rules)),
            "rules_on": bool(rules),
            "override": EligibilityOverrideForm(prefix="override"),
        }


class FormQuestionView(FormRoleView, QuestionView[SignupQuestion]):
    """A page about one question of a sign-up form."""

    def get_rows(self) -> QuerySet[SignupQuestion]:
        return self.cohort.questions.filter(role=self.kwargs["role"], retired_at=None).select_related("cohort")

    def make_new(self) -> SignupQuestion:
        return SignupQuestion(cohort=self.cohort, role=self.kwargs["role"])

    def list_url(self) -> str:
        return reverse("cohorts:signup-form-edit", args=[self.cohort.slug, self.role])


class QuestionEdit(QuestionEditPage[SignupQuestion], FormQuestionView):
    """Add or edit an own question."""

    template_name = "cohorts/signup_form/question.html"
    form_class = QuestionForm

    def get_context(self) -> dict[str, Any]:
        dependants = list(self.object.dependants()) if self.object.pk else []
        label = self.cohort.programme.label_of(self.role)
        return {**super().get_context(), "role_label": label, "dependants": dependants}

    def count_answers(self) -> int:
        return self.object.answers.count() if self.object.pk else 0


class QuestionMove(QuestionMovePage[SignupQuestion], FormQuestionView):
    """Move one own question."""


class AnswerFileDownload(CohortView):
    """A file uploaded by an applicant, as an attachment: the browser never displays it."""

    def get(self, request: HttpRequest) -> FileResponse:
        given = SignupFile.objects.filter(cohort=self.cohort, enrollment__isnull=False)
        kept = get_visible_or_404(given, pk=self.kwargs["pk"])
        answer = SignupAnswer.objects.filter(enrollment=kept.enrollment_id, value=str(kept.pk))
        audience = answer.values_list("question__seen_by", flat=True).first() or Audience.COORDINATORS
        if not self.reads(audience):
            raise Http404
        if audience == Audience.PRIVATE:
            ids = [kept.enrollment_id]
            record_needs_read(ids, way=ReadEntry.Way.FILE, by=self.user, workspace_id=self.workspace_id)
        return FileResponse(
            kept.file.open("rb"), as_attachment=True, filename=kept.name, content_type="application/octet-stream"
        )
