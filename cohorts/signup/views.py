"""Public sign-up pages. They need no account, and store nothing about people before they prove their address."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views import View

from cohorts.invitations.links import Invitation, invite_link, read_invite
from cohorts.invitations.services import invited_person
from cohorts.models import Cohort, Enrollment, Group, PendingSignup
from cohorts.signup import links, prefill, services
from cohorts.signup.forms import AgainForm, MemberFormSet, SignupForm
from cohorts.signup.shared_pages import (
    closed_page,
    closing_words,
    done_page,
    form_context,
    joined_page,
    read_signup,
    render_edit_page,
    replaceable_signups,
)
from cohorts.signup.sign_up_limits import ABOUT_ADDRESS, WHY_TOO_OFTEN, spend_invitations, spend_sign_up
from cohorts.signup.topic_choices import names_to_offer
from cohorts.signup_form.form_definition import FORM_ROLES
from mentorship.core.accounts.models import User
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.errors import ServiceError
from mentorship.core.languages.current import ASKED, current_language
from mentorship.core.languages.known import Language
from mentorship.core.links import LinkError
from mentorship.core.views import LookupView
from mentorship.core.web.limits import LimitError


@dataclass(frozen=True)
class SignupContext:
    """The cohort and role of the form, and who fills it in, if proven."""

    cohort: Cohort
    role: str
    email: str = ""
    person: User | None = None
    group: Group | None = None
    passed: bool = False


class PublicCohortView(LookupView):
    """A public page about a cohort, in one of its languages. Drafts are not public."""

    is_translated = True
    cohort: Cohort

    def page_languages(self) -> Sequence[Language]:
        return self.cohort.spoken_languages

    def look_up(self) -> None:
        public = Cohort.objects.exclude(status=Cohort.Status.DRAFT).select_related("programme")
        self.cohort = get_visible_or_404(public, slug=self.kwargs["cohort_slug"])

    def get_context(self) -> dict[str, Any]:
        return {"cohort": self.cohort}

    def query_of(self, group: Group | None) -> str:
        """The end of the address of a form: its group, and the language that this page was asked for."""
        asked = {"group": group.slug if group else "", ASKED: self.request.GET.get(ASKED, "")}
        kept = {name: value for name, value in asked.items() if value}
        return f"?{urlencode(kept)}" if kept else ""


class Join(PublicCohortView):
    """The cohort, and the roles that one can sign up for, or has signed up for."""

    template_name = "cohorts/signup/join.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        cohort = self.cohort
        group = services.find_group(cohort, request.GET.get("group", ""))
        joined = services.joined_roles([cohort], request.user)[cohort.pk]
        return self.page(
            group=group,
            closes=closing_words(request, cohort, group),
            query=self.query_of(group),
            roles=[(role.value, cohort.programme.label_of(role), role in joined) for role in FORM_ROLES],
            joined=bool(joined),
            open=cohort.accepts_signups(group=group),
            closed=cohort.signup_closed(group),
        )


class Signup(PublicCohortView):
    """The form for one role. People who are signed in or invited need not confirm their address."""

    template_name = "cohorts/signup/form.html"
    asked: SignupContext

    def look_up(self) -> None:
        super().look_up()
        role = self.kwargs["role"]
        if role not in FORM_ROLES:
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
            return closed_page(request, asked.cohort, asked.group)
        if withdrawn:
            form = self._form(initial=prefill.saved_answers(withdrawn))
            return self._form_page(form, prefill.saved_team(withdrawn), withdrawn=withdrawn)
        initial, source = prefill.prefill_form(
            user=asked.person, cohort=asked.cohort, role=asked.role, email=asked.email
        )
        return self._form_page(self._form(initial=initial), MemberFormSet(prefix="members"), source=source)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self._form(request.POST, request.FILES)
        is_open = self.cohort.accepts_signups(group=self.asked.group)
        answers, members = read_signup(request, form, keep=is_open)
        if answers is None:
            return self._form_page(form, members, status=422)
        answers["group"] = self.asked.group.slug if self.asked.group else ""
        try:
            spend_sign_up(request, answers, proven=bool(self.asked.email))
            return self._keep(answers)
        except LimitError as error:
            return self._too_often(error, form, members)
        except services.AlreadySignedUpError as error:
            return self._offer_to_replace(error, form, members)
        except ServiceError as error:
            # Keep their input on the page.
            why = str(error) if is_open else gettext("Sign-up closed while you were filling in the form.")
            what = gettext("If you think this is wrong, write to {contact}.")
            form.add_error(None, f"{why} {what.format(contact=self.cohort.programme.contact_email)}")
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
        """The person's sign-up, to edit; if there are several, a choice; for a team, who leads it."""
        request, own = self.request, [one for one in signups if one.user.email == self.asked.email]
        if len(signups) > 1 or not own:
            return joined_page(request, signups, self.asked.email)
        words = gettext("You’ve already signed up for {cohort}. This is what you told us.")
        messages.info(request, words.format(cohort=own[0].cohort))
        return redirect(self._edit_url(own[0]))

    def _offer_to_replace(self, error: services.AlreadySignedUpError, form: SignupForm, members: Any) -> HttpResponse:
        """A sign-up arrived meanwhile: show the input in the form of that sign-up."""
        own = [one for one in error.signups if one.user.email == self.asked.email]
        if len(error.signups) > 1 or not own:
            return joined_page(self.request, error.signups, self.asked.email)
        words = gettext("Nothing has been changed yet: choose “Save” to replace what you told us then.")
        form.add_error(None, f"{error} {words}")
        return render_edit_page(self.request, own[0], form, members, status=422, action=self._edit_url(own[0]))

    def _too_often(self, error: LimitError, form: SignupForm, members: Any) -> HttpResponse:
        """Answer a sign-up beyond the limits: store and mail nothing, keep the input in the form."""
        field = "email" if error.name in ABOUT_ADDRESS and "email" in form.fields else None
        form.add_error(field, WHY_TOO_OFTEN[error.name].format(wait=error.wait))
        return self._form_page(form, members, status=422)

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
            closes=closing_words(self.request, asked.cohort, asked.group),
            proven=asked.email,
            source=source,
            withdrawn=withdrawn,
            other_role=self._other_role(),
            sought=links.read_sought(self.request.GET.get("sought", "")),
            **form_context(asked.cohort, asked.role, form, members),
        )

    def _other_role(self) -> tuple[str, str] | None:
        """The label of the other role with a form, and the form's address; None if there is none."""
        asked = self.asked
        if asked.role not in FORM_ROLES:
            return None
        (other,) = [role for role in FORM_ROLES if role != asked.role]
        return asked.cohort.programme.label_of(other), self._form_url(other)

    def _form_url(self, role: str) -> str:
        return reverse("cohorts:signup-create", args=[self.cohort.slug, role]) + self.query_of(self.asked.group)

    def _keep(self, answers: dict[str, Any]) -> HttpResponse:
        asked, request = self.asked, self.request
        language = current_language().code if len(asked.cohort.spoken_languages) > 1 else ""
        if not asked.email:
            services.request_signup(cohort=asked.cohort, role=asked.role, answers=answers, language=language)
            request.session["signup_email"] = answers["email"]
            request.session["signup_language"] = language
            return redirect("cohorts:signup-sent", cohort_slug=asked.cohort.slug)
        enrollment = services.save_answers(
            cohort=asked.cohort, role=asked.role, answers=answers, by=asked.person, language=language
        )
        if request.user.is_authenticated:
            messages.success(request, f"Your sign-up for {asked.cohort} has arrived. Thank you!")
            return redirect("home")
        return done_page(request, enrollment)


class SignupInvited(Signup):
    """The form by the link of an invitation, filled in from the person's last sign-up."""

    def languages_said(self) -> Sequence[str]:
        return [self.asked.person.language] if self.asked.person else []

    def look_up(self) -> None:
        invitation = read_invite(self.kwargs["token"])
        cohort = Cohort.objects.filter(pk=invitation.cohort_id).select_related("programme").first()
        if cohort is None or cohort.status == Cohort.Status.DRAFT:
            raise LinkError
        person = User.objects.filter(email=invitation.email).first() or invited_person(cohort, invitation)
        if person is not None and not person.is_active:
            raise LinkError
        email = person.email if person else invitation.email
        self.cohort = cohort
        self.asked = SignupContext(cohort, invitation.role, email, person, passed=invitation.passed)

    def _form_url(self, role: str) -> str:
        link = invite_link(Invitation(self.cohort.pk, str(role), self.asked.email))
        return link.removeprefix(settings.SITE_URL)


class SignupSent(PublicCohortView):
    """Tell the visitor to check their email. The page does not reveal whether the address is known."""

    template_name = "cohorts/signup/sent.html"

    def languages_said(self) -> Sequence[str]:
        return [self.request.session.get("signup_language", "")]

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(email=request.session.get("signup_email", ""), days=links.CONFIRM_WITHIN.days)


class SignupConfirm(LookupView):
    """Confirm the address by the link of the mail. It takes a tick and a button, since mail scanners press buttons."""

    is_translated = True
    template_name = "cohorts/signup/confirm.html"

    def page_languages(self) -> Sequence[Language]:
        return self.signup.cohort.spoken_languages

    def languages_said(self) -> Sequence[str]:
        return [self.signup.language]

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
            form = AgainForm(request.POST, signups=replaceable_signups(signups, signup.address))
            if not form.is_valid():
                return self._choose(signups, form)
            replace = form.chosen
            if replace is None:
                services.keep_signup(signup=signup, kept=signups[0])
                messages.success(request, gettext("Nothing has changed: your sign-up is as it was."))
                return redirect(request.path)
        elif signup.enrollment is None and request.POST.get("mine") != "yes":
            messages.error(request, gettext("Tick the box if this is your sign-up, then confirm it."))
            return redirect(request.path)
        try:
            if signup.enrollment is None:
                spend_invitations(request, signup.answers, enrollment=replace)
            enrollment = services.confirm_signup(signup=signup, replace=replace)
        except LimitError as error:
            messages.error(request, WHY_TOO_OFTEN[error.name].format(wait=error.wait))
            return redirect(request.path)
        except ServiceError as error:
            if signup.cohort.accepts_signups(group=replace.group if replace else None):
                messages.error(request, str(error))
                return redirect(request.path)
            return closed_page(
                request, signup.cohort, services.find_group(signup.cohort, signup.answers.get("group", ""))
            )
        return done_page(request, enrollment, signup.cohort)

    def get_context(self) -> dict[str, Any]:
        cohort, role = self.signup.cohort, self.signup.role
        return {
            "signup": self.signup,
            "cohort": cohort,
            "role_label": cohort.programme.label_of(role),
            "refusal": services.ineligible_because(self.signup),
        }

    def _standing(self) -> list[Enrollment]:
        """The person's existing sign-ups in this role; empty if they have none, or withdrew."""
        signup = self.signup
        signups = services.signups_of(cohort=signup.cohort, role=signup.role, email=signup.address)
        return [] if services.withdrawn_signup(signups) else signups

    def _choose(self, signups: Sequence[Enrollment], form: AgainForm | None = None) -> HttpResponse:
        """Keep the existing sign-up, or replace its answers. If neither is possible, show the existing ones."""
        replaceable = replaceable_signups(signups, self.signup.address)
        if not replaceable or not self.signup.cohort.accepts_signups():
            return joined_page(self.request, signups, self.signup.address)
        form = form or AgainForm(signups=replaceable)
        first = replaceable[0]
        status = 422 if form.is_bound else 200
        return self.page(status=status, form=form, again=first, edit_link=links.edit_link(first.pk, first.user_id))


class TopicSuggestions(View):
    """Names for the topics chooser of a sign-up form, as a JSON list. Public while the form is."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.all(), slug=cohort_slug)
        if not cohort.accepts_signups() and not Cohort.objects.visible_to(request.user).filter(pk=cohort.pk).exists():
            raise Http404
        return JsonResponse(names_to_offer(cohort, request.GET.get("q", "")[:120]), safe=False)
