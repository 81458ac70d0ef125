"""Applicants view and edit their own sign-up, by the link of its mail or signed in."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from cohorts.models import Enrollment
from cohorts.signup import links, prefill, services
from cohorts.signup.forms import SignupForm
from cohorts.signup.shared_pages import read_signup, render_edit_page
from cohorts.signup.sign_up_limits import WHY_TOO_OFTEN, spend_invitations
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.errors import ServiceError
from mentorship.core.languages.known import Language
from mentorship.core.links import LinkError
from mentorship.core.views import LookupView
from mentorship.core.web.limits import LimitError


class SignupEditView(LookupView):
    """A person's sign-up, to view and, while sign-up is open, to edit."""

    is_translated = True

    def page_languages(self) -> Sequence[Language]:
        return self.enrollment.cohort.spoken_languages

    def languages_said(self) -> Sequence[str]:
        return [self.enrollment.user.language]

    def look_up(self) -> None:
        self.enrollment = self.get_enrollment()

    @abstractmethod
    def get_enrollment(self) -> Enrollment:
        """The sign-up of the page. Raises Http404 or LinkError."""

    def get(self, request: HttpRequest) -> HttpResponse:
        enrollment = self.enrollment
        form = self._form(initial=prefill.saved_answers(enrollment))
        return self._form_page(form, prefill.saved_team(enrollment))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self._form(request.POST, request.FILES, passed=True)
        is_open = services.is_open_to_edit(self.enrollment)
        answers, members = read_signup(request, form, keep=is_open)
        if answers is None:
            return self._form_page(form, members, status=422)
        try:
            spend_invitations(request, answers, enrollment=self.enrollment)
            services.edit_answers(enrollment=self.enrollment, answers=answers)
        except LimitError as error:
            form.add_error(None, WHY_TOO_OFTEN[error.name].format(wait=error.wait))
            return self._form_page(form, members, status=422)
        except ServiceError as error:
            form.add_error(None, str(error))
            return self._form_page(form, members, status=422)
        messages.success(request, gettext("Saved. Thank you!"))
        for person in services.asked_back(self.enrollment, answers):
            name = person.known_name or gettext("Somebody you named")
            words = gettext("{name} had left the team. We have asked {name} to come back.")
            messages.info(request, words.format(name=name))
        return redirect(request.path)

    def _form(self, *data: Any, **kwargs: Any) -> SignupForm:
        one = self.enrollment
        return SignupForm(
            *data, cohort=one.cohort, role=one.role, address=one.user.email, has_team=bool(one.members.all()), **kwargs
        )

    def _form_page(self, form: SignupForm, members: Any, *, status: int = 200) -> HttpResponse:
        return render_edit_page(self.request, self.enrollment, form, members, status=status)


class SignupEdit(SignupEditView):
    """Access by the signed link of the mail."""

    def get_enrollment(self) -> Enrollment:
        pk, person_id = links.read_edit(self.kwargs["token"])
        found = Enrollment.objects.with_people().filter(pk=pk).first()
        if found is None or person_id not in (None, found.user_id) or not found.user.is_active:
            raise LinkError
        return found


class MyEnrollmentEdit(LoginRequiredMixin, SignupEditView):
    """Access when signed in: the person's own sign-up, if they lead it."""

    def get_enrollment(self) -> Enrollment:
        own = Enrollment.objects.of_person(self.user).with_people().filter(user=self.user)
        return get_visible_or_404(own, pk=self.kwargs["pk"])
