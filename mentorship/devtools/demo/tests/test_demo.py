"""The demo: what it promises stands in it."""

import pytest
from django.db.models import Count
from django.utils import timezone

from checkins.models import CheckIn
from cohorts.models import Cohort, Enrollment
from matching.models import Match, MatchRun
from mentorship.core.accounts.models import User
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.demo import fill
from partners.reports.impact import cohort_impact
from training.models import TrainingBooking

pytestmark = pytest.mark.django_db


def test_the_demo_has_rows_of_every_kind(demo):
    ours = Cohort.objects.filter(programme__slug=fill.SLUG).order_by("starts_on")
    assert list(ours.values_list("status", flat=True)) == [
        "completed",
        "matching",
        "enrolling",
    ]
    past = Match.objects.filter(mentee__cohort__slug="seeds-1")
    assert past.values("mentee").annotate(n=Count("mentor")).filter(n=2).exists()
    assert max(past.values("mentor").annotate(n=Count("mentee")).values_list("n", flat=True)) == 4
    names = [user.full_name for user in User.objects.filter(enrollments__isnull=False)]
    assert [n for n in names if " " not in n]
    assert [n for n in names if not n.isascii()]
    assert Enrollment.objects.filter(time_zone="Asia/Kathmandu").exists()
    assert Enrollment.objects.mentees().filter(members__isnull=False).exists()
    both = Enrollment.objects.filter(cohort__slug="seeds-2").values("user").annotate(n=Count("role", distinct=True))
    assert both.filter(n=2).exists()
    # Speed mentoring, goal groups, and a pair that wrote things down.
    coming = Cohort.objects.get(slug="seeds-2")
    event = coming.speed_events.get()
    answers = set(event.rsvps.values_list("status", flat=True))
    assert answers == {"coming", "waiting", "not_coming"}
    groups = {group.name: group for group in coming.goal_groups.all()}
    assert len(groups) == 3
    assert groups["A first talk"].confirmed
    assert groups["A first talk"].places.filter(enrollment__role="mentor").exists()
    pair = Match.objects.filter(mentee__cohort__slug="seeds-1").order_by("pk")[0]
    assert pair.goals.filter(done_at__isnull=False).count() == 2
    assert pair.notes.count() == 3


def test_nothing_of_the_past_cohort_of_the_demo_is_due(demo):
    assert not OutboxMessage.objects.exclude(status="sent").exists()
    asked = CheckIn.objects.filter(wave__cohort__slug="seeds-1")
    assert set(asked.values_list("status", flat=True)) == {"answered", "expired"}
    assert MatchRun.objects.get(cohort__slug="seeds-2").certified
    assert TrainingBooking.objects.exists()


def test_the_mentee_and_the_mentor_of_the_demo_have_things_to_do(demo, client):
    for _role, email in fill.sign_ins()[1:3]:
        person = User.objects.get(email=email)
        assert CheckIn.objects.filter(user=person, status="sent").exists()
        assert TrainingBooking.objects.filter(enrollment__user=person, session__starts_at__gt=timezone.now()).exists()
        client.force_login(person)
        home = client.get("/").context
        (match,) = home["matches"]
        assert match.notes.count() == 3
        assert home["asks"]


def test_the_partner_of_the_demo_sees_results(demo):
    found = cohort_impact(Cohort.objects.get(slug="seeds-1"))
    assert len(found.questions) > 2
    assert sum(len(found.continent_rows(role)) for role in ("people", "mentees", "mentors")) > 2
    assert {"mentees", "mentors", "projects", "countries"} <= found.numbers.keys()


def test_every_sign_in_that_the_demo_prints_works(demo, client):
    for role, email in fill.sign_ins():
        client.logout()
        answer = client.post("/accounts/login/", {"login": email, "password": fill.PASSWORD})
        assert answer.status_code == 302, role
        assert client.get("/", follow=True).status_code == 200, role
