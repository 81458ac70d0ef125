"""Promises whose measurement is among the tests."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Tested:
    """A promise, the trial of it, and the files of tests that try it."""

    number: str
    promise: str
    how: str
    files: tuple[str, ...]


TESTED = (
    Tested(
        "R3",
        "A reminder goes once, on the right local day",
        "400 days of sweeps in several zones, with missed days, two beats and both changes of the clock",
        ("checkins/tests/test_waves_year.py", "checkins/tests/test_schedule_due_dates.py"),
    ),
    Tested(
        "R4",
        "Nobody waits for a broker that is away",
        "people sign in, sign up and confirm while a real Valkey is frozen, killed and back",
        ("mentorship/tests/test_broker_away.py", "mentorship/core/tests/test_wake_up.py"),
    ),
    Tested(
        "R6",
        "Every answer of a mail server is understood",
        "a mail server that refuses, defers, hangs, cuts the connection, or refuses one of two addresses",
        ("mentorship/core/outbox/tests/test_delivery.py", "mentorship/core/outbox/tests/test_sessions.py"),
    ),
    Tested(
        "R7",
        "Seats are never oversold",
        "200 people ask a live server for 20 seats in the same second; with the lock taken out, the race is seen",
        ("training/tests/test_booking_live_race.py", "training/tests/test_booking_seats.py"),
    ),
    Tested(
        "R8",
        "Whatever is sent twice has one effect",
        "every form of the demo sent twice, and by two threads at once",
        ("mentorship/tests/walks/test_every_form_twice.py", "mentorship/core/submissions/tests"),
    ),
    Tested(
        "R9",
        "Money adds up exactly",
        "random splits of amounts in currencies of no, two and three decimals, checked with fractions",
        ("partners/tests/test_money_split.py",),
    ),
    Tested(
        "R11",
        "An issued invoice never changes",
        "changes by the models and by SQL, refused by triggers; with the triggers taken out, they pass",
        ("partners/tests/test_billing_invoices.py",),
    ),
    Tested(
        "R12",
        "The audit trail is only added to",
        "changes and deletions by the models and by SQL",
        ("mentorship/core/audit/tests",),
    ),
    Tested(
        "R13",
        "A backup is restored row by row",
        "the demo moved from one database to the other and compared; a restored backup sends nothing twice",
        ("mentorship/devtools/demo/tests/test_backups.py", "mentorship/core/outbox/tests/test_restored_backup.py"),
    ),
    Tested(
        "R14",
        "Upgrades keep serving",
        "each released state is filled and migrated while its own models read and write; what breaks them is caught",
        ("mentorship/tests/test_upgrades.py", "mentorship/devtools/tests/test_upgrades.py"),
    ),
    Tested(
        "S1 S2",
        "Nobody reaches what is not theirs",
        "every address as somebody of every role, with marks in every text; the long form is the part access",
        ("mentorship/tests/walks/test_access.py", "matching/tests/test_board_access.py"),
    ),
    Tested(
        "S3 S4",
        "What people type is text, in pages and mails, and makes no header",
        "markup, line ends of every kind and control characters in names, titles and words",
        ("mentorship/core/outbox/tests/test_hostile.py", "mentorship/core/outbox/tests/test_mime.py"),
    ),
    Tested(
        "S5",
        "No cell of an export is a formula",
        "signs behind every kind of space and separator",
        ("mentorship/core/ui/tests/test_export.py",),
    ),
    Tested(
        "S6",
        "Words of coordinators run nothing",
        "templates, attributes and formats as random text",
        ("mentorship/core/outbox/tests/test_mail_templates.py",),
    ),
    Tested(
        "S7",
        "Limits hold, and lock nobody else out",
        "guesses and floods by address, account, link and source, with the cache there and away",
        (
            "mentorship/core/tests/test_limits.py",
            "mentorship/core/tests/test_client_address.py",
            "cohorts/tests/test_signup_limits.py",
        ),
    ),
    Tested(
        "S8",
        "No page tells who is known",
        "sign-up, team members and rules about the past, for known and unknown addresses",
        ("cohorts/tests/test_signup_tells_nothing.py",),
    ),
    Tested(
        "S9",
        "Personal pages are kept nowhere",
        "the headers of pages",
        ("mentorship/core/tests/test_private_pages.py",),
    ),
    Tested(
        "S10",
        "Following a link changes nothing",
        "a mail scanner that opens every link and presses the first button",
        ("mentorship/tests/test_machines_that_read_mail.py",),
    ),
    Tested(
        "S11",
        "A signed link is for one purpose, and ends",
        "changed bytes, other purposes, old and used links",
        ("mentorship/core/tests/test_links.py", "mentorship/tests/test_links_end.py"),
    ),
    Tested(
        "S12",
        "An uploaded picture is only a picture",
        "files that are none, too large, or hold more",
        ("partners/tests/test_records_logos.py",),
    ),
    Tested(
        "S13 P7",
        "No address that somebody gives is fetched, and nothing leaves the installation",
        "every test fails if it opens a connection to another machine; no page of the demo fetches from one",
        (
            "mentorship/devtools/tests/test_outside.py",
            "mentorship/tests/walks/test_every_page.py",
            "mentorship/tests/walks/test_every_form_twice.py",
        ),
    ),
    Tested(
        "S14",
        "Unsafe settings don’t start",
        "demos at public addresses, known and short keys; logs without personal data",
        ("mentorship/tests/test_settings.py", "mentorship/core/tests/test_log_lines.py"),
    ),
    Tested(
        "P1 P2",
        "A copy has everything about a person, and erasure leaves nothing",
        "people with something in every model",
        ("mentorship/operations/persons/tests",),
    ),
    Tested(
        "P3",
        "What is past its time is deleted",
        "a clock that moves on, for every class of what is kept",
        ("mentorship/operations/tests/test_retention.py",),
    ),
    Tested(
        "P5",
        "Anonymous answers can’t be linked",
        "copies of the database compared, and false participants",
        ("checkins/tests/test_answering_anonymous.py",),
    ),
    Tested(
        "P6",
        "One click ends optional mails",
        "requests without cookies, and the mails that follow",
        ("mentorship/core/outbox/tests/test_suppression.py",),
    ),
    Tested(
        "A1",
        "Pages are accessible",
        "axe in Chromium on pages of participants and coordinators",
        ("mentorship/core/accounts/tests/test_zones_browser.py", "cohorts/tests/test_signup_browser.py"),
    ),
)
