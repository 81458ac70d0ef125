"""Rules of who may sign up for a cohort."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, ngettext

from cohorts.models import Cohort, Enrollment
from cohorts.querysets import EnrollmentQuerySet
from mentorship.core.extensions import ExtensionPoint
from mentorship.core.languages.current import current_locale
from mentorship.core.reference_data import country_name, language_name


@dataclass(frozen=True)
class EligibilityRule:
    """A rule of another app: its label in the form, the people who meet it (by address), and the error for others."""

    label: str
    meets: Callable[[Cohort, str, str], bool]
    words: Any


ELIGIBILITY_RULES: ExtensionPoint[EligibilityRule] = ExtensionPoint(
    "rules of eligibility", asked_by=__name__, about="Who may sign up, beside the rules of the app itself."
)


def eligibility_errors(cohort: Cohort, role: str, answers: Mapping[str, Any]) -> dict[str, str]:
    """Field → sentence for the applicant, for each rule that the answers break."""
    rules = cohort.eligibility.get(role, {})
    found: dict[str, str] = {}
    countries, languages = rules.get("countries", []), rules.get("languages", [])
    if countries and (code := answers.get("country")) and code not in countries:
        names = ", ".join(country_name(c, current_locale()) for c in countries)
        found["country"] = gettext("This round is for people in {countries}.").format(countries=names)
    if languages and "languages" in answers and not set(languages) & set(answers["languages"]):
        names = gettext(" or ").join(language_name(c, current_locale()) for c in languages)
        found["languages"] = gettext("This round works in {languages}.").format(languages=names)
    hours = answers.get("hours_per_month")
    if (least := rules.get("min_hours")) and hours is not None and hours < least:
        words = ngettext("This round needs {number} hour a month.", "This round needs {number} hours a month.", least)
        found["hours_per_month"] = words.format(number=least)
    return found


def history_errors(cohort: Cohort, role: str, email: str) -> dict[str, str]:
    """Field → sentence for the applicant, for each rule about earlier participation that they break.

    The sentences reveal who took part, so show them only to somebody who has proven the address.
    """
    rules, found, email = cohort.eligibility.get(role, {}), {}, email.lower()
    if rules.get("first_time") and _took_part(cohort, role, email):
        words = gettext("This round is for those who have not been a {role} here before.")
        found["email"] = words.format(role=cohort.programme.label_of(role))
    for name, rule in ELIGIBILITY_RULES.items():
        if rules.get(name) and not rule.meets(cohort, role, email):
            found["email"] = str(rule.words)
    if rules.get("graduates") and not _graduated(cohort, email):
        found["email"] = gettext("This round asks those who finished an earlier one.")
    return found


def way_out(cohort: Cohort) -> str:
    """The sentence for somebody whom the rules refuse."""
    words = gettext("If you think that you should be in, write to {contact}.")
    return words.format(contact=cohort.programme.contact_email)


def _took_part(cohort: Cohort, role: str, email: str) -> bool:
    """Whether the owner of an address was in this role in another cohort of the programme."""
    return _elsewhere(cohort, role, email).occupying_place().exists()


def _graduated(cohort: Cohort, email: str) -> bool:
    """Whether the owner of an address completed another cohort of the programme as a mentee."""
    return _elsewhere(cohort, "mentee", email).filter(status="completed").exists()


def _elsewhere(cohort: Cohort, role: str, email: str) -> EnrollmentQuerySet:
    others = Enrollment.objects.filter(cohort__programme=cohort.programme_id).exclude(cohort=cohort)
    return others.filter(role=role, user__email=email.lower())
