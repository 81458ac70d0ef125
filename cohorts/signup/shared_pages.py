"""Shared by the views of sign-ups: reading the submitted form, and the final pages."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext

from cohorts.enrollment.links import place_link
from cohorts.models import Cohort, Enrollment, Group
from cohorts.signup import links, services
from cohorts.signup.forms import MAX_MEMBERS, MemberFormSet, SignupForm
from cohorts.signup.topic_choices import suggested_topics
from mentorship.core.languages.dates import short_weekday
from mentorship.core.timezones import ANYWHERE
from mentorship.core.ui.templatetags.ui import localtime_tag


def read_signup(request: HttpRequest, form: SignupForm, *, keep: bool) -> tuple[dict[str, Any] | None, Any]:
    """The answers as plain JSON, or None if there are errors; and the team's rows as typed.

    With `keep` the uploads are stored as drafts: if something is wrong, nobody has to choose a file again.
    """
    members: Any = MemberFormSet(request.POST if form.asks_team else None, prefix="members")
    members.lead = (form["email"].value() or "").strip().lower()
    # Check both, so that all errors are shown at once.
    is_valid = all([form.is_valid(), not form.asks_team or members.is_valid()])
    if keep:
        form.keep_files()
    if not is_valid:
        return None, members
    team = {"members": members.people} if form.asks_team else {}
    return {**form.cleaned_data, **team}, members


def render_edit_page(
    request: HttpRequest, enrollment: Enrollment, form: SignupForm, members: Any, *, status: int = 200, action: str = ""
) -> HttpResponse:
    """The page of an existing sign-up; `action` is the target of its form, if not this address."""
    context = {
        "enrollment": enrollment,
        "action": action,
        "closes": closing_words(request, enrollment.cohort, enrollment.group),
        "open": services.is_open_to_edit(enrollment),
        "closed": enrollment.cohort.signup_closed(enrollment.group),
        "can_withdraw": Enrollment.Status.WITHDRAWN in Enrollment.TRANSITIONS[enrollment.status],
        "place_link": place_link(enrollment.pk, enrollment.user_id),
        **form_context(enrollment.cohort, enrollment.role, form, members),
    }
    return render(request, "cohorts/signup/edit.html", context, status=status)


def replaceable_signups(signups: Sequence[Enrollment], email: str) -> list[Enrollment]:
    """Sign-ups that the owner of the address leads and may still change."""
    return [one for one in signups if one.user.email == email and services.is_open_to_edit(one)]


def joined_page(request: HttpRequest, signups: Sequence[Enrollment], email: str) -> HttpResponse:
    """The existing sign-ups of a proven address, with links to each, and the team they are in."""
    rows = [(one, links.edit_link(one.pk, one.user_id) if one.user.email == email else "") for one in signups]
    return render(request, "cohorts/signup/joined.html", {"cohort": signups[0].cohort, "rows": rows})


def closed_page(request: HttpRequest, cohort: Cohort, group: Group | None) -> HttpResponse:
    return render(request, "cohorts/signup/closed.html", {"cohort": cohort, "closed": cohort.signup_closed(group)})


def closing_words(request: HttpRequest, cohort: Cohort, group: Group | None) -> str:
    """The moment at which sign-up closes, after "closes"; "" if none is set."""
    of_group = group.signup_closes_at if group else None
    closes = of_group or cohort.signup_closes_at
    if closes is None:
        return ""
    if cohort.closes_anywhere and not of_group:
        words = gettext("{day}, as long as it is that day anywhere on Earth")
        return words.format(day=short_weekday(closes.astimezone(ANYWHERE)))
    with timezone.override(timezone.get_current_timezone() if request.user.is_authenticated else cohort.tz):
        return localtime_tag(closes)


def form_context(cohort: Cohort, role: str, form: SignupForm, members: Any) -> dict[str, Any]:
    return {
        "cohort": cohort,
        "role": role,
        "role_label": cohort.programme.label_of(role),
        "role_plural": cohort.programme.plural_of(role),
        "form": form,
        "members": members,
        "max_members": MAX_MEMBERS,
        "suggestions": suggested_topics(cohort),
    }


def done_page(request: HttpRequest, enrollment: Enrollment, cohort: Cohort | None = None) -> HttpResponse:
    context = {
        "enrollment": enrollment,
        "cohort": cohort or enrollment.cohort,
        "link": links.edit_link(enrollment.pk, enrollment.user_id),
    }
    return render(request, "cohorts/signup/done.html", context)
