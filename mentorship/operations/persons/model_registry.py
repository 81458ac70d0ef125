"""All models with personal data, as provided by the apps (see `mentorship.core.personal_data`)."""

from functools import cache

from mentorship.core.personal_data import PERSONAL_DATA, PersonalDataRule

# Found by their recipients, see `mail_erasure`.
MAILS = "outbox.outboxmessage"


@cache
def personal_data_rules() -> dict[str, PersonalDataRule]:
    """Model label → its rule, for every model that has one."""
    return {label: rule for rules in PERSONAL_DATA for label, rule in rules.items()}


def books() -> dict[str, str]:
    """Model label → why its rows never change, on nobody's request."""
    return {label: rule.books for label, rule in personal_data_rules().items() if rule.books}


def organisation_columns() -> set[str]:
    """Columns with addresses of organisations, such as cohorts.programme.contact_email."""
    return {f"{label}.{name}" for label, rule in personal_data_rules().items() for name in rule.organisations}
