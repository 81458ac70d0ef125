"""A team of three signs up; one leaves; the lead withdraws and comes back; they are matched; one leaves again.

Every step is a page that one of them opens by the link in their own mail, and every mail to everybody is looked at.
"""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts.enrollment.links import PLACE
from cohorts.enrollment.services import decide_enrollments
from cohorts.models import Cohort, Enrollment
from matching.engine import services as engine_services
from matching.intro.services import confirm_run
from matching.models import Match
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory, ProgrammeFactory, RoleFactory
from mentorship.devtools.testing.pages import SURE, words_in
from mentorship.operations.sweep import sweep_everything

pytestmark = pytest.mark.django_db

LEAD, BO, CHAO, MONA = (f"{name}@example.org" for name in ("tariq", "bo", "chao", "mona"))
ANSWERS = {
    "full_name": "Tariq Anwar",
    "email": LEAD,
    "title": "Soil maps",
    "description": "Maps of soil.",
    "topics": "Soil",
    "mentoring_type": "both",
    "interaction_style": "calls",
    "mentors_wanted": "1",
    "country": "KE",
    "time_zone": "Africa/Nairobi",
    "languages": "English",
    "shares_address": "on",
    "members-TOTAL_FORMS": "2",
    "members-INITIAL_FORMS": "0",
    "members-0-full_name": "Bo Lund",
    "members-0-email": BO,
    "members-1-full_name": "Chao Li",
    "members-1-email": CHAO,
}


class Walk:
    """The people's acts, and the mails that reach them."""

    def __init__(self, cohort: Cohort, mentor: Enrollment) -> None:
        self.cohort, self.mentor = cohort, mentor
        self.read: set[str] = set()

    @property
    def team(self) -> Enrollment:
        return Enrollment.objects.get(title="Soil maps")

    def new_mails(self) -> dict[str, OutboxMessage]:
        """The mail that each got since the last look, by address; never two at once to one person."""
        sweep_everything()
        new = [m for m in OutboxMessage.objects.order_by("created_at") if m.key not in self.read]
        self.read |= {message.key for message in new}
        by_person = {address: message for message in new for address in [*message.to, *message.cc]}
        assert len(by_person) == sum(len([*message.to, *message.cc]) for message in new)
        return by_person

    def subjects(self) -> dict[str, str]:
        return {address: message.subject for address, message in self.new_mails().items()}

    def path(self, address: str, where: str = "/join/place/") -> str:
        """The page behind the last link of a kind that somebody got."""
        texts = [m.full_text for m in OutboxMessage.objects.order_by("-created_at") if address in m.to]
        line = next(line for text in texts for line in text.splitlines() if where in line)
        return line[line.index(where) :]

    def press(self, address: str, button: str, **data: str) -> str:
        return words_in(Client().post(self.path(address), {"do": button, **data}, follow=True))

    def leave(self, address: str, how: str) -> str:
        page = self.path(address) + "leave/"
        client = Client()
        shown = words_in(client.get(page))
        assert client.post(page, {}).status_code == 422  # the button alone does nothing
        client.post(page, {"how": how, "reason": "Private words"}, follow=True)
        client.post(page, {"how": how, "reason": "Private words"}, follow=True)  # a double tap
        return shown

    def names(self) -> list[str]:
        return [person.full_name for person in self.team.people]


@pytest.fixture
def walk(db) -> Walk:
    cohort = CohortFactory(
        slug="seeds-3", name="Seeds 3", programme=ProgrammeFactory(name="Open Seeds"), mentee_seats=5
    )
    mentor = EnrollmentFactory(cohort=cohort, role="mentor", user__email=MONA, user__full_name="Mona Sato")
    return Walk(cohort, mentor)


def sign_up(walk: Walk) -> None:
    Client().post(reverse("cohorts:signup-create", args=["seeds-3", "mentee"]), ANSWERS)
    walk.new_mails()
    Client().post(walk.path(LEAD, "/join/confirm/"), {"mine": "yes"})


def match(walk: Walk) -> None:
    walk.new_mails()
    Cohort.objects.update(status="matching")
    decide_enrollments(enrollments=[walk.team], to="accepted", by=None)
    walk.new_mails()
    run, _ = engine_services.run_now(cohort=Cohort.objects.get(), by=None)
    confirm_run(run=run, by=None)
    walk.new_mails()


def test_a_team_of_three_from_sign_up_to_a_member_who_leaves_a_match(walk):
    each_member_hears_of_the_sign_up(walk)
    a_member_leaves_alone(walk)
    the_lead_invites_them_back(walk)
    the_lead_withdraws_the_team(walk)
    the_lead_brings_it_back(walk)
    a_member_leaves_a_match(walk)
    # No coordinator acts for them by a link of theirs.
    leaving = OutboxMessage.objects.filter(kind__in=["leaving", "sign-up"])
    assert not [message for message in leaving if "/join/place/" in message.body_text]


def each_member_hears_of_the_sign_up(walk: Walk) -> None:
    sign_up(walk)
    mails = walk.new_mails()
    assert {address: mail.subject for address, mail in mails.items()} == {
        LEAD: "We have your sign-up for Seeds 3",
        BO: "You have been named in a team for Seeds 3",
        CHAO: "You have been named in a team for Seeds 3",
    }
    assert not any(other in mails[BO].full_text for other in (LEAD, CHAO))


def a_member_leaves_alone(walk: Walk) -> None:
    page = walk.leave(BO, "leave")
    assert "Tariq Anwar and Chao Li will carry on without you." in page
    mails = walk.new_mails()
    assert {address: mail.subject for address, mail in mails.items()} == {
        BO: "You are no longer in the team",
        LEAD: "Bo Lund is no longer in the team for “Soil maps”",
        CHAO: "Somebody is no longer in the team",
    }
    assert "The rest of the team carries on: it is now Tariq Anwar and Chao Li." in mails[LEAD].full_text
    assert "/join/place/" in mails[LEAD].full_text
    assert "/join/place/" not in mails[CHAO].full_text
    assert (walk.names(), walk.team.status) == (["Tariq Anwar", "Chao Li"], "applied")


def the_lead_invites_them_back(walk: Walk) -> None:
    """The lead can only ask: the member says yes."""
    departure = walk.team.departures.get()
    for _ in range(2):
        walk.press(LEAD, "invite-back", departure=str(departure.pk))
    assert walk.subjects() == {BO: "The lead of your team has invited you back into the team"}
    assert walk.names() == ["Tariq Anwar", "Chao Li"]
    assert "Rejoin the team" in words_in(Client().get(walk.path(BO)))
    for _ in range(2):
        walk.press(BO, "rejoin")
    assert walk.subjects() == {
        LEAD: "Bo Lund is back in the team for “Soil maps”",
        CHAO: "Somebody is back in the team",
    }
    assert set(walk.names()) == {"Tariq Anwar", "Bo Lund", "Chao Li"}


def the_lead_withdraws_the_team(walk: Walk) -> None:
    """The whole team hears of it, once."""
    page = walk.leave(LEAD, "withdraw")
    assert "The whole team will withdraw, not only you. We’ll tell Chao Li and Bo Lund by email." in page
    mails = walk.new_mails()
    assert {address: mail.subject for address, mail in mails.items()} == {
        LEAD: "You have withdrawn from Seeds 3",
        BO: "Your team has withdrawn from Seeds 3",
        CHAO: "Your team has withdrawn from Seeds 3",
    }
    assert "The lead of your team has withdrawn your team from Seeds 3 of Open Seeds" in mails[BO].full_text
    assert not OutboxMessage.objects.filter(body_text__contains="Private words").exists()
    assert walk.team.status == "withdrawn"


def the_lead_brings_it_back(walk: Walk) -> None:
    assert "who leads the team, can bring it back" in words_in(Client().get(walk.path(BO)))
    walk.press(BO, "come-back")
    assert (walk.team.status, walk.subjects()) == ("withdrawn", {})
    for _ in range(2):
        walk.press(LEAD, "come-back")
    assert walk.team.status == "applied"
    assert walk.subjects() == {
        LEAD: "Your application to Seeds 3 is active again",
        BO: "Your team's application to Seeds 3 is active again",
        CHAO: "Your team's application to Seeds 3 is active again",
    }


def a_member_leaves_a_match(walk: Walk) -> None:
    """The pages of the pair name the match once the introduction has been sent."""
    match(walk)
    assert Match.objects.get().mentor == walk.mentor
    assert "You are matched with Mona Sato." in words_in(Client().get(walk.path(CHAO)))
    mona = words_in(Client().get(PLACE.url(walk.mentor.pk, walk.mentor.user_id)))
    assert "You are matched with Tariq Anwar, " in mona
    page = walk.leave(CHAO, "leave")
    assert "and their mentors if they have any" in page
    mails = walk.new_mails()
    assert {address: mail.subject for address, mail in mails.items()} == {
        CHAO: "You are no longer in the team for “Soil maps”",
        LEAD: "Chao Li is no longer in the team for “Soil maps”",
        BO: "Chao Li is no longer in the team for “Soil maps”",
        MONA: "Chao Li is no longer in the team for “Soil maps”",
    }
    assert "Your mentoring carries on as before, with Tariq Anwar and Bo Lund." in mails[MONA].full_text
    assert Match.objects.get().status == "introduced"
    assert walk.subjects() == {}


def test_the_lead_of_a_matched_team_reads_what_ends_and_the_mentor_is_told(walk):
    sign_up(walk)
    match(walk)
    Cohort.objects.update(status="running")
    page = walk.leave(LEAD, "withdraw")
    assert "This will end: Match with Mona Sato" in page
    assert "only the coordinators can bring you back" in page
    mails = walk.new_mails()
    assert set(mails) == {LEAD, BO, CHAO, MONA}
    assert "- Match with Mona Sato" in mails[BO].full_text
    assert "They are no longer taking part" in mails[MONA].full_text
    assert Match.objects.get().status == "ended"
    assert "too late" in walk.press(LEAD, "come-back")
    sweep_everything(timezone.now() + timedelta(minutes=5))
    assert walk.subjects() == {}


def test_a_member_withdraws_and_accepts_for_nobody_else(walk):
    sign_up(walk)
    walk.new_mails()
    Cohort.objects.update(offer_days=5)
    decide_enrollments(enrollments=[walk.team], to="accepted", by=None)
    mails = walk.new_mails()
    assert "Tariq Anwar has until" in mails[BO].full_text
    client = Client()
    client.force_login(walk.team.members.first().user)
    place = reverse("cohorts:my-place-detail", args=[walk.team.pk])
    assert "Accept my place" not in client.get(place).content.decode()
    for data in ({"do": "accept"}, {"do": "leave"}, {"do": "defer"}, {"do": "back", "roles": "mentor"}):
        client.post(place, data)
    client.post(place + "leave/", {"how": "withdraw"})
    client.post(place + "leave/", {"how": "defer"})
    team = walk.team
    assert (team.status, team.confirmed_at, team.defers, team.comes_back_as) == ("accepted", None, False, [])
    assert len(team.people) == 3
    assert client.get(reverse("cohorts:my-enrollment-edit", args=[team.pk])).status_code == 404
    walk.press(LEAD, "accept")
    assert walk.team.confirmed_at


def test_a_link_that_went_to_a_whole_team_shows_the_place_and_lets_nobody_act(walk):
    sign_up(walk)
    old = reverse("cohorts:place-detail", args=[PLACE.sign(walk.team.pk)])
    page = words_in(Client().get(old))
    assert "This link was sent to the whole team." in page
    assert Client().get(old + "leave/").status_code == 302
    Client().post(old + "leave/", {"how": "withdraw"})
    assert walk.team.status == "applied"
    walk.team.members.all().delete()
    assert "Withdraw" in words_in(Client().get(old))
    bad = reverse("cohorts:place-detail", args=[PLACE.sign(walk.team.pk, walk.mentor.user_id)])
    assert Client().get(bad).status_code == 404


def test_the_lead_cannot_put_somebody_back_who_left_but_asks_them(walk):
    sign_up(walk)
    walk.new_mails()
    walk.leave(BO, "leave")
    walk.new_mails()
    client = Client()
    page = walk.path(LEAD, "/join/edit/")
    answer = client.post(page, {**ANSWERS, "goals": "Typed anew"}, follow=True)
    assert walk.names() == ["Tariq Anwar", "Chao Li"]
    assert "We have asked Bo Lund to come back." in words_in(answer)
    assert walk.subjects() == {BO: "The lead of your team has invited you back into the team"}
    # Taking somebody off the team is told to everybody.
    rows = {**ANSWERS, "members-TOTAL_FORMS": "0"}
    client.post(page, rows)
    assert walk.names() == ["Tariq Anwar"]
    assert walk.new_mails()[CHAO].full_text.startswith("Dear team member,\n\nYou have been taken off the team")


def test_the_lead_leaves_alone_once_the_coordinators_made_somebody_else_the_lead(walk):
    sign_up(walk)
    walk.new_mails()
    old_edit, coordinator = walk.path(LEAD, "/join/edit/"), RoleFactory(workspace=walk.cohort.programme.workspace).user
    Enrollment.objects.update(private_needs="Captions")
    client = Client()
    client.force_login(coordinator)
    bo = walk.team.members.get(user__email=BO).user
    for _ in range(2):
        client.post(
            reverse("cohorts:enrollment-change-lead", args=["seeds-3", walk.team.pk]), {"person": bo.pk, **SURE}
        )
    mails = walk.new_mails()
    assert {address: mail.subject for address, mail in mails.items()} == {
        BO: "You now lead the team for “Soil maps”",
        LEAD: "Your team has a new lead",
        CHAO: "Your team has a new lead",
    }
    team = walk.team
    assert (team.user, team.shares_address, team.private_needs) == (bo, False, "")
    assert team.members.get(user__email=LEAD).shares_address  # each keeps what they agreed to
    assert "Private needs of Tariq Anwar: Captions" in team.note
    assert Client().get(old_edit).status_code == 404  # only who leads the team changes its sign-up
    walk.leave(LEAD, "leave")
    assert set(walk.names()) == {"Bo Lund", "Chao Li"}
    assert walk.team.status == "applied"
