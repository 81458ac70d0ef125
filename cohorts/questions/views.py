"""The sign-up forms of a cohort, as coordinators make them."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from cohorts.invitations.services import send_signup_invitations
from cohorts.models import Cohort, SignupFile, SignupQuestion
from cohorts.questions import form_definition
from cohorts.questions import services as questions_services
from cohorts.questions.forms import EligibilityForm, PassForm, QuestionForm, StandardFieldsForm
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit
from mentorship.core.errors import ServiceError

FORM_ROLES = ("mentee", "mentor")


class FormEdit(CoordinatorRequiredMixin, View):
    """One role's form: standard fields, own questions, who may sign up."""

    def get(self, request: HttpRequest, cohort_slug: str, role: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        return self._page(request, cohort, role)

    def post(self, request: HttpRequest, cohort_slug: str, role: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        if "eligibility" in request.POST:
            rules = EligibilityForm(request.POST, prefix="rules")
            if not rules.is_valid():
                return self._page(request, cohort, role, status=422, rules=rules)
            questions_services.save_eligibility(cohort=cohort, role=role, rules=rules.cleaned_data, by=request.user)
        elif "pass" in request.POST:
            past = PassForm(request.POST, prefix="pass")
            if not past.is_valid():
                return self._page(request, cohort, role, status=422, past=past)
            email, note = past.cleaned_data["email"], past.cleaned_data["note"]
            questions_services.record_eligibility_override(
                cohort=cohort, role=role, email=email, note=note, by=request.user
            )
            send_signup_invitations(cohort=cohort, role=role, emails=[email], by=request.user, passed=True)
            messages.success(request, f"{email} gets a mail with a link past the rules.")
            return redirect("cohorts:forms", cohort_slug=cohort.slug, role=role)
        else:
            fields = StandardFieldsForm(request.POST, cohort=cohort, role=role)
            if not fields.is_valid():
                return self._page(request, cohort, role, status=422, fields=fields)
            questions_services.save_standard_fields(
                cohort=cohort, role=role, states=fields.cleaned_data, by=request.user
            )
        messages.success(request, "Saved.")
        return redirect("cohorts:forms", cohort_slug=cohort.slug, role=role)

    @staticmethod
    def _page(request: HttpRequest, cohort: Cohort, role: str, status: int = 200, **forms: Any) -> HttpResponse:
        if role not in FORM_ROLES:
            raise Http404
        rules = cohort.eligibility.get(role, {})
        asked = form_definition.current_questions(cohort, role)
        context = {
            "cohort": cohort,
            "role": role,
            "roles": [(r, cohort.programme.label_of(r)) for r in FORM_ROLES],
            "questions": asked,
            "text_of": {q.key: q.text for q in asked},
            "may_edit": may_edit(request.user, cohort.workspace_id),
            "fields": StandardFieldsForm(cohort=cohort, role=role),
            "rules": EligibilityForm(prefix="rules", initial=EligibilityForm.initial_of(rules)),
            "rules_on": bool(rules),
            "past": PassForm(prefix="pass"),
            **forms,
        }
        return render(request, "cohorts/questions/form.html", context, status=status)


class QuestionEdit(CoordinatorRequiredMixin, View):
    """One own question; without `pk` a new one."""

    def get(self, request: HttpRequest, cohort_slug: str, role: str, pk: int | None = None) -> HttpResponse:
        question = _question(request, cohort_slug, role, pk)
        return self._page(request, question, QuestionForm(instance=question))

    def post(self, request: HttpRequest, cohort_slug: str, role: str, pk: int | None = None) -> HttpResponse:
        question = _question(request, cohort_slug, role, pk)
        if question.pk and "delete" in request.POST:
            questions_services.retire_question(question=question, by=request.user)
            messages.success(request, "It is not asked any more. Answers that were given can still be read.")
            return redirect("cohorts:forms", cohort_slug=cohort_slug, role=role)
        form = QuestionForm(request.POST, instance=question)
        if form.is_valid():
            try:
                questions_services.save_question(question=form.save(commit=False), by=request.user)
            except ServiceError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, "Saved.")
                return redirect("cohorts:forms", cohort_slug=cohort_slug, role=role)
        return self._page(request, question, form, status=422)

    @staticmethod
    def _page(request: HttpRequest, question: SignupQuestion, form: QuestionForm, status: int = 200) -> HttpResponse:
        answered = question.answers.count() if question.pk else 0
        context = {"cohort": question.cohort, "question": question, "form": form, "answered": answered}
        return render(request, "cohorts/questions/question.html", context, status=status)


class QuestionMove(CoordinatorRequiredMixin, View):
    http_method_names = ("post",)

    def post(self, request: HttpRequest, cohort_slug: str, role: str, pk: int) -> HttpResponse:
        question = _question(request, cohort_slug, role, pk)
        questions_services.move_question(question=question, up=request.POST.get("to") == "up", by=request.user)
        return redirect("cohorts:forms", cohort_slug=cohort_slug, role=role)


class AnswerFileDownload(CoordinatorRequiredMixin, View):
    """A file that an applicant gave, as an attachment: the browser never shows it."""

    def get(self, request: HttpRequest, cohort_slug: str, pk: Any) -> FileResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        kept = get_visible_or_404(SignupFile.objects.filter(cohort=cohort, enrollment__isnull=False), pk=pk)
        return FileResponse(
            kept.file.open("rb"), as_attachment=True, filename=kept.name, content_type="application/octet-stream"
        )


def _question(request: HttpRequest, cohort_slug: str, role: str, pk: int | None) -> SignupQuestion:
    cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
    if role not in FORM_ROLES:
        raise Http404
    if pk is None:
        return SignupQuestion(cohort=cohort, role=role)
    return get_visible_or_404(cohort.questions.filter(role=role, retired_at=None).select_related("cohort"), pk=pk)
