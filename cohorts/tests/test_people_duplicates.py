"""The same person with two addresses: found with evidence, merged by a coordinator within reach, undone."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Enrollment, TeamMember
from cohorts.people.duplicates import answer_merge, likely_duplicates, mark_people_as_different, merge_duplicates
from cohorts.people.name_matching import same_name_pairs
from matching.models import MatchPin
from mentorship.core.accounts.models import PersonMerge, User
from mentorship.core.accounts.sign_in.services import person_signing_in
from mentorship.core.audit.models import AuditEntry
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import (
    CohortFactory,
    ContactFactory,
    EnrollmentFactory,
    MatchFactory,
    PartnerFactory,
    ProgrammeFactory,
    RoleFactory,
    TopicFactory,
    UserFactory,
)
from mentorship.devtools.testing.pages import SURE


def said(*names):
    return [sure for _, sure in same_name_pairs(enumerate(names))]


@pytest.mark.parametrize(
    "names",
    [
        ("Nuria Vall Roca", "nuria vall roca"),
        ("Núria Vall", "Nuria Vall"),
        ("Nuria Vall", "VALL, Nuria"),
        ("Nuria M. Vall", "Nuria Vall"),
        ("Nuria de la Vall", "Nuria Vall"),
        ("Jörg Møller", "Joerg Moller"),
        ("Dr. Nuria Vall", "Nuria Vall"),
        ("Nuria O'Vall", "Nuria OVall"),
        ("测试人", "测试人"),
    ],
)
def test_names_that_differ_in_spelling_or_order_are_the_same(names):
    assert said(*names) == [True]


@pytest.mark.parametrize(
    "names", [("N. Vall", "Nuria Vall"), ("Nuria", "nuria"), ("Nuria Vall", "Nuria Vall Roca"), ("Vall N", "N Vall")]
)
def test_names_with_a_missing_word_or_an_initial_are_weak_matches(names):
    assert said(*names) == [False]


@pytest.mark.parametrize(
    "names",
    [
        ("Nuria Vall", "Nuria Roca"),
        ("Nuria A. Vall", "Nuria B. Vall"),
        ("A. Vall", "Nuria Vall"),
        ("Nuria", "Nuria Vall"),
        ("Vall Roca", "Vall Nuria"),
        ("测试人", "测试"),
        ("", ""),
        ("हिना", "हनु"),
    ],
)
def test_different_names_do_not_match(names):
    assert said(*names) == []


@pytest.fixture
def twice(cast):
    """One person who came back with another address."""
    before = CohortFactory(programme=cast.programme, name="Seeds 8", status="completed")
    first = EnrollmentFactory(
        cohort=before,
        role="mentee",
        title="River maps",
        country="KE",
        time_zone="Africa/Nairobi",
        user=UserFactory(email="nuria.vall@university.example", full_name="Nuria Vall"),
    )
    second = EnrollmentFactory(
        cohort=cast.cohort,
        role="mentor",
        country="KE",
        time_zone="Africa/Nairobi",
        user=UserFactory(email="vall.nuria@mail.example", full_name="Núria Vall"),
    )
    topic = TopicFactory(programme=cast.programme, name="Hydrology")
    first.topics.add(topic)
    second.topics.add(topic)
    return first, second


pytestmark = pytest.mark.django_db


def only_pair(cast, by=None):
    [pair] = likely_duplicates(cast.programme, by or cast.coordinator)
    return pair


def test_a_pair_lists_the_evidence_for_one_person(cast, twice):
    pair = only_pair(cast)
    assert {person.user for person in pair.both} == {twice[0].user, twice[1].user}
    assert pair.for_it == [
        "Both in Kenya",
        "Same time zone, Nairobi",
        "Share 1 topic: Hydrology",
        "Similar addresses",
    ]
    assert (pair.against, pair.refusal) == ([], "")


def test_a_pair_lists_the_evidence_against_one_person(cast, twice):
    first, second = twice
    User.objects.filter(pk=first.user_id).update(pronouns="they/them")
    User.objects.filter(pk=second.user_id).update(pronouns="she/her")
    Enrollment.objects.filter(pk=first.pk).update(country="PE", time_zone="America/Lima")
    pair = only_pair(cast)
    assert set(pair.against) == {
        "One in Kenya, the other in Peru",
        "Different time zones",
        "Different pronouns, she/her and they/them",
    } or set(pair.against) == {
        "One in Peru, the other in Kenya",
        "Different time zones",
        "Different pronouns, they/them and she/her",
    }


@pytest.mark.parametrize("where", ["role", "team", "lead"])
def test_a_merge_is_refused_where_both_have_what_one_person_can_have_once(cast, twice, where):
    first, second = twice
    if where == "role":
        Enrollment.objects.filter(pk=first.pk).update(cohort=cast.cohort, role="mentor", title="")
        reason = "Both are mentor in Seeds 9, so they can't be merged."
    elif where == "team":
        for person in (first.user, second.user):
            TeamMember.objects.create(enrollment=cast.mentee_enrollment, user=person)
        reason = "Both are in the team of Soil maps, so they can't be merged."
    else:
        TeamMember.objects.create(enrollment=first, user=second.user)
        reason = "Both are in the team of River maps, so they can't be merged."
    pair = only_pair(cast)
    assert pair.refusal == reason
    with pytest.raises(ServiceError, match=reason):
        merge_duplicates(programme=cast.programme, keep=first.user, other=second.user, by=cast.coordinator)
    assert not PersonMerge.objects.exists()


def test_a_merge_of_two_who_are_matched_with_each_other_is_refused(cast, twice):
    _, mentor = twice
    mentee = EnrollmentFactory(cohort=cast.cohort, user=UserFactory(full_name="Nuria Vall"))
    MatchPin.objects.create(mentee=mentee, mentor=mentor, kind="forbid")
    match = MatchFactory(mentee=mentee, mentor=mentor)
    with pytest.raises(ServiceError, match="matched with each other"):
        merge_duplicates(programme=cast.programme, keep=mentee.user, other=mentor.user, by=cast.coordinator)
    match.delete()
    merge_duplicates(programme=cast.programme, keep=mentee.user, other=mentor.user, by=cast.coordinator)
    assert {e.pk for e in mentee.user.enrollments.all()} == {mentee.pk, mentor.pk}


def test_a_single_name_needs_evidence(cast):
    a, b = (
        EnrollmentFactory(cohort=cast.cohort, user__full_name="Nuria", country="", time_zone="", role=role, title="")
        for role in ("mentee", "mentor")
    )
    User.objects.filter(pk=b.user_id).update(email="quite-other@example.org")
    assert likely_duplicates(cast.programme, cast.coordinator) == []
    for enrollment in (a, b):
        enrollment.topics.add(TopicFactory(programme=cast.programme, name="Hydrology"))
    assert only_pair(cast).for_it == ["Share 1 topic: Hydrology"]


def test_a_merge_moves_all_rows_and_is_recorded(cast, twice):
    first, second = twice
    merge = merge_duplicates(programme=cast.programme, keep=second.user, other=first.user, by=cast.coordinator)
    assert set(second.user.enrollments.all()) == {first, second}
    entry = AuditEntry.objects.get(verb="merged")
    assert (entry.actor, entry.workspace_id, entry.object_id) == (
        cast.coordinator,
        cast.programme.workspace_id,
        str(second.user_id),
    )
    assert merge.by == cast.coordinator
    assert likely_duplicates(cast.programme, cast.coordinator) == []


def beyond_reach(case, cast, person):
    """Give a person a row that a coordinator of this programme does not coordinate."""
    if case == "staff":
        User.objects.filter(pk=person.pk).update(is_staff=True)
    elif case == "enrolled elsewhere":
        EnrollmentFactory(cohort=cast.other_cohort, user=person)
    elif case == "in a team elsewhere":
        TeamMember.objects.create(enrollment=EnrollmentFactory(cohort=cast.other_cohort), user=person)
    elif case == "a role elsewhere":
        RoleFactory(workspace=cast.other_cohort.programme.workspace, user=person, role="viewer")
    elif case == "a role here":
        RoleFactory(workspace=cast.programme.workspace, user=person, role="viewer")
    else:
        ContactFactory(partner=cast.other_partner, user=person)
        ContactFactory(partner=PartnerFactory(workspace=cast.programme.workspace), user=person)


CASES = ["staff", "enrolled elsewhere", "in a team elsewhere", "a role elsewhere", "a role here", "a partner contact"]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("which", [0, 1])
def test_a_coordinator_reaches_only_people_of_their_own_programmes(client, cast, twice, case, which):
    people = [enrollment.user for enrollment in twice]
    beyond_reach(case, cast, people[which])
    assert "Only an operator can merge them" in only_pair(cast).refusal
    client.force_login(cast.coordinator)
    url = reverse("cohorts:duplicate-merge", args=[cast.programme.slug])
    answer = client.post(url, {"people": [p.pk for p in people], "keep": people[0].pk, **SURE}, follow=True)
    assert "Only an operator can merge them" in answer.content.decode()
    assert not PersonMerge.objects.exists()
    assert all(User.objects.get(pk=person.pk).is_active for person in people)


def test_the_owner_merges_a_member_of_their_team_and_a_coordinator_of_two_programmes_people_of_both(cast, twice):
    first, second = twice
    RoleFactory(workspace=cast.programme.workspace, user=first.user, role="viewer")
    assert only_pair(cast, cast.owner).refusal == ""
    merge_duplicates(programme=cast.programme, keep=first.user, other=second.user, by=cast.owner)
    another = EnrollmentFactory(cohort=cast.cohort, user=UserFactory(full_name="Nuria Vall"))
    sister = ProgrammeFactory()
    RoleFactory(workspace=sister.workspace, user=cast.owner)
    EnrollmentFactory(cohort=CohortFactory(programme=sister), user=another.user)
    merge_duplicates(programme=cast.programme, keep=first.user, other=another.user, by=cast.owner)
    assert first.user.enrollments.count() == 4


def test_people_of_another_programme_are_not_reached_by_their_number(client, cast, twice):
    client.force_login(cast.coordinator)
    foreign = EnrollmentFactory(cohort=cast.other_cohort).user
    url = reverse("cohorts:duplicate-merge", args=[cast.programme.slug])
    ids = [twice[0].user_id, foreign.pk]
    answer = client.post(url, {"people": ids, "keep": ids[0], **SURE}, follow=True)
    assert "Choose whom to keep" in answer.content.decode()
    with pytest.raises(ServiceError, match="two people of this programme"):
        merge_duplicates(programme=cast.programme, keep=twice[0].user, other=foreign, by=cast.coordinator)
    assert not PersonMerge.objects.exists()


def test_the_page_merges_marks_as_different_and_undoes(client, cast, twice):
    first, second = twice
    client.force_login(cast.coordinator)
    page = client.get(reverse("cohorts:duplicate-list", args=[cast.programme.slug])).content.decode()
    for text in ("nuria.vall@university.example", "vall.nuria@mail.example", "Both in Kenya", "None that we know of"):
        assert text in page
    data = {"people": [first.user_id, second.user_id], "keep": first.user_id, **SURE}
    answer = client.post(reverse("cohorts:duplicate-merge", args=[cast.programme.slug]), data, follow=True)
    page = answer.content.decode()
    assert "They sign in with nuria.vall@university.example, and with vall.nuria@mail.example once they" in page
    assert "No duplicates" in page
    second.refresh_from_db()
    assert second.user == first.user
    merge = PersonMerge.objects.get()
    undo = reverse("cohorts:duplicate-undo-merge", args=[cast.programme.slug, merge.pk])
    client.force_login(cast.stranger)
    assert client.post(undo).status_code == 404
    client.force_login(cast.coordinator)
    assert "The merge is undone" in client.post(undo, SURE, follow=True).content.decode()
    second.refresh_from_db()
    assert second.user != first.user
    assert "already been undone" in client.post(undo, SURE, follow=True).content.decode()
    apart = reverse("cohorts:duplicate-mark-different", args=[cast.programme.slug])
    assert "are marked as different people" in client.post(apart, data, follow=True).content.decode()
    assert likely_duplicates(cast.programme, cast.coordinator) == []


def answer_by_mail(client, mail, answer):
    link = re.search(r"^https?://\S+$", mail.full_text, re.MULTILINE).group()
    assert client.get(link).status_code == 200, "looking changes nothing"
    return client.post(link, {"answer": answer}, follow=True).content.decode()


def test_merging_an_own_address_into_somebody_does_not_sign_in_as_them(client, cast, twice):
    victim, own = (one.user for one in twice)
    EmailAddress.objects.create(user=victim, email=victim.email, verified=True, primary=True)
    merge = merge_duplicates(programme=cast.programme, keep=victim, other=own, by=cast.coordinator)
    assert person_signing_in("vall.nuria@mail.example") is None
    kept, other = (
        OutboxMessage.objects.get(kind="account", to=[one]) for one in (victim.email, "vall.nuria@mail.example")
    )
    assert "university" not in other.body_text, "neither side reads the address of the other"
    assert "mail.example" not in kept.body_text
    assert kept.private_to_id, "the link that agrees is the person's alone"
    assert "separate again" in answer_by_mail(client, kept, "no")
    assert person_signing_in("vall.nuria@mail.example") == own
    assert likely_duplicates(cast.programme, cast.coordinator) == []
    assert OutboxMessage.objects.filter(subject__contains="separate again").count() == 2
    merge.refresh_from_db()
    with pytest.raises(ServiceError, match="no longer merged"):
        answer_merge(programme=cast.programme, merge=merge)


def test_the_person_kept_agrees_and_signs_in_with_what_was_proven(client, cast, twice):
    keep, other = (one.user for one in twice)
    keep.last_login = timezone.now()
    keep.save()
    EmailAddress.objects.create(user=other, email=other.email, verified=True, primary=True)
    operator = UserFactory(is_superuser=True)
    merge_duplicates(programme=cast.programme, keep=keep, other=other, by=operator)
    assert person_signing_in("vall.nuria@mail.example") is None
    mail = OutboxMessage.objects.get(kind="account", to=[keep.email])
    assert "sign in with both addresses" in answer_by_mail(client, mail, "yes")
    assert person_signing_in("vall.nuria@mail.example") == keep
    assert "both accounts are yours" in answer_by_mail(client, mail, "yes")


def test_an_account_in_use_moves_only_when_its_owner_agrees(client, cast, twice):
    own, victim = (one.user for one in twice)
    EmailAddress.objects.create(user=victim, email=victim.email, verified=True, primary=True)
    client.force_login(cast.coordinator)
    data = {"people": [own.pk, victim.pk], "keep": own.pk, "confirmed": "yes"}
    url = reverse("cohorts:duplicate-merge", args=[cast.programme.slug])
    for _ in range(2):
        assert "we have asked its owner by email" in client.post(url, data, follow=True).content.decode()
    assert not PersonMerge.objects.exists()
    mail = OutboxMessage.objects.get(kind="account")
    assert mail.to == [victim.email]
    client.logout()
    assert "Your accounts have been merged" in answer_by_mail(client, mail, "yes")
    assert PersonMerge.objects.get().kept == own
    assert person_signing_in("vall.nuria@mail.example") is None, "now it is the other side's turn"


def test_whoever_answers_no_is_not_asked_again(client, cast, twice):
    own, victim = (one.user for one in twice)
    EmailAddress.objects.create(user=victim, email=victim.email, verified=True, primary=True)
    merge_duplicates(programme=cast.programme, keep=own, other=victim, by=cast.coordinator)
    assert "your account stays as it is" in answer_by_mail(client, OutboxMessage.objects.get(kind="account"), "no")
    assert likely_duplicates(cast.programme, cast.coordinator) == []
    assert not PersonMerge.objects.exists()


def test_undo_is_refused_to_a_coordinator_who_lost_access_to_the_person(client, cast, twice):
    first, second = twice
    merge = merge_duplicates(programme=cast.programme, keep=first.user, other=second.user, by=cast.coordinator)
    EnrollmentFactory(cohort=cast.other_cohort, user=first.user)
    client.force_login(cast.coordinator)
    answer = client.post(
        reverse("cohorts:duplicate-undo-merge", args=[cast.programme.slug, merge.pk]), SURE, follow=True
    )
    assert "Only an operator" in answer.content.decode()
    merge.refresh_from_db()
    assert merge.undone_at is None


def test_coordinators_edit_viewers_read_and_others_see_nothing(client, cast, twice):
    slug = cast.programme.slug
    page = reverse("cohorts:duplicate-list", args=[slug])
    writing = [reverse(f"cohorts:duplicate-{name}", args=[slug]) for name in ("merge", "mark-different")]
    data = {"people": [e.user_id for e in twice], "keep": twice[0].user_id}
    for user, status in [(cast.viewer, 200), (cast.stranger, 404), (cast.mentor, 404), (cast.contact, 404)]:
        client.force_login(user)
        answer = client.get(page)
        assert answer.status_code == status, user
        assert "Merge into the one to keep" not in answer.content.decode()
        assert {client.post(url, data).status_code for url in writing} == {404}, user
    client.logout()
    assert client.get(page).status_code == 302
    assert not PersonMerge.objects.exists()


def test_the_page_takes_a_constant_number_of_queries(client, cast, twice, django_assert_max_num_queries):
    client.force_login(cast.coordinator)
    for number in range(15):
        for _ in range(2):
            user = UserFactory(full_name=f"Nuria {chr(97 + number) * 4}")
            EnrollmentFactory(cohort=cast.cohort, user=user).topics.add(TopicFactory(programme=cast.programme))
    with django_assert_max_num_queries(30):
        page = client.get(reverse("cohorts:duplicate-list", args=[cast.programme.slug]))
    assert page.context["page_obj"].paginator.count == 16


def test_marking_as_different_counts_for_that_pair_only(cast, twice):
    third = EnrollmentFactory(cohort=cast.cohort, user=UserFactory(full_name="Nuria Vall"))
    mark_people_as_different(programme=cast.programme, people=[e.user for e in twice], by=cast.coordinator)
    pairs = likely_duplicates(cast.programme, cast.coordinator)
    assert len(pairs) == 2
    assert all(third.user in [person.user for person in pair.both] for pair in pairs)
