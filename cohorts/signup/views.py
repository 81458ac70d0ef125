"""Public sign-up pages. They need no account, and store nothing about a person before they prove their address."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views import View

from cohorts.cohort_view import CohortView
from cohorts.enrollment.links import place_link
from cohorts.invitations.links import Invitation, invite_link, read_invite
from cohorts.invitations.services import invited_person
from cohorts.models import Cohort, Enrollment, Group, PendingSignup
from cohorts.questions.views import FORM_ROLES
from cohorts.signup import links, prefill, services
from cohorts.signup.forms import MAX_MEMBERS, AgainForm, MemberFormSet, SignupForm
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
    """What the cohort is, and the roles one can sign up for, or has signed up for."""

    template_name = "cohorts/signup/join.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        cohort = self.cohort
        group = services.find_group(cohort, request.GET.get("group", ""))
        joined = services.joined_roles([cohort], request.user)[cohort.pk]
        return self.page(
            group=group,
            closes=_closes(cohort, group),
            roles=[(role.value, cohort.programme.label_of(role), role in joined) for role in ROLES],
            joined=bool(joined),
            open=cohort.accepts_signups(group=group),
            closed=cohort.signup_closed(group),
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
        signups = services.signups_of(cohort=asked.cohort, role=asked.role, email=asked.email) if asked.email else []
        withdrawn = services.withdrawn_signup(signups)
        if signups and withdrawn is None:
            return self._show_current(signups)
        if not asked.cohort.accepts_signups(group=asked.group):
            return _closed_page(request, asked.cohort, asked.group)
        if withdrawn:
            form = self._form(initial=prefill.saved_answers(withdrawn))
            return self._form_page(form, prefill.saved_team(withdrawn), withdrawn=withdrawn)
        initial, source = prefill.prefill_form(user=asked.person, cohort=asked.cohort, role=asked.role)
        return self._form_page(self._form(initial=initial), MemberFormSet(prefix="members"), source=source)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self._form(request.POST, request.FILES)
        is_open = self.cohort.accepts_signups(group=self.asked.group)
        answers, members = read_signup(request, form, self.asked.role, keep=is_open)
        if answers is None:
            return self._form_page(form, members, status=422)
        answers["group"] = self.asked.group.slug if self.asked.group else ""
        try:
            return self._keep(answers)
        except services.AlreadySignedUpError as error:
            return self._offer_to_replace(error, form, members)
        except ServiceError as error:
            # Keep what they typed on the page.
            why = str(error) if is_open else "Sign-up closed while you were filling in the form."
            form.add_error(None, f"{why} If you think this is wrong, write to {self.cohort.programme.contact_email}.")
            return self._form_page(form, members, status=422)

    def _form(self, *data: Any, **kwargs: Any) -> SignupForm:
        asked = self.asked
        return SignupForm(
            *data,
            cohort=asked.cohort,
            role=asked.role,
            address=asked.email,
            passed=asked.passed,
            by_link=bool(asked.email) and not self.request.user.is_authenticated,
            **kwargs,
        )

    def _show_current(self, signups: Sequence[Enrollment]) -> HttpResponse:
        """The sign-up that the person has, to edit; where there are several, which one; of a team, who leads it."""
        request, own = self.request, [one for one in signups if one.user.email == self.asked.email]
        if len(signups) > 1 or not own:
            return _joined(request, signups, self.asked.email)
        messages.info(request, f"You’ve already signed up for {own[0].cohort}. This is what you told us.")
        return redirect(self._edit_url(own[0]))

    def _offer_to_replace(self, error: services.AlreadySignedUpError, form: SignupForm, members: Any) -> HttpResponse:
        """They signed up meanwhile, or another page did: what they typed is shown in the form of that sign-up."""
        own = [one for one in error.signups if one.user.email == self.asked.email]
        if len(error.signups) > 1 or not own:
            return _joined(self.request, error.signups, self.asked.email)
        form.add_error(None, f"{error} Nothing has been changed yet: choose “Save” to replace what you told us then.")
        return render_edit_page(self.request, own[0], form, members, status=422, action=self._edit_url(own[0]))

    def _edit_url(self, enrollment: Enrollment) -> str:
        if self.request.user.is_authenticated:
            return reverse("cohorts:my-enrollment-edit", args=[enrollment.pk])
        return links.edit_link(enrollment.pk, enrollment.user_id).removeprefix(settings.SITE_URL)

    def _form_page(
        self,
        form: SignupForm,
        members: Any,
        *,
        status: int = 200,
        source: str = "",
        withdrawn: Enrollment | None = None,
    ) -> HttpResponse:
        asked = self.asked
        return self.page(
            status=status,
            group=asked.group,
            closes=_closes(asked.cohort, asked.group),
            proven=asked.email,
            source=source,
            withdrawn=withdrawn,
            other_role=self._other_role(),
            sought=links.read_sought(self.request.GET.get("sought", "")),
            **_form_context(asked.cohort, asked.role, form, members),
        )

    def _other_role(self) -> tuple[str, str] | None:
        """The label of the other role that the form is for, and the address of its form; None where there is none."""
        asked = self.asked
        if asked.role not in ROLES:
            return None
        (other,) = [role for role in ROLES if role != asked.role]
        return asked.cohort.programme.label_of(other), self._form_url(other)

    def _form_url(self, role: str) -> str:
        query = f"?group={self.asked.group.slug}" if self.asked.group else ""
        return reverse("cohorts:signup-create", args=[self.cohort.slug, role]) + query

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
        person = User.objects.filter(email=invitation.email).first() or invited_person(cohort, invitation)
        email = person.email if person else invitation.email
        self.cohort = cohort
        self.asked = SignupContext(cohort, invitation.role, email, person, passed=invitation.passed)

    def _form_url(self, role: str) -> str:
        link = invite_link(Invitation(self.cohort.pk, str(role), self.asked.email))
        return link.removeprefix(settings.SITE_URL)


class SignupSent(PublicCohortView):
    """Tell the visitor to check their email. The page is the same whether we know the address or not."""

    template_name = "cohorts/signup/sent.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(email=request.session.get("signup_email", ""), days=links.CONFIRM_WITHIN.days)


class SignupConfirm(LookupView):
    """Confirm the address by the link of the mail. It takes a tick and a button: mail scanners press buttons, too."""

    template_name = "cohorts/signup/confirm.html"

    def look_up(self) -> None:
        found = PendingSignup.objects.filter(pk=links.read_confirm(self.kwargs["token"]))
        signup = found.select_related("cohort__programme", "enrollment", "person").first()
        if signup is None:
            raise LinkError
        self.signup = signup

    def get(self, request: HttpRequest) -> HttpResponse:
        if self.signup.enrollment is None and (signups := self._standing()):
            return self._choose(signups)
        return self.page()

    def post(self, request: HttpRequest) -> HttpResponse:
        signup, replace = self.signup, None
        if signup.enrollment is None and (signups := self._standing()):
            form = AgainForm(request.POST, signups=_replaceable(signups, signup.address))
            if not form.is_valid():
                return self._choose(signups, form)
            replace = form.chosen
            if replace is None:
                services.keep_signup(signup=signup, kept=signups[0])
                messages.success(request, "Nothing has changed: your sign-up is as it was.")
                return redirect(request.path)
        elif signup.enrollment is None and request.POST.get("mine") != "yes":
            messages.error(request, "Tick the box if this is your sign-up, then confirm it.")
            return redirect(request.path)
        try:
            enrollment = services.confirm_signup(signup=signup, replace=replace)
        except ServiceError as error:
            if signup.cohort.accepts_signups(group=replace.group if replace else None):
                messages.error(request, str(error))
                return redirect(request.path)
            return _closed_page(
                request, signup.cohort, services.find_group(signup.cohort, signup.answers.get("group", ""))
            )
        return _done(request, enrollment, signup.cohort)

    def get_context(self) -> dict[str, Any]:
        cohort, role = self.signup.cohort, self.signup.role
        return {"signup": self.signup, "cohort": cohort, "role_label": cohort.programme.label_of(role)}

    def _standing(self) -> list[Enrollment]:
        """What the person has in this role already; empty where they have nothing, or withdrew."""
        signup = self.signup
        signups = services.signups_of(cohort=signup.cohort, role=signup.role, email=signup.address)
        return [] if services.withdrawn_signup(signups) else signups

    def _choose(self, signups: Sequence[Enrollment], form: AgainForm | None = None) -> HttpResponse:
        """Keep the sign-up that they have, or replace what it says. Where neither can be, show what they have."""
        replaceable = _replaceable(signups, self.signup.address)
        if not replaceable or not self.signup.cohort.accepts_signups():
            return _joined(self.request, signups, self.signup.address)
        form = form or AgainForm(signups=replaceable)
        first = replaceable[0]
        status = 422 if form.is_bound else 200
        return self.page(status=status, form=form, again=first, edit_link=links.edit_link(first.pk, first.user_id))


class SignupEditView(LookupView):
    """Somebody's sign-up, to read and, while sign-up is open, to edit."""

    def look_up(self) -> None:
        self.enrollment = self.get_enrollment()

    @abstractmethod
    def get_enrollment(self) -> Enrollment:
        """Whose sign-up it is. Raises Http404 or LinkError."""

    def get(self, request: HttpRequest) -> HttpResponse:
        enrollment = self.enrollment
        form = self._form(initial=prefill.saved_answers(enrollment))
        return self._form_page(form, prefill.saved_team(enrollment))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self._form(request.POST, request.FILES, passed=True)
        is_open = services.is_open_to_edit(self.enrollment)
        answers, members = read_signup(request, form, self.enrollment.role, keep=is_open)
        if answers is None:
            return self._form_page(form, members, status=422)
        try:
            services.edit_answers(enrollment=self.enrollment, answers=answers)
        except ServiceError as error:
            form.add_error(None, str(error))
            return self._form_page(form, members, status=422)
        messages.success(request, "Saved. Thank you!")
        for person in services.asked_back(self.enrollment, answers):
            name = person.known_name or "Somebody you named"
            messages.info(request, f"{name} had left the team. We have asked {name} to come back.")
        return redirect(request.path)

    def _form(self, *data: Any, **kwargs: Any) -> SignupForm:
        one = self.enrollment
        return SignupForm(*data, cohort=one.cohort, role=one.role, address=one.user.email, **kwargs)

    def _form_page(self, form: SignupForm, members: Any, *, status: int = 200) -> HttpResponse:
        return render_edit_page(self.request, self.enrollment, form, members, status=status)


class SignupEdit(SignupEditView):
    """By the signed link of the mail."""

    def get_enrollment(self) -> Enrollment:
        pk, person_id = links.read_edit(self.kwargs["token"])
        found = Enrollment.objects.with_people().filter(pk=pk).first()
        if found is None or person_id not in (None, found.user_id):
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


def read_signup(request: HttpRequest, form: SignupForm, role: str, *, keep: bool) -> tuple[dict[str, Any] | None, Any]:
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


def render_edit_page(
    request: HttpRequest, enrollment: Enrollment, form: SignupForm, members: Any, *, status: int = 200, action: str = ""
) -> HttpResponse:
    """The page of a sign-up that somebody has; `action` is where its form goes, if not to this address."""
    context = {
        "enrollment": enrollment,
        "action": action,
        "closes": _closes(enrollment.cohort, enrollment.group),
        "open": services.is_open_to_edit(enrollment),
        "closed": enrollment.cohort.signup_closed(enrollment.group),
        "can_withdraw": Enrollment.Status.WITHDRAWN in Enrollment.TRANSITIONS[enrollment.status],
        "place_link": place_link(enrollment.pk, enrollment.user_id),
        **_form_context(enrollment.cohort, enrollment.role, form, members),
    }
    return render(request, "cohorts/signup/edit.html", context, status=status)


def _replaceable(signups: Sequence[Enrollment], email: str) -> list[Enrollment]:
    """Those that the owner of the address leads and may still change."""
    return [one for one in signups if one.user.email == email and services.is_open_to_edit(one)]


def _joined(request: HttpRequest, signups: Sequence[Enrollment], email: str) -> HttpResponse:
    """Which sign-ups the owner of a proven address has, with their way to each, and in whose team they are."""
    rows = [(one, links.edit_link(one.pk, one.user_id) if one.user.email == email else "") for one in signups]
    return render(request, "cohorts/signup/joined.html", {"cohort": signups[0].cohort, "rows": rows})


def _closed_page(request: HttpRequest, cohort: Cohort, group: Group | None) -> HttpResponse:
    return render(request, "cohorts/signup/closed.html", {"cohort": cohort, "closed": cohort.signup_closed(group)})


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
        "link": links.edit_link(enrollment.pk, enrollment.user_id),
    }
    return render(request, "cohorts/signup/done.html", context)
