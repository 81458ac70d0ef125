"""Rules of personal data for the operators' own texts and for counts."""

from mentorship.core.personal_data import PersonalDataRule

PERSONAL_DATA_RULES: dict[str, PersonalDataRule] = {
    "operations.privacydetails": PersonalDataRule(
        actors=("changed_by",),
        organisations=("contact_email",),
        mentions=("responsible", "officer", "authority", "processors", "more"),
    ),
    "operations.deletioncount": PersonalDataRule(technical=("key",)),
}
