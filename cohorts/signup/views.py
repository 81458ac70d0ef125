"""Public sign-up pages. They need no account, and store nothing about a person before they prove their address."""

from abc import abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views import View

from cohorts.cohort_view import CohortView
from cohorts.enrollment.links import place_link
from cohorts.invitations.links import read_invite
from cohorts.models import Cohort, Enrollment, Group, PendingSignup
from cohorts.questions.views import FORM_ROLES
from cohorts.signup import links, prefill, services
from cohorts.signup.forms import MAX_MEMBERS, MemberFormSet, SignupForm
from cohorts.signup.topic_choices import names_to_offer, suggested_topics
from mentorship.core.accounts.models import User
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.errors import ServiceError
from mentorship.core.links import LinkError
from mentorship.core.views import LookupView

ROLES = (Enrollment.Role.MENTEE, Enrollment.Role.MENTOR)


@dataclass(frozen=True)
class SignupContext:
    """For which cohort and role the form is, and who fills it in as far as that is proven."""

    cohort: Cohort
    role: str
    email: str = ""
    person: User | None = None
    group: Group | None = None
    passed: bool = False


class FormPreview(CohortView):
    """The form as an applicant sees it. It can be tried: what is wrong is said, and nothing is kept."""

    template_name = "cohorts/signup/preview.html"

    def look_up(self) -> None:
        # Trying changes nothing: whoever may read may try.
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
        members = MemberFormSet(sent[0] if sent and self.role == "mentee" else None, prefix="members")
        return self.page(
            status=422 if form.errors else 200,
            fits=form.is_bound and form.is_valid(),
            **_form_context(self.cohort, self.role, form, members),
        )


class PublicCohortView(LookupView):
    """A public page about a cohort. Drafts are not public."""

    cohort: Cohort

    def look_up(self) -> None:
        public = Cohort.objects.exclude(status=Cohort.Status.DRAFT).select_related("programme")
        self.cohort = get_visible_or_404(public, slug=self.kwargs["cohort_slug"])

    def get_context(self) -> dict[str, Any]:
        return {"cohort": self.cohort}


class Join(PublicCohortView):
    """What the cohort is, and the roles one can sign up for."""

    template_name = "cohorts/signup/join.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        cohort = self.cohort
        group = services.find_group(cohort, request.GET.get("group", ""))
        return self.page(
            group=group,
            closes=_closes(cohort, group),
            roles=[(role.value, cohort.programme.label_of(role)) for role in ROLES],
            open=cohort.accepts_signups(group=group),
        )


class Signup(PublicCohortView):
    """The form for one role. People who are signed in, or come by an invitation, need not confirm their address."""

    template_name = "cohorts/signup/form.html"
    asked: SignupContext

    def look_up(self) -> None:
        super().look_up()
        role = self.kwargs["role"]
        if role not in ROLES:
            raise Http404
        person = self.request.user if isinstance(self.request.user, User) else None
        group = services.find_group(self.cohort, self.request.GET.get("group", ""))
        self.asked = SignupContext(self.cohort, role, person.email if person else "", person, group)

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = self.asked
        if not asked.cohort.accepts_signups(group=asked.group):
            return render(request, "cohorts/signup/closed.html", {"cohort": asked.cohort})
        initial, source = prefill.prefill_form(user=asked.person, cohort=asked.cohort, role=asked.role)
        return self._form_page(self._form(initial=initial), MemberFormSet(prefix="members"), source=source)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self._form(request.POST, request.FILES)
        is_open = self.cohort.accepts_signups(group=self.asked.group)
        answers, members = _read(request, form, self.asked.role, keep=is_open)
        if answers is None:
            return self._form_page(form, members, status=422)
        answers["group"] = self.asked.group.slug if self.asked.group else ""
        try:
            return self._keep(answers)
        except ServiceError:
            # Keep what they typed on the page.
            contact = self.cohort.programme.contact_email
            form.add_error(None, f"Sign-up has closed while you were writing. Write to us: {contact}")
            return self._form_page(form, members, status=422)

    def _form(self, *data: Any, **kwargs: Any) -> SignupForm:
        asked = self.asked
        return SignupForm(
            *data, cohort=asked.cohort, role=asked.role, address=asked.email, passed=asked.passed, **kwargs
        )

    def _form_page(self, form: SignupForm, members: Any, *, status: int = 200, source: str = "") -> HttpResponse:
        asked = self.asked
        return self.page(
            status=status,
            group=asked.group,
            closes=_closes(asked.cohort, asked.group),
            proven=asked.email,
            source=source,
            sought=links.read_sought(self.request.GET.get("sought", "")),
            **_form_context(asked.cohort, asked.role, form, members),
        )

    def _keep(self, answers: dict[str, Any]) -> HttpResponse:
        asked, request = self.asked, self.request
        if not asked.email:
            services.request_signup(cohort=asked.cohort, role=asked.role, answers=answers)
            request.session["signup_email"] = answers["email"]
            return redirect("cohorts:signup-sent", cohort_slug=asked.cohort.slug)
        enrollment = services.save_answers(cohort=asked.cohort, role=asked.role, answers=answers, by=asked.person)
        if request.user.is_authenticated:
            messages.success(request, f"Your sign-up for {asked.cohort} has arrived. Thank you!")
            return redirect("home")
        return _done(request, enrollment)


class SignupInvited(Signup):
    """The form by the link of an invitation, filled in with what the person said last time."""

    def look_up(self) -> None:
        invitation = read_invite(self.kwargs["token"])
        cohort = Cohort.objects.filter(pk=invitation.cohort_id).select_related("programme").first()
        if cohort is None or cohort.status == Cohort.Status.DRAFT:
            raise LinkError
        person = User.objects.filter(email=invitation.email).first()
        self.cohort = cohort
        self.asked = SignupContext(cohort, invitation.role, invitation.email, person, passed=invitation.passed)


class SignupSent(PublicCohortView):
    """Tell the visitor to check their email. The page is the same whether we know the address or not."""

    template_name = "cohorts/signup/sent.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(email=request.session.get("signup_email", ""), days=links.CONFIRM_WITHIN.days)


class SignupConfirm(LookupView):
    """Confirm the address by the link of the mail. The button does it, since mail scanners follow links."""

    template_name = "cohorts/signup/confirm.html"

    def look_up(self) -> None:
        found = PendingSignup.objects.filter(pk=links.read_confirm(self.kwargs["token"]))
        signup = found.select_related("cohort__programme", "enrollment").first()
        if signup is None:
            raise LinkError
        self.signup = signup

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(signup=self.signup, cohort=self.signup.cohort)

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            enrollment = services.confirm_signup(signup=self.signup)
        except ServiceError:
            return render(request, "cohorts/signup/closed.html", {"cohort": self.signup.cohort})
        return _done(request, enrollment, self.signup.cohort)


class SignupEditView(LookupView):
    """Somebody's sign-up, to read and, while sign-up is open, to edit."""

    template_name = "cohorts/signup/edit.html"

    def look_up(self) -> None:
        self.enrollment = self.get_enrollment()

    @abstractmethod
    def get_enrollment(self) -> Enrollment:
        """Whose sign-up it is. Raises Http404 or LinkError."""

    def get(self, request: HttpRequest) -> HttpResponse:
        enrollment = self.enrollment
        form = self._form(initial=prefill.saved_answers(enrollment))
        team = [{"full_name": m.user.full_name, "email": m.user.email} for m in enrollment.members.all()]
        return self._form_page(form, MemberFormSet(initial=team, prefix="members"))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self._form(request.POST, request.FILES, passed=True)
        is_open = services.is_open_to_edit(self.enrollment)
        answers, members = _read(request, form, self.enrollment.role, keep=is_open)
        if answers is None:
            return self._form_page(form, members, status=422)
        try:
            services.edit_answers(enrollment=self.enrollment, answers=answers)
        except ServiceError as error:
            form.add_error(None, str(error))
            return self._form_page(form, members, status=422)
        messages.success(request, "Saved. Thank you!")
        return redirect(request.path)

    def _form(self, *data: Any, **kwargs: Any) -> SignupForm:
        one = self.enrollment
        return SignupForm(*data, cohort=one.cohort, role=one.role, address=one.user.email, **kwargs)

    def _form_page(self, form: SignupForm, members: Any, *, status: int = 200) -> HttpResponse:
        enrollment = self.enrollment
        return self.page(
            status=status,
            enrollment=enrollment,
            closes=_closes(enrollment.cohort, enrollment.group),
            open=services.is_open_to_edit(enrollment),
            can_withdraw=Enrollment.Status.WITHDRAWN in Enrollment.TRANSITIONS[enrollment.status],
            place_link=place_link(enrollment.pk),
            **_form_context(enrollment.cohort, enrollment.role, form, members),
        )


class SignupEdit(SignupEditView):
    """By the signed link of the mail."""

    def get_enrollment(self) -> Enrollment:
        pk = links.read_edit(self.kwargs["token"])
        found = Enrollment.objects.with_people().filter(pk=pk).first()
        if found is None:
            raise LinkError
        return found


class MyEnrollmentEdit(LoginRequiredMixin, SignupEditView):
    """By the person who is signed in: their own, as its lead."""

    def get_enrollment(self) -> Enrollment:
        own = Enrollment.objects.of_person(self.user).with_people().filter(user=self.user)
        return get_visible_or_404(own, pk=self.kwargs["pk"])


class TopicSuggestions(View):
    """Names for the topics chooser of a sign-up form, as a JSON list. Public while the form is."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.all(), slug=cohort_slug)
        if not cohort.accepts_signups() and not Cohort.objects.visible_to(request.user).filter(pk=cohort.pk).exists():
            raise Http404
        return JsonResponse(names_to_offer(cohort, request.GET.get("q", "")[:120]), safe=False)


def _read(request: HttpRequest, form: SignupForm, role: str, *, keep: bool) -> tuple[dict[str, Any] | None, Any]:
    """The answers as plain JSON, or None where something is wrong; and the team's rows as typed.

    With `keep` the uploads are stored as drafts: where something is wrong, nobody has to choose a file again.
    """
    members: Any = MemberFormSet(request.POST if role == Enrollment.Role.MENTEE else None, prefix="members")
    members.lead = (form["email"].value() or "").strip().lower()
    # Check both, so that all errors are shown at once.
    is_valid = all([form.is_valid(), role != Enrollment.Role.MENTEE or members.is_valid()])
    if keep:
        form.keep_files()
    if not is_valid:
        return None, members
    team = {"members": members.people} if role == Enrollment.Role.MENTEE else {}
    return {**form.cleaned_data, **team}, members


def _closes(cohort: Cohort, group: Group | None) -> datetime | None:
    return (group.signup_closes_at if group else None) or cohort.signup_closes_at


def _form_context(cohort: Cohort, role: str, form: SignupForm, members: Any) -> dict[str, Any]:
    return {
        "cohort": cohort,
        "role": role,
        "role_label": cohort.programme.label_of(role),
        "form": form,
        "members": members,
        "max_members": MAX_MEMBERS,
        "suggestions": suggested_topics(cohort),
    }


def _done(request: HttpRequest, enrollment: Enrollment, cohort: Cohort | None = None) -> HttpResponse:
    context = {
        "enrollment": enrollment,
        "cohort": cohort or enrollment.cohort,
        "link": links.edit_link(enrollment.pk),
    }
    return render(request, "cohorts/signup/done.html", context)
