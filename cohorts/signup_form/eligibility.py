"""Rules of who may sign up for a cohort."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cohorts.models import Cohort, Enrollment
from cohorts.querysets import EnrollmentQuerySet
from mentorship.core.extensions import ExtensionPoint
from mentorship.core.reference_data import country_name, language_name


@dataclass(frozen=True)
class EligibilityRule:
    """A rule of another app: its label in the form, the people who meet it (by address), and the error for others."""

    label: str
    meets: Callable[[Cohort, str, str], bool]
    words: str


ELIGIBILITY_RULES: ExtensionPoint[EligibilityRule] = ExtensionPoint(
    "rules of eligibility", asked_by=__name__, about="Who may sign up, beside the rules of the app itself."
)


def eligibility_errors(cohort: Cohort, role: str, answers: Mapping[str, Any]) -> dict[str, str]:
    """Field → sentence for the applicant, for each rule that the answers break."""
    rules = cohort.eligibility.get(role, {})
    found: dict[str, str] = {}
    countries, languages = rules.get("countries", []), rules.get("languages", [])
    if countries and (code := answers.get("country")) and code not in countries:
        names = ", ".join(country_name(c) for c in countries)
        found["country"] = f"This round is for people in {names}."
    if languages and "languages" in answers and not set(languages) & set(answers["languages"]):
        names = " or ".join(language_name(c) for c in languages)
        found["languages"] = f"This round works in {names}."
    hours = answers.get("hours_per_month")
    if (least := rules.get("min_hours")) and hours is not None and hours < least:
        found["hours_per_month"] = f"This round needs {least} hours a month."
    return found


def history_errors(cohort: Cohort, role: str, email: str) -> dict[str, str]:
    """Field → sentence for the applicant, for each rule about earlier participation that they break.

    The sentences reveal who took part, so show them only to somebody who has proven the address.
    """
    rules, found, email = cohort.eligibility.get(role, {}), {}, email.lower()
    if rules.get("first_time") and _took_part(cohort, role, email):
        found["email"] = f"This round is for those who have not been a {cohort.programme.label_of(role)} here before."
    for name, rule in ELIGIBILITY_RULES.items():
        if rules.get(name) and not rule.meets(cohort, role, email):
            found["email"] = rule.words
    if rules.get("graduates") and not _graduated(cohort, email):
        found["email"] = "This round asks those who finished an earlier one."
    return found


def _took_part(cohort: Cohort, role: str, email: str) -> bool:
    """Whether the owner of an address was in this role in another cohort of the programme."""
    return _elsewhere(cohort, role, email).occupying_place().exists()


def _graduated(cohort: Cohort, email: str) -> bool:
    """Whether the owner of an address completed another cohort of the programme as a mentee."""
    return _elsewhere(cohort, "mentee", email).filter(status="completed").exists()


def _elsewhere(cohort: Cohort, role: str, email: str) -> EnrollmentQuerySet:
    others = Enrollment.objects.filter(cohort__programme=cohort.programme_id).exclude(cohort=cohort)
    return others.filter(role=role, user__email=email.lower())
