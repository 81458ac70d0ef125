"""For a team its lead answers: the link of a mail goes to all of them, and does not say who follows it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cohorts.models import TeamMember
from matching.events.links import EVENT_LINK
from matching.events.services import plan_event
from matching.groups.links import CHOICE_LINK
from matching.models import GoalChoice, GoalGroup, SpeedRsvp
from mentorship.devtools.testing.factories import EnrollmentFactory, UserFactory
from training.booking.links import CHOOSE
from training.models import TrainingBooking
from training.sessions.services import create_session

pytestmark = pytest.mark.django_db
SITE = "http://127.0.0.1:8000"


def test_only_the_lead_answers_for_the_team(client):
    team = EnrollmentFactory(user__full_name="Ana Silva", title="Maps of soils")
    member = UserFactory(full_name="Bo Lind")
    TeamMember.objects.create(enrollment=team, user=member)
    starts = timezone.now() + timedelta(days=9)
    fields = {"name": "May", "place": "", "starts_at": starts, "rounds": 3, "minutes": 10}
    event = plan_event(cohort=team.cohort, by=None, fields=fields)
    goal = GoalGroup.objects.create(cohort=team.cohort, name="A talk")
    later = starts + timedelta(days=1)
    session = create_session(cohort=team.cohort, training="Basics", starts_at=later, minutes=60, seats=5, by=None)
    session.training.roles = "mentee"
    session.training.save()
    forms = {
        EVENT_LINK.url(event.pk, team.pk): {"do": "come"},
        reverse("matching:my-event", args=[event.pk]): {"do": "come"},
        CHOICE_LINK.url(team.pk): {"choice_0": goal.pk},
        reverse("matching:my-groups", args=[team.pk]): {"choice_0": goal.pk},
        CHOOSE.url(team.pk): {"do": "book", "session": session.pk},
        reverse("training:my-slot-list"): {"do": "book", "session": session.pk},
    }

    def answers() -> tuple[int, ...]:
        return tuple(model.objects.count() for model in (SpeedRsvp, GoalChoice, TrainingBooking))

    def send_all() -> str:
        pages = [client.post(url.removeprefix(SITE), said, follow=True) for url, said in forms.items()]
        return " ".join(page.text for page in pages if page.status_code == 200)

    links = {url: said for url, said in forms.items() if url.startswith(SITE)}
    for url, said in links.items():
        assert "Only Ana Silva can answer for your team" in client.post(url.removeprefix(SITE), said, follow=True).text
    assert "sign in to answer" in client.get(EVENT_LINK.url(event.pk, team.pk).removeprefix(SITE)).text
    client.force_login(member)
    assert send_all().count("Only Ana Silva can answer for your team") == len(forms)
    assert answers() == (0, 0, 0)
    client.force_login(team.user)
    send_all()
    assert answers() == (1, 1, 1)
