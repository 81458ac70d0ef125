"""Goal groups: from the choice to the introduction."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from matching.groups import services as groups_services
from matching.groups.links import CHOICE_LINK
from matching.models import GoalChoice, GoalGroup, GoalPlace, SpeedRsvp
from matching.tests.speed_events import path_of, people, pks, spring
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import EnrollmentFactory, UserFactory
from mentorship.devtools.testing.pages import SURE

pytestmark = pytest.mark.usefixtures("before_the_event")


@pytest.fixture
def cohort(cast):
    return spring(cast)


@pytest.fixture
def goals(cohort):
    return [
        GoalGroup.objects.create(cohort=cohort, name=name, about=f"We reach it: {name}.")
        for name in ("First patch", "First talk")
    ]


def chosen(enrollments, *groups):
    for enrollment in enrollments:
        groups_services.choose_groups(enrollment=enrollment, group_ids=[g.pk for g in groups], by=None)


GROUPS = ("matching:group-list", ["spring"])


def test_people_choose_by_link_in_their_order_and_may_change_it(client, cohort, goals):
    (mentee,), _ = people(cohort, 1)
    patch, talk = goals
    path = path_of(CHOICE_LINK.url(mentee.pk))
    assert "First patch" in client.get(path).content.decode()
    client.post(path, {"choice_0": talk.pk, "choice_1": patch.pk})
    assert list(mentee.goal_choices.values_list("rank", "group__name")) == [(1, "First talk"), (2, "First patch")]
    client.post(path, {"choice_0": patch.pk, "choice_1": patch.pk})
    assert list(mentee.goal_choices.values_list("rank", "group__name")) == [(1, "First patch")]
    assert client.post(path, {"choice_0": "999999"}).status_code == 422
    assert mentee.goal_choices.count() == 1


def test_own_page_of_choices_is_for_oneself(client, cohort, goals):
    (mentee,), _ = people(cohort, 1)
    own = reverse("matching:my-groups", args=[mentee.pk])
    client.force_login(UserFactory())
    assert client.get(own).status_code == 404
    client.force_login(mentee.user)
    client.post(own, {"choice_0": goals[0].pk})
    assert mentee.goal_choices.count() == 1


def test_everybody_who_has_not_chosen_is_asked_once(client, cast, cohort, goals):
    mentees, mentors = people(cohort, 2, 1)
    chosen(mentees[:1], goals[0])
    client.force_login(cast.coordinator)
    page = client.post(reverse(*GROUPS[:1], args=GROUPS[1]), {"do": "ask"}).text
    assert "2 people get an email." in page
    assert not OutboxMessage.objects.filter(kind="group-choice").exists()
    for _ in range(2):
        client.post(reverse(*GROUPS[:1], args=GROUPS[1]), {"do": "ask", "confirmed": "yes"})
    asked = OutboxMessage.objects.filter(kind="group-choice")
    assert {m.to[0] for m in asked} == {mentees[1].user.email, mentors[0].user.email}
    assert all("First patch, First talk" in m.full_text for m in asked)


def test_groups_are_filled_in_proportion_and_weak_ones_are_shown(client, cast, cohort, goals):
    patch, talk = goals
    mentees, mentors = people(cohort, 10, 3)
    chosen(mentors, patch)
    chosen(mentees[:6], patch)
    chosen(mentees[6:], talk)
    client.force_login(cast.coordinator)
    page = client.get(reverse("matching:group-list", args=["spring"])).content.decode()
    assert "2 more mentors needed: 4 wait for this group" in page  # before anybody is placed: there is time to recruit
    client.post(reverse("matching:group-list", args=["spring"]), {"do": "fill"})
    assert pks(mentees[:6] + mentors) == set(patch.places.values_list("enrollment", flat=True))
    assert not talk.places.exists()
    page = client.get(reverse("matching:group-list", args=["spring"]))
    assert "2 more mentors needed: 4 wait for this group" in page.content.decode()
    assert {e.pk for e, _, _ in page.context["left"]} == pks(mentees[6:])


def test_who_was_moved_by_hand_stays_when_the_groups_are_filled_again(cast, cohort, goals):
    patch, talk = goals
    mentees, mentors = people(cohort, 3, 2)
    chosen(mentors[:1], patch)
    chosen(mentors[1:], talk)
    chosen(mentees, patch)
    groups_services.fill_goal_groups(cohort=cohort, by=cast.coordinator)
    groups_services.move_to_group(enrollment=mentees[0], to=talk, by=cast.coordinator)
    groups_services.fill_goal_groups(cohort=cohort, by=cast.coordinator)
    assert mentees[0].goal_place.group == talk
    assert GoalPlace.objects.count() == 5
    groups_services.move_to_group(enrollment=mentees[0], to=None, by=cast.coordinator)
    groups_services.fill_goal_groups(cohort=cohort, by=cast.coordinator)
    assert GoalPlace.objects.get(enrollment=mentees[0]).group == patch


def test_nobody_is_in_one_group_in_two_roles(cast, cohort, goals):
    user = UserFactory()
    mentor, mentee = (EnrollmentFactory(cohort=cohort, user=user, role=role) for role in ("mentor", "mentee"))
    groups_services.move_to_group(enrollment=mentor, to=goals[0], by=cast.coordinator)
    with pytest.raises(ServiceError, match="in another role"):
        groups_services.move_to_group(enrollment=mentee, to=goals[0], by=cast.coordinator)
    chosen([mentee], *goals)
    _, mentors = people(cohort, 0, 1)
    groups_services.move_to_group(enrollment=mentors[0], to=goals[1], by=cast.coordinator)
    groups_services.fill_goal_groups(cohort=cohort, by=cast.coordinator)
    assert GoalPlace.objects.get(enrollment=mentee).group == goals[1]


def test_a_full_group_takes_nobody_by_hand(client, cast, cohort, goals):
    patch, _ = goals
    GoalGroup.objects.update(mentee_places=1)
    mentees, _ = people(cohort, 2)
    client.force_login(cast.coordinator)
    for one in mentees:
        page = client.post(
            reverse("matching:group-list", args=["spring"]), {"do": "move", "who": one.pk, "to": patch.pk}, follow=True
        )
    assert "All 1 places for mentees" in page.content.decode()
    assert list(patch.places.values_list("enrollment", flat=True)) == [mentees[0].pk]


def test_confirming_twice_introduces_a_group_once(client, cast, cohort, goals):
    patch, talk = goals
    mentees, mentors = people(cohort, 2, 1)
    chosen([*mentees, *mentors], patch)
    groups_services.fill_goal_groups(cohort=cohort, by=cast.coordinator)
    client.force_login(cast.coordinator)
    path = reverse("matching:group-introduce", args=["spring", patch.pk])
    assert mentors[0].user.email in client.get(path).content.decode()
    assert not OutboxMessage.objects.filter(key=f"group-intro:{patch.pk}").exists()
    for _ in range(2):
        client.post(path)
    mail = OutboxMessage.objects.get(key__startswith="group-intro")
    assert set(mail.to) == {e.user.email for e in (*mentees, *mentors)}
    assert "First patch" in mail.subject
    patch.refresh_from_db()
    assert patch.intro == mail
    # From here on nothing moves any more.
    groups_services.fill_goal_groups(cohort=cohort, by=cast.coordinator)
    assert patch.places.count() == 3
    with pytest.raises(ServiceError, match="knows their group already"):
        groups_services.move_to_group(enrollment=mentees[0], to=talk, by=cast.coordinator)
    with pytest.raises(ServiceError, match="in a group already"):
        groups_services.choose_groups(enrollment=mentees[0], group_ids=[talk.pk], by=None)
    assert mentors[0].user.full_name in client.get(path_of(CHOICE_LINK.url(mentees[0].pk))).content.decode()


def test_a_group_without_a_mentor_is_not_introduced(client, cast, cohort, goals):
    mentees, _ = people(cohort, 1)
    groups_services.move_to_group(enrollment=mentees[0], to=goals[0], by=cast.coordinator)
    client.force_login(cast.coordinator)
    page = client.post(reverse("matching:group-introduce", args=["spring", goals[0].pk]), follow=True)
    assert "at least one mentor and one mentee" in page.content.decode()
    goals[0].refresh_from_db()
    assert goals[0].intro is None
    assert not OutboxMessage.objects.filter(key__startswith="group-intro").exists()


def test_goals_are_named_changed_and_taken_away(client, cast, cohort):
    client.force_login(cast.coordinator)
    create = reverse("matching:group-create", args=["spring"])
    form = {"name": "First patch", "about": "", "mentor_places": 3, "mentee_places": 8}
    client.post(create, form)
    again = client.post(create, {**form, "name": "first patch"})
    assert again.status_code == 422
    assert "already a group with this goal" in again.content.decode()
    group = cohort.goal_groups.get()
    edit = reverse("matching:group-edit", args=["spring", group.pk])
    client.post(edit, {**form, "mentee_places": 6})
    group.refresh_from_db()
    assert group.mentee_places == 6
    (mentee,), _ = people(cohort, 1)
    chosen([mentee], group)
    client.post(edit, {"drop": "1", **SURE})
    assert not GoalGroup.objects.exists()
    assert not GoalChoice.objects.exists()


def test_viewers_look_at_groups_and_strangers_do_not(client, cast, cohort, goals):
    mentees, _ = people(cohort, 1)
    path = reverse("matching:group-list", args=["spring"])
    for who, status in ((cast.viewer, 200), (cast.stranger, 404), (cast.mentee, 404)):
        client.force_login(who)
        assert client.get(path).status_code == status
        assert client.post(path, {"do": "move", "who": mentees[0].pk, "to": goals[0].pk}).status_code == 404
        assert client.get(reverse("matching:group-edit", args=["spring", goals[0].pk])).status_code == 404
        assert client.post(reverse("matching:group-introduce", args=["spring", goals[0].pk])).status_code == 404
    assert not GoalPlace.objects.exists()


def test_the_groups_are_exported_and_cost_constant_queries(client, cast, cohort, goals):
    client.force_login(cast.coordinator)
    path, counts = reverse("matching:group-list", args=["spring"]), []
    for _ in range(2):
        mentees, mentors = people(cohort, 3, 1)
        chosen([*mentees, *mentors], *goals)
        groups_services.fill_goal_groups(cohort=cohort, by=cast.coordinator)
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    lines = client.get(path, {"format": "csv"}).content.decode().splitlines()
    assert len(lines) == 9


def test_nobody_is_silently_in_a_group_after_leaving_the_cohort(cast, cohort, goals):
    mentees, _ = people(cohort, 1)
    groups_services.move_to_group(enrollment=mentees[0], to=goals[0], by=cast.coordinator)
    mentees[0].status = "withdrawn"
    mentees[0].save()
    assert groups_services.read_groups_state(cohort).places == {}
    assert groups_services.group_mail_of(goals[0], cohort).to == []
    assert SpeedRsvp.objects.count() == 0
