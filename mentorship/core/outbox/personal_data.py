"""Rules of personal data of messages. Messages themselves are found by their lists of recipients."""

from mentorship.core.personal_data import DELETE, PROGRAMME, TEAM, THEMSELVES, PersonalDataRule

PERSONAL_DATA_RULES: dict[str, PersonalDataRule] = {
    "outbox.plannedchange": PersonalDataRule(actors=("by",)),
    "outbox.bounce": PersonalDataRule(
        "Emails that came back",
        addresses=("address",),
        erase=DELETE,
        words={"event": PROGRAMME, "address": THEMSELVES, "words": PROGRAMME},
    ),
    "outbox.suppression": PersonalDataRule(
        "Addresses left out",
        addresses=("address",),
        erase=DELETE,
        words={"address": THEMSELVES, "note": TEAM},
    ),
}
