"""Public sign-up tells nothing that is stored about an address which its visitor has not proved."""

import pytest
from django.urls import reverse

from cohorts.enrollment.leaving import come_back, invite_back, leave_team, rejoin_team, withdraw
from cohorts.models import Enrollment, PendingSignup, TeamDeparture
from cohorts.sharing.services import save_sharing
from cohorts.signup.links import confirm_link, edit_link
from cohorts.signup.services import confirm_signup, request_signup
from cohorts.signup_form.services import save_eligibility
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory, UserFactory

pytestmark = pytest.mark.django_db
VICTIM = "victim@example.org"
SECRET = "Zarina Qaxwell-Ndiaye"
ANSWERS = {
    "full_name": "Lea Lead",
    "email": "lea@example.org",
    "title": "Seeds",
    "description": "For all.",
    "topics": ["seeds"],
    "country": "KE",
    "time_zone": "Africa/Nairobi",
    "languages": ["en"],
    "shares_address": True,
}


def path(link):
    return link.removeprefix("http://127.0.0.1:8000")


@pytest.fixture
def cohort(cast):
    return CohortFactory(programme=cast.programme, name="Seeds 12", slug="seeds-12", status="enrolling")


@pytest.fixture
def victim(cast):
    """A person whom another programme knows, and this one as well."""
    user = UserFactory(email=VICTIM, full_name=SECRET, pronouns="xe/xem", last_login="2027-01-01T00:00Z")
    EnrollmentFactory(cohort=CohortFactory(), user=user, role="mentor", status="completed")
    EnrollmentFactory(cohort=cast.cohort, user=user, role="mentor", status="completed")
    return user


@pytest.fixture
def team(cohort, victim):
    """A team whose lead proved their own address and typed that of somebody else, with a name of their choice."""
    answers = {**ANSWERS, "members": [{"full_name": "Who Is This", "email": VICTIM}]}
    return confirm_signup(signup=request_signup(cohort=cohort, role="mentee", answers=answers))


def everything_in_mails_to(user):
    mails = OutboxMessage.objects.search(user.email).order_by("created_at")
    return [f"{m.subject} {m.body_text} {m.body_html}" for m in mails if user.email in m.recipients]


def everything_told_to(user):
    return " ".join(everything_in_mails_to(user))


def test_a_lead_never_reads_the_stored_name_of_an_address_that_they_typed(client, team, victim):
    edit, place = path(edit_link(team.pk, team.user_id)), reverse("cohorts:my-enrollment-edit", args=[team.pk])
    pages = [client.get(edit).content.decode()]
    client.force_login(team.user)
    pages += [client.get(place).content.decode(), client.get("/").content.decode()]
    pages.append(client.get(reverse("cohorts:my-place-detail", args=[team.pk])).content.decode())
    assert not any(SECRET in page or "xe/xem" in page for page in pages)
    assert "Who Is This" in pages[0]
    leave_team(enrollment=team, member=victim)
    pages = [client.get(reverse("cohorts:my-place-detail", args=[team.pk])).content.decode()]
    assert "Who Is This" in pages[0]
    TeamDeparture.objects.update(invited_at="2027-01-01T00:00Z")
    rejoin_team(enrollment=team, member=victim)
    told = everything_told_to(team.user)
    assert "Who Is This" in told
    assert SECRET not in told + pages[0]
    assert SECRET in everything_told_to(victim) or "Zarina" in everything_told_to(victim), (
        "their own mails call them so"
    )


def test_whoever_proves_the_address_is_called_what_they_say(team, victim):
    assert [str(person) for person in team.people] == ["Lea Lead", "Who Is This"]
    save_sharing(enrollment=team, person=victim, full_name=SECRET, shares=True)
    assert [str(person) for person in Enrollment.objects.get(pk=team.pk).people] == ["Lea Lead", SECRET]


FREE = "Buy pills at pills.example"


@pytest.mark.parametrize("stranger", [True, False])
def test_mails_to_members_quote_nothing_that_was_typed_until_the_team_is_accepted(cohort, stranger):
    email = "new@example.org" if stranger else UserFactory(last_login="2027-01-01T00:00Z", full_name="Nia Known").email
    answers = {**ANSWERS, "full_name": FREE, "title": FREE, "members": [{"full_name": FREE, "email": email}]}
    team = confirm_signup(signup=request_signup(cohort=cohort, role="mentee", answers=answers))
    member = team.members.get().user
    withdraw(enrollment=team, by=team.user, reason=FREE)
    come_back(enrollment=Enrollment.objects.get(pk=team.pk), by=team.user)
    leave_team(enrollment=team, member=member)
    invite_back(departure=team.departures.get(), by=team.user)
    told = everything_in_mails_to(member)
    assert [FREE in text for text in told] == [False] * 5
    assert any(text.startswith("You have been named in a team") for text in told)
    assert all(f"Dear {'team member' if stranger else 'Nia Known'}," in text for text in told)
    rejoin_team(enrollment=team, member=member)
    Enrollment.objects.filter(pk=team.pk).update(status="accepted")
    leave_team(enrollment=Enrollment.objects.get(pk=team.pk), member=member)
    assert FREE in everything_in_mails_to(member)[-1], "coordinators have read it"


@pytest.mark.parametrize("rule", ["first_time", "graduates"])
def test_rules_about_the_past_are_told_only_to_whoever_opens_the_mail(client, cast, cohort, victim, rule):
    save_eligibility(cohort=cohort, role="mentor", rules={rule: True}, by=cast.coordinator)
    stranger = "nobody@example.org"
    url = reverse("cohorts:signup-create", args=[cohort.slug, "mentor"])
    fields = {k: v for k, v in ANSWERS.items() if k not in ("title", "description")}
    fields |= {
        "topics": "seeds",
        "languages": "English",
        "capacity": "1",
        "mentoring_type": "both",
        "interaction_style": "mixed",
        "shares_address": "on",
    }
    seen = []
    for email in (VICTIM, stranger):
        answer = client.post(url, {**fields, "email": email})
        seen.append((answer.status_code, answer.get("Location")))
    assert seen[0] == seen[1] == (302, reverse("cohorts:signup-sent", args=[cohort.slug]))
    refused = VICTIM if rule == "first_time" else stranger
    signup = PendingSignup.objects.get(email=refused)
    page = client.get(path(confirm_link(signup.pk))).content.decode()
    assert "can’t take part in this round" in page
    assert cohort.programme.contact_email in page
    client.post(path(confirm_link(signup.pk)), {"mine": "yes"})
    assert not cohort.enrollments.exists()
