"""Staying in touch after a round, and coming back: consent, breaks, the path."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.urls import reverse

from checkins.alumni.links import stay_link
from checkins.alumni.role_progression import LATER_ROLES, role_progressions
from checkins.alumni.services import alumni_of, ask_for_consent, save_consent
from checkins.models import AlumniConsent, HelperBreak
from checkins.tests.rows import stay
from cohorts.invitations.services import returning_people
from cohorts.mailings.services import set_opt_out
from cohorts.models import Enrollment
from cohorts.signup.prefill import prefill_form
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import EnrollmentFactory, MatchFactory, TopicFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("afterwards")]


def test_only_people_who_consent_are_alumni(client, over):
    page = stay(over, over.mentee)
    client.get(page)
    assert list(alumni_of(over.programme)) == []
    client.post(page, {"do": "stay", "stays": "yes", "roles": ["mentor", "speaker"]})
    assert list(alumni_of(over.programme)) == [over.mentee]
    assert AlumniConsent.objects.get().roles == ["mentor", "speaker"]
    client.post(page, {"do": "stay", "stays": "no", "roles": ["mentor"]})
    assert list(alumni_of(over.programme)) == []
    assert AlumniConsent.objects.get().roles == []
    assert client.post(page, {"do": "stay"}).status_code == 422
    assert client.get(page[:-3] + "x/").status_code == 404


def test_people_of_several_rounds_are_asked_once(over):
    member = over.mentee_enrollment.members.create(user=UserFactory()).user
    set_opt_out(workspace=over.programme.workspace, user=over.mentor, out=True)
    assert ask_for_consent(cohort=over.cohort, by=over.coordinator) == 2
    assert ask_for_consent(cohort=over.cohort, by=over.coordinator) == 0
    mails = OutboxMessage.objects.filter(kind="alumni")
    assert {m.to[0] for m in mails} == {over.mentee.email, member.email}
    assert all(m.full_unsubscribe_url and stay_link(over.programme.pk, 0)[:30] in m.full_text for m in mails)


def test_people_in_a_running_round_are_not_asked_yet(client, cast):
    assert ask_for_consent(cohort=cast.cohort, by=cast.coordinator) == 0
    with pytest.raises(ServiceError):
        save_consent(programme=cast.programme, user=cast.mentee, stays=True)
    with pytest.raises(ServiceError):
        save_consent(programme=cast.programme, user=cast.stranger, stays=True)
    assert "When your round is over" in client.get(stay(cast, cast.mentee)).content.decode()


def test_consent_after_an_opt_out_resumes_mails(client, over):
    set_opt_out(workspace=over.programme.workspace, user=over.mentee, out=True)
    assert "you’ll get them again" in client.get(stay(over, over.mentee)).content.decode()
    client.post(stay(over, over.mentee), {"do": "stay", "stays": "yes"})
    assert list(alumni_of(over.programme)) == [over.mentee]


def test_one_click_opens_the_next_form_filled_in(client, over, coming):
    over.mentee_enrollment.country, over.mentee_enrollment.hours_per_month = "KE", 4
    over.mentee_enrollment.save()
    over.mentee_enrollment.topics.add(TopicFactory(name="Soil", programme=over.programme))
    save_consent(programme=over.programme, user=over.mentee, stays=True, roles=["mentor"])
    page = stay(over, over.mentee)
    assert "Seeds 10" in client.get(page).content.decode()
    answer = client.post(page, {"do": "join", "cohort": coming.slug, "role": "speaker"})
    form = client.get(answer.url).context["form"]
    assert (form.initial["topics"], form.initial["country"]) == ("Soil", "KE")
    assert "capacity" not in form.fields
    said = {
        "full_name": "Tariq Anwar",
        "country": "KE",
        "time_zone": "Africa/Nairobi",
        "languages": "English",
        "topics": "Soil",
        "joins": "on",
    }
    done = client.post(answer.url, said)
    assert "has arrived" in done.content.decode(), done.context["form"].errors
    assert Enrollment.objects.get(cohort=coming).role == "expert"
    again = client.post(page, {"do": "join", "cohort": coming.slug, "role": "mentor"}, follow=True)
    assert "not open any more" in again.content.decode()


def test_a_mentee_finds_what_is_true_in_any_role(over, coming):
    over.mentee_enrollment.goals, over.mentee_enrollment.languages = "Learn", ["en", "sw"]
    over.mentee_enrollment.save()
    initial, source = prefill_form(user=over.mentee, cohort=coming, role="mentor")
    assert (initial["languages"], source) == (["en", "sw"], "Seeds 9")
    assert "goals" not in initial


def test_alumni_are_invited_to_return_unless_they_take_a_break(client, over, coming):
    assert [r.user for r in returning_people(coming)] == [over.mentor]
    save_consent(programme=over.programme, user=over.mentee, stays=True, roles=["facilitator", "mentor"])
    assert {r.user: r.roles for r in returning_people(coming)} == {
        over.mentor: ["mentor"],
        over.mentee: ["mentor", "facilitator"],
    }
    client.post(stay(over, over.mentor), {"do": "break", "until": "2027-06-01"})
    assert not HelperBreak.objects.exists()  # a day that has passed
    client.post(stay(over, over.mentor), {"do": "break", "until": "2028-01-01"})
    assert [r.user for r in returning_people(coming)] == [over.mentee]
    client.force_login(over.coordinator)
    url = reverse("cohorts:invitation-create", args=[coming.slug])
    client.post(url, {"role": "facilitator", "pk": [over.mentee.pk, over.mentor.pk], "confirmed": "yes"})
    (mail,) = OutboxMessage.objects.filter(key__startswith="signup-invite")
    assert (mail.to, "facilitator" in mail.full_text) == ([over.mentee.email], True)
    with time_machine.travel(datetime(2028, 1, 1, 12, tzinfo=UTC)):
        assert over.mentor in [r.user for r in returning_people(coming)]
    client.post(stay(over, over.mentor), {"do": "back"})
    assert over.mentor in [r.user for r in returning_people(coming)]


def test_role_progression_is_counted_for_each_round(client, over, coming, django_assert_max_num_queries):
    member = over.mentee_enrollment.members.create(user=UserFactory()).user
    coming.status = "running"
    coming.save()
    shared = EnrollmentFactory(cohort=coming)
    one = EnrollmentFactory(cohort=coming, role="mentor", user=over.mentee)
    EnrollmentFactory(cohort=coming, role="facilitator", user=member)
    EnrollmentFactory(cohort=coming, role="expert", user=member)
    EnrollmentFactory(cohort=coming, role="expert", status="declined", user=over.mentee)
    for mentor in (one, EnrollmentFactory(cohort=coming, role="mentor")):
        MatchFactory(mentee=shared, mentor=mentor)
    client.force_login(over.viewer)
    url = reverse("checkins:role-progression", args=[over.cohort.slug])
    with django_assert_max_num_queries(30):
        page = client.get(url).content.decode()
    assert "2 (100%)" in page
    with django_assert_max_num_queries(5):
        now, before = role_progressions(over.programme)
    assert (dict(zip(LATER_ROLES, before.numbers, strict=True)), before.came_back, before.rate) == (
        {"co_mentor": 1, "mentor": 0, "facilitator": 1, "expert": 1},
        2,
        100,
    )
    assert (len(now.mentees), now.rate) == (1, None)
    MatchFactory(mentee=EnrollmentFactory(cohort=coming), mentor=one)
    assert dict(zip(LATER_ROLES, role_progressions(over.programme)[1].numbers, strict=True))["mentor"] == 1
    lines = client.get(url, {"format": "csv"}).content.decode().splitlines()
    assert lines[2].startswith("Seeds 9,2,0,1,1,1,2,100")


def test_an_alumna_may_come_back_as_mentee_or_as_mentor(client, over, coming):
    page = client.get(stay(over, over.mentee))
    (offered,) = page.context["rounds"]
    assert {"mentee", "mentor"} <= {role for role, _, _ in offered.roles}
    for role in ("mentee", "mentor"):
        form = client.post(stay(over, over.mentee), {"do": "join", "cohort": coming.slug, "role": role}, follow=True)
        assert form.context["role"] == role
