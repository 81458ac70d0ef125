"""Mail scanners follow every link and press the first button: nothing ends by it, and nobody is bound."""

import pkgutil
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from urllib.parse import urljoin, urlsplit

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.urls import URLResolver, get_resolver, resolve

from checkins.alumni.services import ask_for_consent
from checkins.graduation.services import ask_mentors
from checkins.models import CheckIn, GraduationCriterion
from checkins.recognition.honoraria import offer_honoraria
from checkins.waves.sweep import sweep_checkins
from cohorts.enrollment import leaving
from cohorts.invitations.services import send_signup_invitations
from cohorts.models import Cohort, Enrollment
from cohorts.people.duplicates import merge_duplicates
from cohorts.sharing.services import ask_about_sharing
from cohorts.signup.services import confirm_signup, request_signup
from matching.events.guests import answer_as_guest, ask_for_seat
from matching.events.services import plan_event
from matching.groups.services import invite_to_choose_groups, save_goal_group
from matching.models import Match
from mentorship.core.links import SignedLink
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.tests.test_planned_changes import WORLDS
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory, MatchFactory
from mentorship.devtools.testing.pages import FirstForm
from partners.requirements.services import ask_for_requirements, publish_requirements
from partners.testimonials.services import add_quote, answer_quote, ask_for_quote
from training.booking import links as training_links
from training.models import TrainingBooking
from training.sharing.services import add_organisation, ask_guest, confirm_guest
from training.tests.slots import new_session

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 3, 1, 10, 0, tzinfo=UTC)
# The table that a statement changes.
WRITES = re.compile(r'^\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM) "([^"]+)"', re.IGNORECASE)
# What a press may change: an answer of a check-in with what follows from it, which can be put right until its deadline
# and is shown in the next mail; whether somebody gets mails that are not necessary (RFC 8058); and records of presses.
MAY_CHANGE = {
    "checkins.answer",
    "checkins.case",
    "checkins.casenote",
    "cohorts.optout",
    "accounts.workspacerole",
    "outbox.suppression",
    "audit.auditentry",
    "outbox.outboxmessage",
    "sessions.session",
    "submissions.submission",
}
OF_AN_ANSWER = {CheckIn: "sent", Match: "introduced"}
MOMENTS = {"updated_at", "answered_at", "said_at", "next_mail_at"}


@pytest.fixture(autouse=True)
def in_march():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def everything(cast):
    """Mails with every kind of signed link, and the links that only pages show."""
    for world in WORLDS:
        world(cast)
    _sign_ups(cast)
    _merges(cast)
    _afterwards(cast)
    _guests(cast)
    return {*_links_in_mails(), *_links_of_training(cast)}


ANSWERS = {
    "full_name": "Wanjiru",
    "title": "Soil maps",
    "description": "Maps of soil.",
    "topics": ["Soil"],
    "mentoring_type": "both",
    "interaction_style": "calls",
    "capacity": 1,
    "country": "KE",
    "time_zone": "Africa/Nairobi",
    "languages": ["en"],
    "shares_address": True,
}


def _sign_ups(cast):
    cohort = CohortFactory(programme=cast.programme, slug="open", signup_closes_at=NOW + timedelta(days=9))
    request_signup(cohort=cohort, role="mentee", answers={**ANSWERS, "email": "new@example.org"})
    for person, role in (("lead@example.org", "mentee"), ("mentor2@example.org", "mentor")):
        members = [{"full_name": "Baraka", "email": "baraka@example.org"}] if role == "mentee" else []
        answers = {**ANSWERS, "email": person, "members": members}
        confirm_signup(signup=request_signup(cohort=cohort, role=role, answers=answers))
    team = Enrollment.objects.get(user__email="lead@example.org")
    leaving.leave_team(enrollment=team, member=team.members.get().user)
    leaving.invite_back(departure=team.departures.get(), by=team.user)
    gone = EnrollmentFactory(cohort=cohort)
    leaving.withdraw(enrollment=gone, by=gone.user)
    request_signup(cohort=cohort, role="mentor", answers={**ANSWERS, "email": "mentor2@example.org", "capacity": 5})
    # Somebody whose form is filled in completely, and who withdrew from this very round.
    old = EnrollmentFactory(cohort=cast.cohort, role="mentor", user__full_name="Amina")
    for cohort_of_theirs, status in ((cast.cohort, "accepted"), (cohort, "withdrawn")):
        one, _ = Enrollment.objects.get_or_create(cohort=cohort_of_theirs, user=old.user, role="mentor")
        for name, value in ANSWERS.items():
            if name not in ("full_name", "topics"):
                setattr(one, name, value)
        one.status = status
        one.save()
    unsaid = EnrollmentFactory(cohort=cast.cohort, shares_address=False)
    ask_about_sharing(cohort=cast.cohort, enrollments=[unsaid], by=cast.coordinator)
    emails = [cast.mentor.email, old.user.email]
    send_signup_invitations(cohort=cohort, role="mentor", emails=emails, by=cast.coordinator)


def _merges(cast):
    """A person who is asked whether two accounts are theirs, and one whose two accounts were merged."""
    for is_used in (False, True):
        keep, other = (EnrollmentFactory(cohort=cast.cohort, user__full_name="Femi Ade").user for _ in range(2))
        if is_used:
            EmailAddress.objects.create(user=other, email=other.email, verified=True, primary=True)
        merge = merge_duplicates(programme=cast.programme, keep=keep, other=other, by=cast.coordinator)
        assert (merge is None) == is_used


def _guests(cast):
    """Two guests of an event: one who is asked, and one who has a seat."""
    fields = {"name": "Speed", "starts_at": NOW + timedelta(days=9), "is_public": True}
    event = plan_event(cohort=cast.cohort, by=cast.coordinator, fields=fields)
    ask_for_seat(event=event, full_name="Gael", email="asked@example.org")
    coming = ask_for_seat(event=event, full_name="Lou", email="coming@example.org")
    answer_as_guest(guest=coming, coming=True)


def _afterwards(cast):
    OutboxMessage.objects.filter(pk=cast.match.intro_id).update(status="sent", sent_at=NOW - timedelta(days=95))
    Cohort.objects.filter(pk=cast.cohort.pk).update(starts_on=NOW.date() - timedelta(days=99))
    sweep_checkins(NOW)
    assert CheckIn.objects.filter(status="sent").exists()
    GraduationCriterion.objects.create(cohort=cast.cohort, kind="mentor")
    ask_mentors(cohort=cast.cohort, by=cast.coordinator)
    offer_honoraria(
        cohort=cast.cohort, people=[cast.mentor], what="mentoring", amount=Decimal(9), currency="EUR", by=cast.owner
    )
    for introduced in (False, True):
        groups = CohortFactory(programme=cast.programme, slug=f"groups-{introduced}", status="running")
        people = [EnrollmentFactory(cohort=groups, role=role) for role in ("mentee", "mentor", "mentee")]
        group = save_goal_group(cohort=groups, by=cast.coordinator, fields={"name": "A talk"})
        invite_to_choose_groups(cohort=groups, by=cast.coordinator)
        if introduced:
            for one in people:
                group.places.create(enrollment=one)
            group.intro = OutboxMessage.objects.first()
            group.save()
    over = CohortFactory(programme=cast.programme, slug="over", status="completed")
    for role in ("mentee", "mentor"):
        EnrollmentFactory(cohort=over, role=role, status="completed")
    MatchFactory(mentee=EnrollmentFactory(cohort=over), mentor=EnrollmentFactory(cohort=over, role="mentor"))
    ask_for_consent(cohort=over, by=cast.coordinator)
    publish_requirements(workspace=cast.programme.workspace, items=["It is free."], by=cast.owner)
    ask_for_requirements(partner=cast.partner, by=cast.owner)
    for agreed in (False, True):
        quote = add_quote(cohort=cast.cohort, person=cast.mentor, text="It helped.", attribution="", by=cast.owner)
        ask_for_quote(quote=quote, by=cast.owner)
        if agreed:
            answer_quote(quote=quote, by=cast.mentor, agree=True, text="It helped.")


def _links_of_training(cast):
    organisation = add_organisation(cohort=cast.cohort, name="Sister", by=cast.coordinator)
    guest = {"organisation": organisation, "name": "Gael", "time_zone": "UTC"}
    ask_guest(**guest, email="gael@example.org")
    known = confirm_guest(**guest, email="known@example.org")
    past = new_session(cast.cohort, training="Past one", starts_at=NOW + timedelta(days=1))
    booking = TrainingBooking.objects.create(session=past, enrollment=cast.mentor_enrollment, status="booked")
    TrainingBooking.objects.filter(pk=booking.pk).update(attended=True)
    new_session(cast.cohort, training="Free one", starts_at=NOW + timedelta(days=30))
    yield training_links.GUEST.url(known.pk)
    yield training_links.ORGANISATION.url(organisation.pk, organisation.link_number)
    yield training_links.FEEDBACK.url(booking.pk)
    yield training_links.CHOOSE.url(cast.mentor_enrollment.pk)
    yield from _links_in_mails()


def _links_in_mails():
    """Every address of this site in the mails written so far."""
    site = re.compile(re.escape(settings.SITE_URL) + r"/[^\s<>\"]*")
    for message in OutboxMessage.objects.all():
        yield from (link.rstrip(".,)") for link in site.findall(message.full_text))
        if message.full_unsubscribe_url:
            yield message.full_unsubscribe_url


def test_a_machine_that_follows_links_and_presses_the_first_button_ends_nothing_and_binds_nobody(client, everything):
    state, visited, harm, written, ever = _state(), set(), [], set(), set()

    def note(execute, sql, params, many, context):
        written.update(WRITES.findall(sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        for link in sorted(everything):
            path = link.removeprefix(settings.SITE_URL)
            opened = client.get(path, follow=True)
            for page in [path, *_further_pages(opened, path)]:
                visited |= _press_first_button(client, page, opened if page == path else client.get(page, follow=True))
                for table, now in _state(written).items():
                    before, state[table] = state[table], now
                    view = resolve(urlsplit(page).path).view_name
                    harm += [
                        f"{view}: {table} {pk} {before.get(pk)} → {now.get(pk)}"
                        for pk in before.keys() | now.keys()
                        if before.get(pk) != now.get(pk)
                    ]
                ever |= written
                written.clear()
    assert ever, "a press that is recorded writes something"
    assert not harm, "\n".join(harm)
    assert _views_of_signed_links() <= visited, "no email of this test has such a link"


def _further_pages(answer, path):
    """The pages that this page leads to by the same signed token."""
    token = max(urlsplit(path).path.split("/"), key=len)
    if not answer["Content-Type"].startswith("text/html") or len(token) < 12:
        return []
    found = [urljoin(path, link.removeprefix(settings.SITE_URL)) for link in FirstForm(answer).links]
    return sorted({one for one in found if token in one and urlsplit(one).path != urlsplit(path).path})


def _press_first_button(client, path, answer):
    """Press the first button of the first form on a page that was opened; the names of the views on the way."""
    assert answer.status_code in (200, 404), path
    views = {resolve(urlsplit(path).path).view_name}
    if answer["Content-Type"].startswith("text/html"):
        form = FirstForm(answer)
        here = answer.redirect_chain[-1][0] if answer.redirect_chain else path
        if form.found:
            assert client.post(urljoin(here, form.action), form.data, follow=True).status_code < 500, path
    client.logout()
    return views


def _state(tables=None):
    """Every row of our tables, or of these, without moments and what a press may change."""
    state = {}
    for model in apps.get_models():
        if model._meta.label_lower in MAY_CHANGE or model.__module__.startswith(("django.", "allauth.")):
            continue
        if tables is not None and model._meta.db_table not in tables:
            continue
        rows = state[model._meta.db_table] = {}
        names = [f.attname for f in model._meta.concrete_fields if f.name not in MOMENTS]
        for row in model._default_manager.values(*names):
            if (model is CheckIn and row["status"] == "answered") or (model is Match and row["status"] == "active"):
                row["status"] = OF_AN_ANSWER[model]
            rows[row[model._meta.pk.attname]] = row
    return state


def _views_of_signed_links():
    """The names of the views of signed links that take a POST."""
    names = set()
    for app in ("cohorts", "training", "matching", "checkins", "partners"):
        for module in pkgutil.walk_packages(import_module(app).__path__, f"{app}."):
            if module.name.endswith(".links"):
                found = vars(import_module(module.name)).values()
                names |= {one.view_name for one in found if isinstance(one, SignedLink)}
    names -= {"cohorts:signup-create"}  # the form for everybody: nobody's name is in that link
    takes_post = set()
    for name in names:
        views = [p for p in _patterns() if p[0] == name]
        takes_post |= {name for _, view in views if hasattr(getattr(view, "view_class", None), "post")}
    assert len(takes_post) > 12
    return takes_post


def _patterns(resolver=None, prefix=""):
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern, prefix + (f"{pattern.namespace}:" if pattern.namespace else ""))
        elif pattern.name:
            yield prefix + pattern.name, pattern.callback
