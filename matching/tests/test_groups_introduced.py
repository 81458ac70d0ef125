"""Goal groups after their introduction: who joins later, who leaves, how they end."""

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from cohorts.enrollment.leaving import withdraw
from matching.groups import introduced
from matching.groups import services as groups_services
from matching.models import GoalGroup, GoalPlace
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory, UserFactory


@pytest.fixture(autouse=True)
def while_it_runs():
    with time_machine.travel("2027-02-10T09:00:00+00:00", tick=False):
        yield


@pytest.fixture
def cohort(cast):
    programme = cast.programme
    programme.conduct_email = "care@example.org"
    programme.save()
    return CohortFactory(programme=programme, slug="spring", status="running")


@pytest.fixture
def group(cast, cohort):
    """A group of a mentor and two mentees that was introduced."""
    group = GoalGroup.objects.create(cohort=cohort, name="First patch", about="We send one.", mentee_places=3)
    for role in ("mentor", "mentee", "mentee"):
        enrollment = EnrollmentFactory(cohort=cohort, role=role)
        groups_services.move_to_group(enrollment=enrollment, to=group, by=cast.coordinator)
    return groups_services.introduce_group(group=group, by=cast.coordinator)


def members(group, role="mentee"):
    return [p.enrollment for p in group.places.filter(enrollment__role=role).select_related("enrollment__user")]


def mails(key):
    return OutboxMessage.objects.filter(key__startswith=key)


def post(client, name, *args, **data):
    return client.post(reverse(f"matching:{name}", args=["spring", *args]), data, follow=True)


def test_the_intro_says_when_and_where_to_turn(group):
    mail = mails("group-intro").get()
    assert "Mon 15 Feb, " in mail.full_text
    assert "care@example.org" in mail.full_text
    assert f"/my/groups/of/{group.pk}/" in mail.full_text
    assert set(mail.reply_to) == set(mail.to)


def test_a_newcomer_joins_with_one_mail_to_all(client, cast, cohort, group):
    new = EnrollmentFactory(cohort=cohort, user__full_name="Lucia Prado")
    groups_services.choose_groups(enrollment=new, group_ids=[], by=None)
    client.force_login(cast.coordinator)
    for _ in range(2):
        post(client, "group-list", do="move", who=new.pk, to=group.pk, confirmed="yes")
    mail = mails("group-joined").get()
    assert set(mail.to) == {p.enrollment.user.email for p in group.places.all()}
    assert len(mail.to) == 4
    assert "Lucia Prado is joining you" in mail.full_text
    assert "Lucia Prado joins “First patch”" in mail.subject


def test_a_change_that_a_whole_group_hears_of_asks_first_and_says_how_many(client, cast, cohort, group):
    new = EnrollmentFactory(cohort=cohort)
    page = post_as(client, cast.coordinator, "group-list", do="move", who=new.pk, to=group.pk)
    assert "4 people get an email." in page.text
    assert not GoalPlace.objects.filter(enrollment=new).exists()
    assert not mails("group-joined").exists()


def test_a_full_group_takes_no_newcomer(client, cast, cohort, group):
    for _ in range(2):
        new = EnrollmentFactory(cohort=cohort)
        page = post_as(client, cast.coordinator, "group-list", do="move", who=new.pk, to=group.pk, confirmed="yes")
    assert "places for mentees" in page.text
    assert mails("group-joined").count() == 1
    assert not GoalPlace.objects.filter(enrollment=new).exists()


def post_as(client, user, name, *args, **data):
    client.force_login(user)
    return post(client, name, *args, **data)


def test_nobody_joins_from_another_group_or_from_outside(cast, cohort, group):
    other = GoalGroup.objects.create(cohort=cohort, name="First talk")
    with pytest.raises(ServiceError, match="not introduced yet"):
        introduced.join_introduced_group(group=other, enrollment=EnrollmentFactory(cohort=cohort), by=cast.coordinator)
    with pytest.raises(ServiceError, match="is in “First patch” already"):
        introduced.join_introduced_group(group=group, enrollment=members(group)[0], by=cast.coordinator)
    with pytest.raises(GoalGroup.DoesNotExist):
        introduced.join_introduced_group(group=group, enrollment=EnrollmentFactory(), by=cast.coordinator)
    with pytest.raises(ServiceError, match="not in the cohort"):
        introduced.join_introduced_group(
            group=group, enrollment=EnrollmentFactory(cohort=cohort, status="withdrawn"), by=cast.coordinator
        )


def test_who_leaves_says_so_by_a_click_and_the_others_stay(client, cohort, group):
    gone, stays = members(group)
    client.force_login(gone.user)
    own = reverse("matching:my-groups", args=[gone.pk])
    assert stays.user.full_name in client.get(own).text
    client.post(own, {"leave": "1"})
    mail = mails("group-left").get()
    assert set(mail.to) == {gone.user.email, stays.user.email, members(group, "mentor")[0].user.email}
    assert mail.reply_to == ["hello@example.org"]
    assert gone.user.full_name in mail.subject
    assert members(group) == [stays]
    assert stays.user.full_name not in client.get(own).text
    assert client.get(reverse("matching:my-group", args=[group.pk])).status_code == 404
    client.post(own, {"leave": "1"})
    assert mails("group-left").count() == 1


def test_a_coordinator_takes_somebody_out_and_puts_them_in_again(client, cast, group):
    one = members(group)[0]
    for to in ("", group.pk, ""):
        post_as(client, cast.coordinator, "group-list", do="move", who=one.pk, to=to, confirmed="yes")
    assert (mails("group-left").count(), mails("group-joined").count()) == (2, 1)
    assert one not in members(group)


def test_a_group_ends_with_one_mail_and_can_go_on(client, cast, group):
    page = post_as(client, cast.coordinator, "group-finish", group.pk)
    assert page.status_code == 422
    for _ in range(2):
        post(client, "group-finish", group.pk, reached="yes", words="See you at the last call.")
    group.refresh_from_db()
    assert (group.reached, group.finished_at is not None) == (True, True)
    mail = mails("group-finished").get()
    assert "has reached its goal. Congratulations!" in mail.full_text
    assert "See you at the last call." in mail.full_text
    one = members(group)[0]
    with pytest.raises(ServiceError, match="is over"):
        introduced.leave_group(enrollment=one, by=None)
    client.force_login(one.user)
    text = client.get(reverse("matching:my-groups", args=[one.pk])).text
    assert "You reached your goal" in text
    assert "Leave the group" not in text.split("<main")[1].split("</main")[0]
    post_as(client, cast.coordinator, "group-finish", group.pk, reopen="1")
    group.refresh_from_db()
    assert (group.reached, group.finished_at) == (None, None)


def test_only_introduced_groups_end_and_only_by_coordinators(client, cast, cohort, group):
    other = GoalGroup.objects.create(cohort=cohort, name="First talk")
    for user in (cast.viewer, cast.stranger, cast.mentee):
        assert post_as(client, user, "group-finish", group.pk, reached="yes").status_code == 404
    assert post_as(client, cast.coordinator, "group-finish", other.pk, reached="yes").status_code == 404
    with pytest.raises(ServiceError, match="never introduced"):
        introduced.finish_group(group=other, reached=True, words="", by=cast.coordinator)
    assert not GoalGroup.objects.filter(finished_at__isnull=False).exists()


def test_the_link_of_the_mail_leads_members_to_their_own_page(client, group):
    one = members(group)[0]
    link = reverse("matching:my-group", args=[group.pk])
    client.force_login(one.user)
    assert client.get(link).url == reverse("matching:my-groups", args=[one.pk])
    text = client.get(link, follow=True).text
    assert "Berlin time" in text
    assert one.user.email in text
    client.force_login(UserFactory())
    assert client.get(link).status_code == 404


def test_home_knows_own_groups_and_what_is_still_to_choose(cast, cohort, group):
    one = members(group)[0]
    assert [(t["group"], t["enrollment"]) for t in introduced.groups_for_participant(one.user)] == [(group, one)]
    outside = EnrollmentFactory(cohort=cohort)
    assert introduced.groups_for_participant(outside.user) == []
    talk = GoalGroup.objects.create(cohort=cohort, name="First talk")
    assert [(t["group"], t["chosen"]) for t in introduced.groups_for_participant(outside.user)] == [(None, False)]
    groups_services.choose_groups(enrollment=outside, group_ids=[talk.pk], by=None)
    assert [t["chosen"] for t in introduced.groups_for_participant(outside.user)] == [True]
    introduced.finish_group(group=group, reached=False, words="", by=cast.coordinator)
    assert introduced.groups_for_participant(one.user) == []


def test_weak_groups_say_where_to_recruit_while_sign_up_is_open(client, cast, cohort):
    cohort.status = "enrolling"
    cohort.save()
    group = GoalGroup.objects.create(cohort=cohort, name="First talk")
    groups_services.choose_groups(enrollment=EnrollmentFactory(cohort=cohort), group_ids=[group.pk], by=None)
    client.force_login(cast.coordinator)
    page = client.get(reverse("matching:group-list", args=["spring"])).text
    assert "Sign-up is open" in page
    assert reverse("cohorts:signup-start", args=["spring"]) in page


def test_whoever_leaves_the_cohort_leaves_the_group_and_those_who_stay_are_told(group):
    gone, stays = members(group)
    withdraw(enrollment=gone, by=gone.user)
    for _ in range(2):
        introduced.sweep_group_leavers(timezone.now())
    assert members(group) == [stays]
    mail = mails("group-left").get()
    told = {*mail.to, *mail.cc, *mail.bcc}
    assert stays.user.email in told
    assert gone.user.email not in told
