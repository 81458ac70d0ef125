"""Personal-data rules of accounts, sign-in and the audit trail."""

from mentorship.core.personal_data import BLANK, DELETE, NO_ADDRESS, PROGRAMME, THEMSELVES, PersonalDataRule

PERSONAL_DATA_RULES: dict[str, PersonalDataRule] = {
    "accounts.user": PersonalDataRule(
        "Account",
        whose=("pk",),
        erase=BLANK,
        held_back=("password", "groups", "user_permissions"),
        blank={
            "email": lambda row: NO_ADDRESS.format(row.pk),
            "full_name": "Erased person",
            "preferred_name": "",
            "pronouns": "",
            "time_zone": "",
            "country": "",
            "languages": [],
            "language": "",
            "is_staff": False,
            "is_superuser": False,
            "is_active": False,
            "last_login": None,
            "password": "!",
        },
        why="An empty row stays, so that what others did with them keeps its place and counts stay right.",
        words=dict.fromkeys(
            ("email", "full_name", "preferred_name", "pronouns", "time_zone", "country", "languages", "language"),
            THEMSELVES,
        ),
    ),
    "accounts.user_groups": PersonalDataRule("Groups of operators", whose=("user",), erase=DELETE),
    "accounts.user_user_permissions": PersonalDataRule("Rights of operators", whose=("user",), erase=DELETE),
    "accounts.workspacerole": PersonalDataRule("Roles in teams", whose=("user",), erase=DELETE),
    "accounts.savedview": PersonalDataRule(
        "Their views of lists",
        whose=("user",),
        erase=DELETE,
        words={"list_name": PROGRAMME, "name": THEMSELVES, "query": THEMSELVES},
    ),
    "accounts.personmerge": PersonalDataRule(
        "Rows that were put together",
        whose=("kept", "merged"),
        actors=("by",),
        erase=DELETE,
        words={"moved": PROGRAMME},
    ),
    "accounts.datarequest": PersonalDataRule(
        "Requests about their data",
        whose=("user",),
        actors=("answered_by",),
        erase=BLANK,
        blank={"words": "", "answer": ""},
        words={"words": THEMSELVES, "answer": PROGRAMME},
        why="That they asked, and when they had an answer, stays without words: it shows that we answer.",
    ),
    "accounts.datarequest_workspaces": PersonalDataRule(
        "Whom they asked about their data",
        whose=("datarequest__user",),
        why="It belongs to the request.",
    ),
    "accounts.stoppedlink": PersonalDataRule(
        "Links that work no more",
        whose=("person",),
        erase=DELETE,
        words=dict.fromkeys(("purpose", "values"), PROGRAMME),
    ),
    "account.emailaddress": PersonalDataRule(
        "Addresses",
        whose=("user",),
        addresses=("email",),
        erase=DELETE,
        words={"email": THEMSELVES},
    ),
    "account.emailconfirmation": PersonalDataRule(
        "Confirmations of addresses", whose=("email_address__user",), erase=DELETE, held_back=("key",)
    ),
    "usersessions.usersession": PersonalDataRule(
        "Where they are signed in",
        whose=("user",),
        words={"user_agent": THEMSELVES, "ip": THEMSELVES},
        erase=DELETE,
        held_back=("session_key", "data"),
    ),
    "mfa.authenticator": PersonalDataRule("Second factors", whose=("user",), erase=DELETE, held_back=("data",)),
    "admin.logentry": PersonalDataRule(
        mentions=("object_repr", "change_message"), technical=("object_id",), actors=("user",)
    ),
    "audit.auditentry": PersonalDataRule(
        mentions=("data",), technical=("verb", "object_type", "object_id"), actors=("actor",)
    ),
    "accounts.workspace": PersonalDataRule(impersonal=("name",)),
    "accounts.limitentry": PersonalDataRule(technical=("cache_key", "value")),
    "submissions.submission": PersonalDataRule(technical=("key", "location")),
    "sessions.session": PersonalDataRule(technical=("session_key", "session_data")),
    "auth.permission": PersonalDataRule(impersonal=("name", "codename")),
    "auth.group": PersonalDataRule(impersonal=("name",)),
    "contenttypes.contenttype": PersonalDataRule(impersonal=("app_label", "model")),
    "audit.readentry": PersonalDataRule(
        "Who read what they told in confidence",
        whose=("about",),
        actors=("reader",),
        held_back=("reader",),
        stays=("object_type", "object_id"),
        words=dict.fromkeys(("object_type", "object_id"), PROGRAMME),
        why="That it was read stays until its time is up, on the empty row that stays of the account.",
    ),
    "audit.trailopening": PersonalDataRule(technical=("reason",)),
}
