"""Personal-data rules of messages. Messages themselves are found by their recipients."""

from mentorship.core.personal_data import DELETE, PROGRAMME, TEAM, THEMSELVES, PersonalDataRule

PERSONAL_DATA_RULES: dict[str, PersonalDataRule] = {
    "outbox.plannedchange": PersonalDataRule(mentions=("key",), actors=("by",)),
    "outbox.bounce": PersonalDataRule(
        "Emails that came back",
        addresses=("address",),
        erase=DELETE,
        words={"event": PROGRAMME, "address": THEMSELVES, "words": PROGRAMME},
    ),
    "outbox.suppression": PersonalDataRule(
        "Blocked addresses",
        addresses=("address",),
        erase=DELETE,
        words={"address": THEMSELVES, "note": TEAM},
    ),
    "outbox.outboxmessage": PersonalDataRule(
        mentions=(
            "key",
            "why",
            "to",
            "cc",
            "bcc",
            "reply_to",
            "people",
            "audience",
            "recipe",
            "subject",
            "body_text",
            "body_html",
            "links",
            "attached",
            "unsubscribe_url",
            "delivered_to",
            "sender",
            "last_error",
        ),
        technical=("scope", "kind", "provider_id", "language"),
    ),
    "outbox.attachment": PersonalDataRule(mentions=("name", "content"), technical=("content_type",)),
    "outbox.heartbeat": PersonalDataRule(technical=("name", "where", "note")),
    "outbox.forgottenaddress": PersonalDataRule(technical=("digest",)),
    "outbox.mailtemplate": PersonalDataRule(mentions=("subject", "body"), technical=("scope", "kind")),
}
