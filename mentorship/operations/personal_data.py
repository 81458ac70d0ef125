"""Rules of personal data of what operators write and what is counted."""

from mentorship.core.personal_data import PersonalDataRule

PERSONAL_DATA_RULES: dict[str, PersonalDataRule] = {
    "operations.privacydetails": PersonalDataRule(
        actors=("changed_by",),
        organisations=("contact_email",),
        mentions=("responsible", "officer", "authority", "processors", "more"),
    ),
    "operations.deletioncount": PersonalDataRule(technical=("key",)),
}
