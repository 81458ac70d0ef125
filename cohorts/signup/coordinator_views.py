"""Coordinators add somebody to a cohort, edit somebody's sign-up, and preview the form."""

from abc import abstractmethod
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from cohorts.cohort_view import CohortObjectView, CohortView
from cohorts.models import Cohort, Enrollment
from cohorts.signup import coordinator_services as services
from cohorts.signup import prefill
from cohorts.signup.coordinator_forms import CoordinatorSignupForm
from cohorts.signup.forms import MAX_MEMBERS, MemberFormSet, SignupForm
from cohorts.signup.shared_pages import form_context, read_signup
from cohorts.signup.topic_choices import suggested_topics
from cohorts.signup_form.confidential import record_needs_read
from cohorts.signup_form.form_definition import FORM_ROLES
from mentorship.core.accounts.people.services import AddressTakenError
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.audit.models import ReadEntry
from mentorship.core.errors import ServiceError


class CoordinatorSignupView(CohortView):
    """The form about one person of the cohort, with what the public form asks."""

    template_name = "cohorts/signup/coordinator_form.html"
    for_editors = True
    role: str

    def form(self, *data: Any, **kwargs: Any) -> CoordinatorSignupForm:
        """The form; `data` is empty, or holds the submitted data and files."""
        return CoordinatorSignupForm(*data, cohort=self.cohort, role=self.role, **kwargs)

    @abstractmethod
    def save(self, answers: dict[str, Any], *, mail: bool) -> HttpResponse:
        """Save the input. Raises ServiceError."""

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form(request.POST, request.FILES)
        answers, members = read_signup(request, form, keep=True)
        if answers is None:
            return self.form_page(form, members, status=422)
        try:
            return self.save(answers, mail=answers.pop("mail", False))
        except ServiceError as error:
            form.add_error("email" if isinstance(error, AddressTakenError) else None, str(error))
            return self.form_page(form, members, status=422)

    def form_page(self, form: CoordinatorSignupForm, members: Any, *, status: int = 200) -> HttpResponse:
        return self.page(
            status=status,
            form=form,
            members=members,
            max_members=MAX_MEMBERS,
            role=self.role,
            suggestions=suggested_topics(self.cohort),
        )


class EnrollmentCreate(CoordinatorSignupView):
    """Add somebody who did not fill in the form."""

    def look_up(self) -> None:
        super().look_up()
        self.role = self.kwargs["role"]
        if self.role not in dict(self.cohort.programme.roles):
            raise Http404

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.form_page(self.form(), MemberFormSet(prefix="members"))

    def save(self, answers: dict[str, Any], *, mail: bool) -> HttpResponse:
        saved = services.create_signup(cohort=self.cohort, role=self.role, answers=answers, by=self.user, mail=mail)
        told = "They have been emailed." if mail else "Nobody has been emailed."
        messages.success(self.request, f"{saved} is in the list, to be decided about. {told}")
        return redirect(saved)

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "roles": self.cohort.programme.roles, "enrollment": None}


class EnrollmentEdit(CohortObjectView[Enrollment], CoordinatorSignupView):
    """Edit somebody's sign-up, including name and address."""

    def get_rows(self) -> QuerySet[Enrollment]:
        return Enrollment.objects.filter(cohort=self.cohort).with_people()

    def look_up(self) -> None:
        super().look_up()
        self.role = self.object.role
        record_needs_read([self.object.pk], way=ReadEntry.Way.PAGE, by=self.user, workspace_id=self.workspace_id)

    def form(self, *data: Any, **kwargs: Any) -> CoordinatorSignupForm:
        one = self.object
        initial = {**prefill.saved_answers(one), "email": one.user.email}
        locked = services.is_locked(one.user, self.user)
        theirs = services.is_address_theirs(one.user, self.user)
        locks = {"locked": locked, "address_locked": theirs}
        return super().form(*data, initial=initial, enrollment=one, has_team=bool(one.members.all()), **locks, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.form_page(self.form(), prefill.saved_team(self.object))

    def save(self, answers: dict[str, Any], *, mail: bool) -> HttpResponse:
        saved, changed = services.edit_signup(enrollment=self.object, answers=answers, by=self.user, mail=mail)
        if not changed:
            messages.info(self.request, "Nothing was changed, so nobody was emailed.")
        else:
            told = "They have been emailed." if mail else "Nobody has been emailed."
            messages.success(self.request, f"Saved: {', '.join(changed)}. {told}")
        self._say_who_left(saved, [member["email"] for member in answers.get("members", [])])
        return redirect(saved)

    def _say_who_left(self, saved: Enrollment, named: list[str]) -> None:
        for departure in saved.departures.filter(user__email__in=named).select_related("user"):
            messages.warning(
                self.request,
                f"{departure.person} left the team and was not put back. The lead of the team can invite them.",
            )

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "enrollment": self.object}


class FormPreview(CohortView):
    """The form as an applicant sees it. It can be tried: errors are shown, and nothing is stored."""

    template_name = "cohorts/signup/preview.html"

    def look_up(self) -> None:
        # Trying changes nothing, so every reader may try.
        visible = Cohort.objects.visible_to(self.request.user)
        self.cohort = get_visible_or_404(visible, slug=self.kwargs["cohort_slug"])
        self.role = self.kwargs["role"]
        if self.role not in FORM_ROLES:
            raise Http404

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._form_page()

    def post(self, request: HttpRequest) -> HttpResponse:
        return self._form_page(request.POST, request.FILES)

    def _form_page(self, *sent: Any) -> HttpResponse:
        form = SignupForm(*sent, cohort=self.cohort, role=self.role)
        members = MemberFormSet(sent[0] if sent and form.asks_team else None, prefix="members")
        return self.page(
            status=422 if form.errors else 200,
            fits=form.is_bound and form.is_valid(),
            **form_context(self.cohort, self.role, form, members),
        )
