"""Promise: addresses that are known are answered as fast as those that are not, so that time tells nothing."""

import os
import random
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from statistics import median
from typing import Any

from django.conf import settings
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort
from mentorship.devtools.assurance.table import Row
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory, UserFactory
from mentorship.devtools.testing.pages import FirstForm

ASKED = int(os.environ.get("ASSURANCE_ADDRESSES", "100"))
MOST, MOST_MS = 0.10, 10.0  # what nobody can tell over a network
PASSWORD = "a long password that is wrong"
Ask = Callable[[Client, str], int]


def rows() -> Iterator[Row]:
    """A row for each form that anybody may send with somebody's address; known and unknown ones take turns."""
    no_limits = dict.fromkeys(settings.LIMITS, "1000000/m")
    quiet = {"LIMITS": no_limits, "ACCOUNT_RATE_LIMITS": False, "ALLOWED_HOSTS": ["testserver"]}
    with transaction.atomic(), override_settings(**quiet):
        now = timezone.now()
        cohort: Any = CohortFactory(status="enrolling", signup_closes_at=now + timedelta(days=9))
        known = [_somebody(cohort) for _ in range(ASKED)]
        for form, ask in _forms(cohort).items():
            yield _row(form, ask, known)
        transaction.set_rollback(True)


def _somebody(cohort: Cohort) -> str:
    user: Any = UserFactory()
    user.set_password("another long password")
    user.save()
    EnrollmentFactory(cohort=cohort, user=user)
    return str(user.email)


def _forms(cohort: Cohort) -> dict[str, Ask]:
    """Each form that anybody may send with an address, as a function that sends it and returns the status."""
    address = reverse("cohorts:signup-create", args=[cohort.slug, "mentee"])
    sign_up = {
        **FirstForm(Client().get(address).content.decode()).data,
        "full_name": "Wanjiru",
        "title": "Soil maps",
        "description": "Maps of soil.",
        "topics": "Soil, remote sensing",
        "goals": "A first map.",
        "country": "KE",
        "time_zone": "Africa/Nairobi",
        "languages": "English, Swahili",
        "shares_address": "on",
    }
    forms: dict[str, tuple[str, str, Mapping[str, Any]]] = {
        "sign in with a password": (reverse("account_login"), "login", {"password": PASSWORD}),
        "sign in with a code": (reverse("account_request_login_code"), "email", {}),
        "a new password": (reverse("account_reset_password"), "email", {}),
        "sign up": (address, "email", sign_up),
    }

    def asking(url: str, name: str, data: Mapping[str, Any]) -> Ask:
        return lambda browser, email: browser.post(url, {**data, name: email}).status_code

    return {form: asking(*about) for form, about in forms.items()}


def _row(form: str, ask: Ask, known: list[str]) -> Row:
    took: dict[bool, list[float]] = {True: [], False: []}
    answers = set()
    turns = [(email, True) for email in known] + [(f"stranger{n}@example.org", False) for n in range(len(known))]
    random.Random(15).shuffle(turns)
    ask(Client(), "first@example.org")  # loads what the first request loads
    for email, is_known in turns:
        browser, began = Client(), time.perf_counter()
        answers.add(ask(browser, email))
        took[is_known].append((time.perf_counter() - began) * 1000)
    there, away = median(took[True]), median(took[False])
    apart = abs(there - away)
    figure = f"{there:.1f} ms for known and {away:.1f} ms for unknown ones, answers {sorted(answers)}"
    return Row(
        "S8",
        "Known and unknown addresses take the same time",
        f"the form of “{form}”, {len(known)} addresses each, medians; at most {MOST:.0%} or {MOST_MS:.0f} ms apart",
        figure,
        len(answers) == 1 and max(answers) < 400 and (apart < MOST_MS or apart / max(there, away) < MOST),
    )
