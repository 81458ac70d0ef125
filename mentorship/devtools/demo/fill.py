"""Fill the demo by the services: one completed cohort, one in matching, one open for sign-up."""

import random
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from checkins.answering.services import save_answers
from checkins.models import CheckIn, SurveyQuestion
from checkins.waves.sweep import sweep_checkins
from cohorts.channels.services import save_channel
from cohorts.models import Channel, Cohort, Enrollment, Programme
from cohorts.setup.services import create_cohort, create_programme, set_cohort_status
from cohorts.setup.team import grant_role
from matching.engine.services import run_now
from matching.intro.services import confirm_run
from matching.models import Match
from mentorship.core.accounts.models import User
from mentorship.core.accounts.people.services import person_by_email
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.demo.afterwards import afterwards, graduation, helpers, what_lasted
from mentorship.devtools.demo.consent import ask_some
from mentorship.devtools.demo.enrollment import deepen
from mentorship.devtools.demo.events import plan_events
from mentorship.devtools.demo.pairs import write_down
from mentorship.devtools.demo.partners import fill_partners, publish_reports
from mentorship.devtools.demo.public_face import show_in_public
from mentorship.devtools.demo.training import share_trainings
from mentorship.devtools.demo.under_way import begin_again
from mentorship.operations.models import PrivacyDetails
from mentorship.portal.sample.enroll import add_mentor, add_project, address_of
from mentorship.portal.sample.made_up import MENTORS
from partners.contacts.services import invite_contact
from partners.models import Partner
from partners.records.services import create_partner
from partners.sponsorships.services import add_sponsorship
from training.booking.services import book_seat
from training.models import TrainingSession
from training.sessions.services import create_session

DOMAIN = "demo.example.org"
PASSWORD = "demo"
SLUG = "open-seeds"
# Who signs in with the printed password, by role.
COORDINATOR, OWNER = f"coordinator@{DOMAIN}", f"owner@{DOMAIN}"
CONTACT = f"partner@{DOMAIN}"
WEEKS = 16
CHANNELS = (
    ("matrix", "#seeds:example.org", "questions to everybody, small ones too"),
    ("list", "seeds-news", "dates and opportunities, about one email a week"),
)
REMARKS = (
    "We meet every second Tuesday, and I leave with one thing to try.",
    "Finding an hour was hard at first; now it is fixed in both calendars.",
    "She asked the question that I had avoided for a year.",
    "",
    "More about writing, please.",
    "",
)


class RealPeopleError(Exception):
    """The database holds people who are not made up."""


def has_demo() -> bool:
    """Whether the demo is in this database already. Raises RealPeopleError if real people are."""
    if User.objects.exclude(email__endswith=f"@{DOMAIN}").exists():
        raise RealPeopleError("This database has people who are not made up. The demo wants one of its own.")
    return Programme.objects.filter(slug=SLUG).exists()


def fill(today: Any) -> None:
    """Fill an empty database. `today` is a date; the same day gives the same demo."""
    chance = random.Random(20)  # noqa: S311  (the same people do the same things in every demo)
    owner = _person(OWNER, "Rosa Lindgren", "Europe/Stockholm")
    coordinator = _person(COORDINATOR, "Amara Diallo", "Africa/Nairobi")
    programme = create_programme(
        name="Open Science Seeds",
        slug=SLUG,
        contact_email=f"hello@{DOMAIN}",
        by=owner,
        summary="Sixteen weeks with a mentor for people who want to make their research open, step by step.",
        code_of_conduct_url=f"https://{DOMAIN}/conduct",
        conduct_email=f"care@{DOMAIN}",
        mentee_label="project lead",
    )
    grant_role(workspace=programme.workspace, user=coordinator, role="coordinator", by=owner)
    viewer = _person(f"viewer@{DOMAIN}", "Ruth Stein", "Europe/Vienna")
    grant_role(workspace=programme.workspace, user=viewer, role="viewer", by=owner)
    for kind, name, about in CHANNELS:
        link = f"https://{DOMAIN}/{kind}"
        save_channel(channel=Channel(programme=programme, kind=kind, name=name, about=about, link=link), by=owner)
    PrivacyDetails(
        responsible="Open Science Seeds e.V.\nMuster Street 1, 10115 Berlin, Germany",
        contact_email=f"privacy@{DOMAIN}",
        processors="Example Hosting, Germany: the server and its backups",
    ).save()
    past = _past_cohort(programme, today, coordinator, chance)
    matching = _matching_cohort(programme, today, coordinator)
    _sign_ins()
    plan_events(matching, today, coordinator)
    open_cohort = _open_cohort(programme, today, coordinator)
    deepen(past, open_cohort, owner, coordinator)
    afterwards(past, (matching, open_cohort), owner, coordinator)
    _partners(programme, past, matching, coordinator)
    fill_partners(today, User.objects.get(email=CONTACT))
    share_trainings(past=past, coming=matching, by=coordinator)
    begin_again(_pair_of_sign_ins(), Cohort.objects.get(slug="fellows-1"))
    publish_reports(past, matching, coordinator)
    show_in_public(programme, past, owner, coordinator)
    _as_sent(timezone.now() - timedelta(days=1))


def _person(email: str, name: str, zone: str) -> User:
    person = person_by_email(email=email, full_name=name)
    person.time_zone = zone
    person.set_password(PASSWORD)
    person.save()
    return person


# Dates of the usual timeline that lie behind a cohort in a status.
PASSED = {"enrolling": ("opens",), "matching": ("webinar", "decisions")}


def _cohort(programme: Programme, name: str, slug: str, starts: Any, to: Sequence[str], by: User) -> Cohort:
    cohort = create_cohort(
        programme=programme,
        name=name,
        slug=slug,
        starts_on=starts,
        ends_on=starts + timedelta(weeks=WEEKS),
        time_zone="Africa/Nairobi",
        suggested_topics="Open data, Reproducibility, Python, R, Teaching, Community building, Citizen science",
        by=by,
    )
    for status in to:
        cohort = set_cohort_status(cohort=cohort, to=status, by=by)
        cohort.dates.filter(key__in=PASSED.get(status, ())).delete()
    return cohort


def _past_cohort(programme: Programme, today: Any, by: User, chance: random.Random) -> Cohort:
    starts = today - timedelta(weeks=WEEKS + 14)
    cohort = _cohort(programme, f"Spring {starts.year}", "seeds-1", starts, ["enrolling", "matching"], by)
    for number in range(16):
        # One mentor has four teams, as happens.
        add_mentor(cohort, number, "accepted", capacity=4 if number == 9 else 1, domain=DOMAIN)
    for number in range(18):
        # One team has two mentors.
        add_project(cohort, number, "accepted", mentors_wanted=2 if number == 2 else 1, domain=DOMAIN)
    # Nobody is introduced in a cohort that is over: for the moment it is not.
    Cohort.objects.filter(pk=cohort.pk).update(ends_on=today + timedelta(days=1))  # east of here it is tomorrow
    confirm_run(run=run_now(cohort=cohort, by=by)[0], by=by)
    Cohort.objects.filter(pk=cohort.pk).update(ends_on=cohort.ends_on)
    introduced = datetime.combine(starts, time(9), cohort.tz) - timedelta(days=4)
    _as_sent(introduced)
    cohort = set_cohort_status(cohort=cohort, to="running", by=by)
    _checkins(introduced, chance)
    write_down(Match.objects.filter(mentee__cohort=cohort).with_people().order_by("pk")[0], introduced)
    helpers(cohort, by)
    graduation(cohort, by, chance)
    cohort = set_cohort_status(cohort=cohort, to="completed", by=by)
    what_lasted(cohort, by, chance)
    _spread(cohort, introduced - timedelta(days=15))
    return cohort


def _spread(cohort: Cohort, until: datetime) -> None:
    """Let people have signed up over five weeks, more of them towards the end."""
    rows = list(Enrollment.objects.filter(cohort=cohort).order_by("pk"))
    for number, row in enumerate(rows, start=1):
        row.created_at = until - timedelta(days=35 * (1 - number / len(rows)) ** 1.6)
    Enrollment.objects.bulk_update(rows, ["created_at"])


def _as_sent(moment: datetime) -> None:
    """Mark all messages written so far as sent at `moment`: the past needs no worker."""
    OutboxMessage.objects.filter(status="queued").update(
        status="sent", sent_at=moment, due_at=moment, created_at=moment, attempts=F("attempts") + 1
    )


def _checkins(introduced: datetime, chance: random.Random) -> None:
    sweep_checkins(introduced + timedelta(days=1))
    first = CheckIn.objects.order_by("due_at").first()
    if first is None:
        return
    asked = first.due_at + timedelta(days=2)
    sweep_checkins(asked)
    _as_sent(asked)
    questions = list(SurveyQuestion.objects.filter(survey__waves__checkins=first))
    for checkin in CheckIn.objects.filter(status="sent").order_by("pk"):
        if chance.random() < 0.8:
            save_answers(
                checkin=checkin,
                answers={q.pk: _answer(q, chance) for q in questions},
                now=asked + timedelta(hours=chance.randint(1, 60)),
            )
    for days in (8, 15, 60):
        sweep_checkins(asked + timedelta(days=days))
        _as_sent(asked + timedelta(days=days))


def _answer(question: SurveyQuestion, chance: random.Random) -> str:
    if question.kind == "scale":
        return str(chance.choices((5, 4, 3, 2), (9, 7, 3, 1))[0])
    if question.kind == "yes_no":
        return chance.choices(("yes", "no"), (9, 1))[0]
    if question.kind == "one":
        values = [value for value, _label in question.options]
        return chance.choices(values, [14, 3, 1, 1, 1][: len(values)])[0]
    return chance.choice(REMARKS)


def _matching_cohort(programme: Programme, today: Any, by: User) -> Cohort:
    starts = today + timedelta(weeks=2)
    cohort = _cohort(programme, f"Winter {starts.year}", "seeds-2", starts, ["enrolling", "matching"], by)
    for number in range(4, 20):
        add_mentor(
            cohort, number, "accepted" if number != 5 else "withdrawn", capacity=2 if number == 9 else 1, domain=DOMAIN
        )
    for number in range(6, 24):
        add_project(
            cohort,
            number,
            "waitlisted" if number == 21 else "accepted",
            mentors_wanted=2 if number == 8 else 1,
            domain=DOMAIN,
        )
    # A mentor who brings a project of their own, too.
    name, *_rest = MENTORS[17]
    add_project(cohort, 5, "accepted", email=address_of(name, 17, "mentor", DOMAIN), domain=DOMAIN)
    _spread(cohort, timezone.now() - timedelta(days=9))
    ask_some(run_now(cohort=cohort, by=by)[0], by)
    _training(cohort, by)
    return cohort


def _training(cohort: Cohort, by: User) -> None:
    day = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=10)
    sessions: list[TrainingSession] = [
        create_session(
            cohort=cohort,
            provider="The Listening Company",
            training="Listening, asking, giving feedback",
            starts_at=day + timedelta(days=days, hours=hour),
            seats=8,
            joining_link=f"https://{DOMAIN}/call/{number}",
            by=by,
        )
        for number, (days, hour) in enumerate([(0, 8), (2, 13), (3, 17)], start=1)
    ]
    mentors = cohort.enrollments.mentors().filter(status="accepted").select_related("user").order_by("pk")
    for number, mentor in enumerate(mentors[:11]):
        book_seat(session=sessions[number % 3], enrollment=mentor, by=mentor.user)


def _open_cohort(programme: Programme, today: Any, by: User) -> Cohort:
    starts = today + timedelta(weeks=14)
    cohort = _cohort(programme, f"Spring {starts.year}", "seeds-3", starts, ["enrolling"], by)
    Cohort.objects.filter(pk=cohort.pk).update(
        signup_closes_at=datetime.combine(today + timedelta(weeks=6), time(23, 59), cohort.tz)
    )
    for number in (0, 3, 10, 20, 21, 22, 23):
        add_mentor(cohort, number, "applied", domain=DOMAIN)
    for number in (0, 1, 4, 16, 18, 19, 20, 22, 23):
        add_project(cohort, number, "applied", domain=DOMAIN)
    now = timezone.now()
    for days, enrollment in enumerate(Enrollment.objects.filter(cohort=cohort)):
        Enrollment.objects.filter(pk=enrollment.pk).update(created_at=now - timedelta(days=days % 9, hours=days))
    return cohort


def _partners(programme: Programme, past: Cohort, matching: Cohort, by: User) -> None:
    fund: Partner = create_partner(
        workspace=programme.workspace, name="Harbour Foundation", legal_name="Harbour Foundation e.V.", by=by
    )
    school: Partner = create_partner(workspace=programme.workspace, name="School of Open Tools", by=by)
    terms = [(fund, past, "One cohort, and the time of 15 mentors"), (school, matching, "Mentor training, two slots")]
    for partner, cohort, scope in terms:
        add_sponsorship(
            partner=partner,
            cohort=cohort,
            scope=scope,
            starts_on=cohort.starts_on - timedelta(weeks=8),
            ends_on=cohort.ends_on,
            by=by,
        )
    invite_contact(partner=fund, email=CONTACT, full_name="Gudrun Hall", by=by)
    _person(CONTACT, "Gudrun Hall", "Atlantic/Reykjavik")
    _as_sent(timezone.now() - timedelta(days=30))


def sign_ins() -> list[tuple[str, str]]:
    """The sign-ins with the password: role and address."""
    match = _pair_of_sign_ins()
    return [
        ("coordinator", COORDINATOR),
        ("mentor", match.mentor.user.email),
        ("mentee", match.mentee.user.email),
        ("partner contact", CONTACT),
        ("programme owner", OWNER),
    ]


def _pair_of_sign_ins() -> Match:
    """A pair of the cohort that ran; its mentor takes part in the next one, too."""
    again = Enrollment.objects.mentors().filter(cohort__slug="seeds-2", status="accepted")
    pairs = Match.objects.filter(mentee__cohort__slug="seeds-1", mentor__user__in=again.values("user"))
    return pairs.order_by("pk").select_related("mentor__user", "mentee__user")[0]


def _sign_ins() -> None:
    """The printed mentor and mentee are a pair of the cohort that ran."""
    for _role, email in sign_ins()[1:3]:
        person = User.objects.get(email=email)
        person.set_password(PASSWORD)
        person.save(update_fields=["password"])
