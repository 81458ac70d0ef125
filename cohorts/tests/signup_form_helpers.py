"""A sign-up form with questions, and what a mentor fills in."""

from django.urls import reverse

from cohorts.models import SignupQuestion
from cohorts.questions import versions
from cohorts.signup.forms import SignupForm

MENTOR = {
    "full_name": "Ana Lima",
    "email": "ana@example.org",
    "country": "BR",
    "time_zone": "America/Sao_Paulo",
    "languages": "Portuguese",
    "topics": "Soil",
    "mentoring_type": "both",
    "interaction_style": "mixed",
    "capacity": "1",
    "shares_address": "on",
}


PDF = b"%PDF-1.7 a paper"


def ask(cohort, cast, text="Why now?", kind="long", role="mentor", **fields):
    question = SignupQuestion(cohort=cohort, role=role, text=text, kind=kind, **fields)
    return versions.save_question(question=question, by=cast.coordinator)


def form(cohort, **answers):
    return SignupForm({**MENTOR, **answers}, cohort=cohort, role="mentor")


def proven_form(cohort, **answers):
    """The form of somebody who proved their address."""
    return SignupForm({**MENTOR, **answers}, cohort=cohort, role="mentor", address="ana@example.org")


def url(cohort):
    return reverse("cohorts:signup-create", args=[cohort.slug, "mentor"])
