"""The purposes of personal data: its kinds, reasons and readers. The privacy notice is made of them.

Every app with a rule of personal data belongs to one purpose, and every class of retention names one.
"""

from dataclasses import dataclass

from mentorship.operations.persons.model_registry import personal_data_rules
from mentorship.operations.retention.classes import CLASSES, KEPT, Kept, RetentionClass


@dataclass(frozen=True)
class Purpose:
    """One purpose in the words of the notice. `basis` is the usual reason in law, `apps` whose tables belong to it."""

    key: str
    title: str
    what: str
    why: str
    basis: str
    readers: str
    apps: tuple[str, ...] = ()

    @property
    def records(self) -> list[str]:
        """The kinds of rows about a person, as a copy of their data names them."""
        rules = personal_data_rules().items()
        return [rule.title for label, rule in rules if rule.title and label.split(".")[0] in self.apps]

    @property
    def classes(self) -> list[RetentionClass]:
        """The classes of its data that are deleted after some time."""
        return [kind for kind in CLASSES if kind.purpose == self.key]

    @property
    def kept(self) -> list[Kept]:
        """The parts of its data that are kept for good."""
        return [one for one in KEPT if one.purpose == self.key]


AGREED = "to do what you signed up for (contract)"
INTEREST = "our legitimate interest"

PURPOSES: tuple[Purpose, ...] = (
    Purpose(
        "account",
        "Your account",
        "Your name and email addresses; if you give them, your pronouns, time zone, country and languages; where and "
        "when you are signed in, with the browser and IP address; a password or second factor if you set one up.",
        "So that only you can sign in to your account, and times are shown in your own time zone.",
        AGREED,
        "You, the teams of the programmes you take part in, and operators. Only you and operators see where you are "
        "signed in.",
        ("accounts", "account", "mfa", "usersessions"),
    ),
    Purpose(
        "sign_up",
        "Sign-up and selection",
        "What you enter in the sign-up form, including your team, project, topics and files; the notes of reviewers "
        "and coordinators; whether you were accepted.",
        "To decide who gets a place, and to find out what each of you needs.",
        AGREED,
        "The people named next to each question in the form. Only coordinators read private needs and their own notes.",
        ("cohorts",),
    ),
    Purpose(
        "mentoring",
        "Matching and mentoring",
        "Who might suit you and why; who you were matched with; your wishes, breaks and answers; meetings, goals and "
        "notes.",
        "To find you a match, introduce you to each other and help if it doesn’t work out.",
        AGREED,
        "You, your match and the team of your programme. Only you and your match read your goals and notes. Your "
        "match gets your email address only if you agree. Only coordinators read why you "
        "declined a match or want another one.",
        ("matching",),
    ),
    Purpose(
        "training",
        "Training and events",
        "Which sessions you booked and attended, and what you thought of them.",
        "To keep a seat for you, to certify that you took part, and to pay the trainers.",
        AGREED,
        "The team of your programme. Programmes that share a session see which of their own people attend.",
        ("training",),
    ),
    Purpose(
        "check_ins",
        "Check-ins, help and alumni",
        "Your answers to short surveys; cases in which you or a coordinator ask for help; graduation, certificates and "
        "honoraria; whether you want to hear from us afterwards.",
        "To help early, to learn whether mentoring works, and to certify what you did.",
        f"{AGREED}; staying in touch afterwards: your consent",
        "Coordinators. If a survey is anonymous, nobody knows whose answers they are. Only the people named for it "
        "read concerns about conduct.",
        ("checkins",),
    ),
    Purpose(
        "partners",
        "Partners and money",
        "Which partner you represent, if you are its contact; the hours you gave; whether a partner may see your name; "
        "invoices and payments.",
        "To report to the partners who support the programme, and to keep accounts.",
        f"{INTEREST}; your consent where your name is shown; for accounts, the law",
        "The team of your programme. Partners see totals of at least five people, and names only of those who agreed.",
        ("partners",),
    ),
    Purpose(
        "mail",
        "Emails",
        "Every email that we send you: its text, when it was sent and whether it bounced.",
        "So that each email reaches you once, and we can see whether it did.",
        INTEREST,
        "The team of the programme that sent it, without codes and personal links: only you see those.",
        ("outbox",),
    ),
    Purpose(
        "rights",
        "Requests about your data",
        "What you asked for, when, and what we answered.",
        "To answer in time, and to be able to show that we did.",
        "the law",
        "Coordinators of your programmes, and operators.",
    ),
    Purpose(
        "security",
        "Security and records",
        "Who did what and when; who read what was told in confidence; how many attempts were made, such as to sign in; "
        "backups.",
        "To notice mistakes and misuse, and put them right.",
        INTEREST,
        "Teams read the history of what they work on. Only operators see the rest.",
        ("audit", "admin", "submissions", "sessions", "auth", "contenttypes", "operations"),
    ),
)


def purpose_of(label: str) -> Purpose:
    """The purpose of a model, by its label. Raises KeyError for an app that no purpose has."""
    return {app: purpose for purpose in PURPOSES for app in purpose.apps}[label.split(".", maxsplit=1)[0]]
