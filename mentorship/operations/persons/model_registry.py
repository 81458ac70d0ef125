"""Where in the house people are: which rows are about somebody, and what becomes of them when they ask to be erased.

A new model that points to people, or holds an address, gets one entry in KNOWN; a test fails until it has one:

    "rooms.model": Known("Title in the export", whose=("path__to__user",), erase=DELETE),

Texts that merely mention somebody need no entry: `mentions` goes through every column of every table.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mentorship.core.accounts.models import ERASED

DELETE, BLANK, KEEP = "removed", "anonymised", "kept"
NO_ADDRESS = "erased-{}@erased.invalid"


@dataclass(frozen=True)
class PersonalDataRule:
    """One model. Rows are about a person by `whose` (lookups that end at a user) or `addresses` (at an e-mail address).

    `actors`: foreign keys to users that only say who did a thing: such a row is not about them.
    `written_by`: of these, the ones by which somebody wrote words that belong into an export of theirs, too.
    `blank`: column → what it becomes (a function gets the row); `stays`: texts of the row that tell of nobody.
    `held_back`: columns that are not handed out, because they are secrets or tell of somebody else.
    `withheld`: rows that are not handed out at all, as a filter: a concern tells of those who raised it.
    `why`: what stays and for which reason, for the person who asked.
    """

    title: str = ""
    whose: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    written_by: tuple[str, ...] = ()
    erase: str = KEEP
    blank: Mapping[str, Any | Callable[[Any], Any]] = field(default_factory=dict)
    stays: tuple[str, ...] = ()
    held_back: tuple[str, ...] = ()
    withheld: Mapping[str, Any] = field(default_factory=dict)
    why: str = ""

    @property
    def is_about_people(self) -> bool:
        return bool(self.whose or self.addresses)


def _of_team(row: Any, text: str, without: str) -> str:
    """What a project says belongs to all of its team."""
    return text if row.members.exists() else without


ENROLLED = ("enrollment__user",)
PAIR = ("mentee__user", "mentor__user")
KNOWN: dict[str, PersonalDataRule] = {
    # --- the account ---
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
            "is_staff": False,
            "is_superuser": False,
            "is_active": False,
            "last_login": None,
            "password": "!",
        },
        why="An empty row stays, so that what others did with them keeps its place and counts stay right.",
    ),
    "accounts.user_groups": PersonalDataRule("Groups of operators", whose=("user",), erase=DELETE),
    "accounts.user_user_permissions": PersonalDataRule("Rights of operators", whose=("user",), erase=DELETE),
    "accounts.workspacerole": PersonalDataRule("Roles in teams", whose=("user",), erase=DELETE),
    "accounts.personmerge": PersonalDataRule(
        "Rows that were put together",
        whose=("kept", "merged"),
        actors=("by",),
        erase=DELETE,
    ),
    "account.emailaddress": PersonalDataRule("Addresses", whose=("user",), addresses=("email",), erase=DELETE),
    "account.emailconfirmation": PersonalDataRule(
        "Confirmations of addresses", whose=("email_address__user",), erase=DELETE, held_back=("key",)
    ),
    "mfa.authenticator": PersonalDataRule("Second factors", whose=("user",), erase=DELETE, held_back=("data",)),
    "admin.logentry": PersonalDataRule(actors=("user",)),
    "audit.auditentry": PersonalDataRule(actors=("actor",)),
    # --- cohorts ---
    "cohorts.enrollment": PersonalDataRule(
        "Sign-ups",
        whose=("user",),
        erase=BLANK,
        stays=("role", "status", "country"),
        held_back=("note",),
        blank={
            "external_id": "",
            "status_reason": "",
            "title": lambda row: _of_team(row, row.title, f"Erased project {row.pk}" if row.role == "mentee" else ""),
            "description": lambda row: _of_team(row, row.description, ""),
            "goals": lambda row: _of_team(row, row.goals, ""),
            "private_needs": "",
            "note": "",
            "mentoring_type": "",
            "interaction_style": "",
            "hours_per_month": None,
            "time_zone": "",
            "languages": [],
            "comes_back_as": [],
            "defers": False,
            "shares_address": False,
            "listed_publicly": False,
        },
        why="Role, status and country stay without a name: figures were published with them. What a team says of its "
        "project stays with the others of the team.",
    ),
    "cohorts.enrollment_topics": PersonalDataRule("Topics", whose=ENROLLED, erase=DELETE),
    "cohorts.teammember": PersonalDataRule("Teams", whose=("user",), erase=DELETE),
    "cohorts.signupanswer": PersonalDataRule("Answers at sign-up", whose=ENROLLED, erase=DELETE),
    "cohorts.signupfile": PersonalDataRule("Files", whose=ENROLLED, erase=DELETE),
    "cohorts.pendingsignup": PersonalDataRule(
        "Sign-ups to be confirmed", whose=ENROLLED, addresses=("email",), erase=DELETE
    ),
    "cohorts.review": PersonalDataRule(
        "Reviews",
        whose=ENROLLED,
        actors=("reviewer",),
        written_by=("reviewer",),
        erase=BLANK,
        stays=("scores", "recommendation"),
        held_back=("reviewer", "enrollment"),
        blank={"summary": "", "conflict_reason": ""},
        why="Scores stay without words and without a name: they say why others had a place.",
    ),
    "cohorts.calendarfeed": PersonalDataRule("Calendar link", whose=("user",), erase=DELETE),
    "cohorts.differentpeople": PersonalDataRule(
        "Not the same person as somebody else", whose=("first", "second"), erase=DELETE, held_back=("first", "second")
    ),
    "cohorts.optout": PersonalDataRule("Mails not wanted", whose=("user",), erase=DELETE),
    "cohorts.mailingrecipient": PersonalDataRule(
        "Mails to many", whose=("user",), stays=("skipped",), why="That there was a mail stays; its words are gone."
    ),
    "cohorts.checklistitem": PersonalDataRule(actors=("owner", "done_by")),
    "cohorts.importbatch": PersonalDataRule(actors=("created_by",)),
    "cohorts.mailing": PersonalDataRule(actors=("created_by",)),
    "cohorts.selectionrun": PersonalDataRule(actors=("by",)),
    "cohorts.topicmerge": PersonalDataRule(actors=("by",)),
    # --- training ---
    "training.trainingbooking": PersonalDataRule(
        "Trainings and calls",
        whose=ENROLLED,
        addresses=("guest__email",),
        why="That somebody was there stays without a name: providers were paid by it.",
    ),
    "training.memberattendance": PersonalDataRule(
        "Trainings and calls with their team",
        whose=("user",),
        why="That somebody of the team was there stays without a name: providers were paid by it.",
    ),
    "training.trainingfeedback": PersonalDataRule(
        "What they thought of trainings",
        whose=("user",),
        addresses=("booking__guest__email",),
        erase=BLANK,
        blank={"words": ""},
        why="The number of one to five stays in the average.",
    ),
    "training.trainingguest": PersonalDataRule(
        "As a guest at trainings",
        addresses=("email",),
        erase=BLANK,
        blank={"name": ERASED, "email": lambda row: NO_ADDRESS.format(f"guest-{row.pk}"), "time_zone": "UTC"},
        why="That a guest of the organisation came stays without a name.",
    ),
    "training.attendanceimport": PersonalDataRule(actors=("by",)),
    # --- matching ---
    "matching.match": PersonalDataRule(
        "Matches",
        whose=PAIR,
        erase=BLANK,
        stays=("status",),
        blank={"why": "", "ended_reason": ""},
        why="That there was a pair stays without this name: the other one's history is theirs.",
    ),
    "matching.matchproposal": PersonalDataRule("Proposed matches", whose=PAIR, erase=DELETE),
    "matching.matchpin": PersonalDataRule("Fixed by hand", whose=PAIR, actors=("created_by",), erase=DELETE),
    "matching.goalchoice": PersonalDataRule("Goals chosen", whose=ENROLLED, erase=DELETE),
    "matching.goalplace": PersonalDataRule("Goal groups", whose=ENROLLED, erase=DELETE),
    "matching.speedrsvp": PersonalDataRule("Events", whose=ENROLLED, why="How many came stays, without a name."),
    "matching.speedwish": PersonalDataRule(
        "Wishes after events", whose=("by__user", "whom__user"), erase=DELETE, held_back=("by",)
    ),
    "matching.matchrun": PersonalDataRule(actors=("created_by",)),
    "matching.boardchange": PersonalDataRule(actors=("by",)),
    "matching.heldback": PersonalDataRule("Left for later", whose=ENROLLED, actors=("created_by",), erase=DELETE),
    "matching.askedpair": PersonalDataRule("Asked about a match", whose=PAIR, actors=("created_by",), erase=DELETE),
    "matching.askedside": PersonalDataRule(
        "Answers about a match",
        whose=("pair__mentee__user", "pair__mentor__user"),
        actors=("answered_by",),
        written_by=("answered_by",),
        erase=DELETE,
        held_back=("reason",),
    ),
    "matching.mentorpause": PersonalDataRule("Pauses as a mentor", whose=ENROLLED, actors=("by",), erase=DELETE),
    "matching.rematchwish": PersonalDataRule(
        "Asked for another match",
        whose=("match__mentee__user", "match__mentor__user"),
        actors=("by",),
        written_by=("by",),
        erase=DELETE,
        held_back=("words",),
    ),
    "matching.replacementsearch": PersonalDataRule(
        "Looked for another mentor", whose=("mentee__user",), actors=("created_by",), erase=DELETE
    ),
    "matching.pairgoal": PersonalDataRule(
        "Goals of their pairs", whose=("proposed_by",), actors=("agreed_by", "done_by"), erase=DELETE
    ),
    "matching.pairgoal_matches": PersonalDataRule(
        "Which pair a goal is of", whose=("pairgoal__proposed_by",), erase=DELETE
    ),
    "matching.pairnote_matches": PersonalDataRule("Which pair a note is of", whose=("pairnote__author",), erase=DELETE),
    "matching.pairnote": PersonalDataRule(
        "Notes of their pairs", whose=("author",), actors=("changed_by",), erase=DELETE
    ),
    # --- check-ins ---
    "checkins.checkin": PersonalDataRule(
        "Check-ins",
        whose=("user",),
        stays=("stopped_because", "zone"),
        why="That somebody was asked and answered stays without a name: rates were reported with it.",
    ),
    "checkins.answer": PersonalDataRule(
        "Answers in check-ins",
        whose=("checkin__user",),
        erase=BLANK,
        stays=("value",),
        blank={"text": ""},
        why="Numbers and choices stay in the sums; every word is gone.",
    ),
    "checkins.reply": PersonalDataRule(
        "What they wrote instead of answering",
        whose=("user",),
        actors=("by",),
        erase=DELETE,
        held_back=("by",),
    ),
    "checkins.case": PersonalDataRule(
        "Cases",
        whose=("about",),
        actors=("owner",),
        erase=BLANK,
        stays=("kind", "status"),
        blank={"summary": "", "next_step": ERASED, "outcome": ""},
        held_back=("owner",),
        withheld={"kind": "conduct"},
        why="That there was a case stays, without words and name.",
    ),
    "checkins.casenote": PersonalDataRule(
        "Notes on their cases",
        whose=("case__about",),
        actors=("by",),
        written_by=("by",),
        erase=BLANK,
        blank={"text": ERASED},
        held_back=("by", "case"),
        withheld={"case__kind": "conduct"},
    ),
    "checkins.pairpause": PersonalDataRule(
        "Pauses",
        whose=("match__mentee__user", "match__mentor__user"),
        actors=("by",),
        erase=BLANK,
        blank={"reason": ""},
    ),
    "checkins.criterionmet": PersonalDataRule(
        "What it takes to graduate", whose=("user",), actors=("by",), why="The graduation rate is made of it."
    ),
    "checkins.graduation": PersonalDataRule(
        "Graduations",
        whose=("user",),
        actors=("by",),
        erase=BLANK,
        stays=("status",),
        blank={"name": ERASED, "reason": lambda one: one.reason and ERASED},  # who ended early has a reason
        why="That somebody graduated stays in the rate; the certificate is void.",
    ),
    "checkins.conductreader": PersonalDataRule("Reads concerns", whose=("user",), erase=DELETE),
    "checkins.alumniconsent": PersonalDataRule("Stays in touch", whose=("user",), erase=DELETE),
    "checkins.helperbreak": PersonalDataRule("Breaks", whose=("user",), erase=DELETE),
    "checkins.honorarium": PersonalDataRule(
        "Honoraria",
        whose=("user",),
        actors=("by",),
        stays=("what", "currency", "reference"),
        why="What was paid is part of the books, without a name.",
    ),
    "checkins.servicecertificate": PersonalDataRule(
        "Certificates of service",
        whose=("enrollment__user",),
        actors=("by",),
        erase=BLANK,
        stays=("what",),
        blank={"name": ERASED},
        why="The certificate is void.",
    ),
    "checkins.opportunity": PersonalDataRule(actors=("posted_by",), written_by=("posted_by",)),
    # --- mails ---
    "outbox.plannedchange": PersonalDataRule(actors=("by",)),
    "outbox.bounce": PersonalDataRule("Mails that came back", addresses=("address",), erase=DELETE),
    "outbox.suppression": PersonalDataRule("Addresses left out", addresses=("address",), erase=DELETE),
    # --- partners ---
    "partners.partnercontact": PersonalDataRule("Speaks for partners", whose=("user",), erase=DELETE),
    "partners.partnerperson": PersonalDataRule("Shown to partners", whose=ENROLLED, erase=DELETE),
    "partners.contributionentry": PersonalDataRule(
        "Hours given", whose=("person",), stays=("note",), why="The hours stay in the partner's sum, without a name."
    ),
    "partners.costshare": PersonalDataRule(actors=("answered_by",)),
    "partners.reportlink": PersonalDataRule(actors=("created_by",)),
    "partners.reportversion": PersonalDataRule(actors=("published_by",)),
}
# Found by the list of recipients, see `mails`.
MAILS = "outbox.outboxmessage"
# Addresses of organisations. Where one is a person's own, it is for them to name another.
ORGANISATIONS = {
    "cohorts.group.contact_email",
    "cohorts.programme.conduct_email",
    "cohorts.programme.contact_email",
    "partners.biller.email",
    "partners.partner.billing_email",
    "training.guestorganisation.contact_email",
}
# Never changed, whoever asks: the law wants the books kept, and what was published is a document.
BOOKS = {
    "partners.invoice": "issued invoices are kept as the law wants it, and cannot change",
    "partners.invoiceline": "issued invoices are kept as the law wants it, and cannot change",
    "partners.issueddocument": "issued invoices are kept as the law wants it, and cannot change",
    "partners.bankline": "bank statements are part of the books",
    "partners.payment": "payments are part of the books",
    "partners.reportversion": "a published report cannot change; it holds sums, and words that were printed by consent",
}
