"""Public sign-up pages. They need no account, and store nothing about a person before they prove their address."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views import View

from cohorts.enrollment import links as enrollment_links
from cohorts.invitations import links as invitations_links
from cohorts.models import Cohort, Enrollment, Group, PendingSignup
from cohorts.questions.answers import answers_by_key
from cohorts.questions.form_definition import current_questions, field_name
from cohorts.questions.views import FORM_ROLES
from cohorts.signup import links as signup_links
from cohorts.signup import prefill, topic_choices
from cohorts.signup import services as signup_services
from cohorts.signup.forms import MAX_MEMBERS, MemberFormSet, SignupForm
from cohorts.signup.topic_choices import names_to_offer, suggested_topics
from mentorship.core.accounts.models import User
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404
from mentorship.core.errors import ServiceError
from mentorship.core.links import LinkError


class FormPreview(CoordinatorRequiredMixin, View):
    """The form as an applicant sees it. It can be tried: what is wrong is said, and nothing is kept."""

    def get(self, request: HttpRequest, cohort_slug: str, role: str) -> HttpResponse:
        return self._page(request, cohort_slug, role)

    def post(self, request: HttpRequest, cohort_slug: str, role: str) -> HttpResponse:
        return self._page(request, cohort_slug, role)

    @staticmethod
    def _page(request: HttpRequest, cohort_slug: str, role: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        if role not in FORM_ROLES:
            raise Http404
        sent = request.POST if request.method == "POST" else None
        form = SignupForm(sent, request.FILES if sent is not None else None, cohort=cohort, role=role)
        context = {
            "cohort": cohort,
            "role": role,
            "role_label": cohort.programme.label_of(role),
            "form": form,
            "members": MemberFormSet(sent if role == "mentee" else None, prefix="members"),
            "max_members": MAX_MEMBERS,
            "suggestions": suggested_topics(cohort),
            "fits": form.is_bound and form.is_valid(),
        }
        return render(request, "cohorts/signup/preview.html", context, status=422 if form.errors else 200)


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


class Join(View):
    """What the cohort is, and the roles one can sign up for."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = _public_cohort(cohort_slug)
        group = signup_services.find_group(cohort, request.GET.get("group", ""))
        context = {
            "cohort": cohort,
            "group": group,
            "closes": _closes(cohort, group),
            "roles": [(role.value, cohort.programme.label_of(role)) for role in ROLES],
            "open": cohort.accepts_signups(group=group),
        }
        return render(request, "cohorts/signup/join.html", context)


class Signup(View):
    """The form of one role. Who is signed in, or comes by an invitation, has proven the address already."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        asked = self.asked(request, **kwargs)
        if asked is None:
            return render(request, "cohorts/signup/bad_link.html", status=404)
        if not asked.cohort.accepts_signups(group=asked.group):
            return render(request, "cohorts/signup/closed.html", {"cohort": asked.cohort})
        initial, source = prefill.prefill_form(user=asked.person, cohort=asked.cohort, role=asked.role)
        form = SignupForm(
            cohort=asked.cohort, role=asked.role, address=asked.email, passed=asked.passed, initial=initial
        )
        return _form_page(request, asked, form, MemberFormSet(prefix="members"), source=source)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        asked = self.asked(request, **kwargs)
        if asked is None:
            return render(request, "cohorts/signup/bad_link.html", status=404)
        form = SignupForm(
            request.POST,
            request.FILES,
            cohort=asked.cohort,
            role=asked.role,
            address=asked.email,
            passed=asked.passed,
        )
        answers, members = _read(request, form, asked.role)
        if answers is None:
            return _form_page(request, asked, form, members, status=422)
        answers["group"] = asked.group.slug if asked.group else ""
        try:
            return self._keep(request, asked, answers)
        except ServiceError:
            # It closed while they wrote: what they typed stays on the page.
            form.add_error(
                None, "Sign-up has closed while you were writing. Write to us: " + asked.cohort.programme.contact_email
            )
            return _form_page(request, asked, form, members, status=422)

    def asked(self, request: HttpRequest, cohort_slug: str, role: str) -> SignupContext | None:
        """What the address of the page says."""
        if role not in ROLES:
            raise Http404
        cohort = _public_cohort(cohort_slug)
        person = request.user if isinstance(request.user, User) else None
        group = signup_services.find_group(cohort, request.GET.get("group", ""))
        return SignupContext(cohort, role, person.email if person else "", person, group)

    @staticmethod
    def _keep(request: HttpRequest, asked: SignupContext, answers: dict[str, Any]) -> HttpResponse:
        if not asked.email:
            signup_services.request_signup(cohort=asked.cohort, role=asked.role, answers=answers)
            request.session["signup_email"] = answers["email"]
            return redirect("cohorts:signup-sent", cohort_slug=asked.cohort.slug)
        enrollment = signup_services.save_answers(
            cohort=asked.cohort, role=asked.role, answers=answers, by=asked.person
        )
        if request.user.is_authenticated:
            messages.success(request, f"Your sign-up for {asked.cohort} has arrived. Thank you!")
            return redirect("home")
        context = {"enrollment": enrollment, "cohort": asked.cohort, "link": signup_links.edit_link(enrollment.pk)}
        return render(request, "cohorts/signup/done.html", context)


class SignupInvited(Signup):
    """The form by the link of an invitation, filled in with what the person said last time."""

    def asked(self, request: HttpRequest, token: str) -> SignupContext | None:  # type: ignore[override]
        try:
            invitation = invitations_links.read_invite(token)
        except LinkError:
            return None
        cohort = Cohort.objects.filter(pk=invitation.cohort_id).select_related("programme").first()
        if cohort is None or cohort.status == Cohort.Status.DRAFT:
            return None
        person = User.objects.filter(email=invitation.email).first()
        return SignupContext(cohort, invitation.role, invitation.email, person, None, passed=invitation.passed)


class SignupSent(View):
    """Look into your mail. The same page whether we know the address or not."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        context = {
            "cohort": _public_cohort(cohort_slug),
            "email": request.session.get("signup_email", ""),
            "days": signup_links.CONFIRM_WITHIN.days,
        }
        return render(request, "cohorts/signup/sent.html", context)


class SignupConfirm(View):
    """The link of the mail. Looking at it changes nothing, since mail scanners follow links; the button does."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        pending = self._pending(token)
        if pending is None:
            return render(request, "cohorts/signup/bad_link.html", status=404)
        return render(request, "cohorts/signup/confirm.html", {"signup": pending, "cohort": pending.cohort})

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        pending = self._pending(token)
        if pending is None:
            return render(request, "cohorts/signup/bad_link.html", status=404)
        try:
            enrollment = signup_services.confirm_signup(signup=pending)
        except ServiceError:
            return render(request, "cohorts/signup/closed.html", {"cohort": pending.cohort})
        context = {"enrollment": enrollment, "cohort": pending.cohort, "link": signup_links.edit_link(enrollment.pk)}
        return render(request, "cohorts/signup/done.html", context)

    @staticmethod
    def _pending(token: str) -> PendingSignup | None:
        try:
            pk = signup_links.read_confirm(token)
        except LinkError:
            return None
        return PendingSignup.objects.filter(pk=pk).select_related("cohort__programme", "enrollment").first()


class SignupEditBase(View):
    """What somebody said, to read and, while sign-up is open, to change or take back."""

    def get_enrollment(self, request: HttpRequest, **kwargs: Any) -> Enrollment | None:
        raise Http404

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        enrollment = self.get_enrollment(request, **kwargs)
        if enrollment is None:
            return render(request, "cohorts/signup/bad_link.html", status=404)
        form, members = _filled(enrollment)
        return _edit_page(request, enrollment, form, members)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        enrollment = self.get_enrollment(request, **kwargs)
        if enrollment is None:
            return render(request, "cohorts/signup/bad_link.html", status=404)
        form = SignupForm(
            request.POST,
            request.FILES,
            cohort=enrollment.cohort,
            role=enrollment.role,
            address=enrollment.user.email,
            passed=True,
        )
        answers, members = _read(request, form, enrollment.role)
        if answers is None:
            return _edit_page(request, enrollment, form, members, status=422)
        try:
            if not signup_services.is_open_to_edit(enrollment):
                raise ServiceError("Sign-up is closed; this can't be changed any more.")
            signup_services.save_answers(
                cohort=enrollment.cohort,
                role=enrollment.role,
                answers=answers,
                by=enrollment.user,
                enrollment=enrollment,
            )
        except ServiceError as error:
            form.add_error(None, str(error))
            return _edit_page(request, enrollment, form, members, status=422)
        messages.success(request, "Saved. Thank you!")
        return redirect(request.path)


class SignupEdit(SignupEditBase):
    """By the signed link of the mail."""

    def get_enrollment(self, request: HttpRequest, **kwargs: Any) -> Enrollment | None:
        try:
            pk = signup_links.read_edit(kwargs["token"])
        except LinkError:
            return None
        return Enrollment.objects.with_people().filter(pk=pk).first()


class MyEnrollmentEdit(LoginRequiredMixin, SignupEditBase):
    """By the person who is signed in: their own, as its lead."""

    def get_enrollment(self, request: HttpRequest, **kwargs: Any) -> Enrollment | None:
        own = Enrollment.objects.of_person(request.user).with_people().filter(user=request.user)
        return get_visible_or_404(own, pk=kwargs["pk"])


def _public_cohort(slug: str) -> Cohort:
    """A cohort that may be spoken of in public: a draft may not."""
    public = Cohort.objects.exclude(status=Cohort.Status.DRAFT).select_related("programme")
    return get_visible_or_404(public, slug=slug)


def _read(request: HttpRequest, form: SignupForm, role: str) -> tuple[dict[str, Any] | None, Any]:
    """The answers as plain JSON, or None where something is wrong; and the team's rows as typed."""
    members: Any = MemberFormSet(request.POST if role == Enrollment.Role.MENTEE else None, prefix="members")
    members.lead = (form["email"].value() or "").strip().lower()
    if role != Enrollment.Role.MENTEE:
        return (dict(form.cleaned_data) if form.is_valid() else None), members
    # Both are checked, so that everything that is wrong is said at once.
    if not all([form.is_valid(), members.is_valid()]):
        return None, members
    return {**form.cleaned_data, "members": members.people}, members


def _closes(cohort: Cohort, group: Group | None) -> datetime | None:
    return (group.signup_closes_at if group else None) or cohort.signup_closes_at


def _filled(enrollment: Enrollment) -> tuple[SignupForm, Any]:
    initial = {name: getattr(enrollment, name) for name in signup_services.ENROLLMENT_FIELDS}
    initial |= {"full_name": enrollment.user.full_name, "pronouns": enrollment.user.pronouns}
    initial["topics"] = ", ".join(topic.name for topic in enrollment.topics.all())
    said = answers_by_key(enrollment)
    asked = current_questions(enrollment.cohort, enrollment.role)
    initial |= {field_name(q): q.behaviour.retype(said[q.key]) for q in asked if q.key in said}
    form = SignupForm(cohort=enrollment.cohort, role=enrollment.role, address=enrollment.user.email, initial=initial)
    team = [{"full_name": m.user.full_name, "email": m.user.email} for m in enrollment.members.all()]
    return form, MemberFormSet(initial=team, prefix="members")


def _form_context(cohort: Cohort, role: str, form: SignupForm, members: Any) -> dict[str, Any]:
    return {
        "cohort": cohort,
        "role": role,
        "role_label": cohort.programme.label_of(role),
        "form": form,
        "members": members,
        "max_members": MAX_MEMBERS,
        "suggestions": topic_choices.suggested_topics(cohort),
    }


def _form_page(
    request: HttpRequest, asked: SignupContext, form: SignupForm, members: Any, status: int = 200, source: str = ""
) -> HttpResponse:
    context = {
        **_form_context(asked.cohort, asked.role, form, members),
        "group": asked.group,
        "closes": _closes(asked.cohort, asked.group),
        "proven": asked.email,
        "source": source,
        "sought": signup_links.read_sought(request.GET.get("sought", "")),
    }
    return render(request, "cohorts/signup/form.html", context, status=status)


def _edit_page(
    request: HttpRequest, enrollment: Enrollment, form: SignupForm, members: Any, status: int = 200
) -> HttpResponse:
    context = {
        **_form_context(enrollment.cohort, enrollment.role, form, members),
        "enrollment": enrollment,
        "closes": _closes(enrollment.cohort, enrollment.group),
        "open": signup_services.is_open_to_edit(enrollment),
        "can_withdraw": Enrollment.Status.WITHDRAWN in Enrollment.TRANSITIONS[enrollment.status],
        "place_link": enrollment_links.place_link(enrollment.pk),
    }
    return render(request, "cohorts/signup/edit.html", context, status=status)


class TopicSuggestions(View):
    """Names for the topics chooser of a sign-up form, as a JSON list. Public while the form is."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.all(), slug=cohort_slug)
        if not cohort.accepts_signups() and not Cohort.objects.visible_to(request.user).filter(pk=cohort.pk).exists():
            raise Http404
        return JsonResponse(names_to_offer(cohort, request.GET.get("q", "")[:120]), safe=False)
