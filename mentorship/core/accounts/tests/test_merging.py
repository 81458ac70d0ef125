"""Merging two accounts of one person, and undoing it."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.urls import reverse

from cohorts.models import Enrollment, Mailing, MailingRecipient, OptOut, Review, TeamMember
from mentorship.core.accounts.models import PersonMerge, User, WorkspaceRole
from mentorship.core.accounts.people.merging import STAYS, MergeError, agree_to_merge, merge_people, undo_merge_people
from mentorship.core.accounts.people.services import person_by_email
from mentorship.core.audit.models import AuditEntry
from mentorship.core.audit.services import record
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import (
    CohortFactory,
    ContactFactory,
    EnrollmentFactory,
    RoleFactory,
    UserFactory,
    WorkspaceFactory,
)
from partners.models import PartnerContact
from training.models import MemberAttendance
from training.tests.slots import new_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def keep():
    return UserFactory(email="main@example.org", full_name="Person One", country="")


@pytest.fixture
def other():
    return UserFactory(email="second@example.org", full_name="Person One", country="KE", languages=["en", "sw"])


def pointing_rows(user):
    """Every row of any model that points to a person, as (model, field, ids)."""
    found = {}
    for relation in User._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and not relation.many_to_many:
            rows = relation.related_model._base_manager.filter(**{relation.field.name: user})
            if ids := sorted(rows.values_list("pk", flat=True)):
                found[relation.related_model._meta.label_lower, relation.field.name] = ids
    return found


def some_of_everything(user, reviewer_of=None):
    """Rows of many models that point to a person."""
    cohort = CohortFactory()
    enrollment = EnrollmentFactory(cohort=cohort, user=user, role="mentor")
    team = EnrollmentFactory(cohort=cohort)
    TeamMember.objects.create(enrollment=team, user=user)
    Review.objects.create(enrollment=reviewer_of or team, reviewer=user)
    OptOut.objects.create(workspace=cohort.programme.workspace, user=user)
    mailing = Mailing.objects.create(cohort=cohort, subject="Hello", body="Hello", created_by=user)
    MailingRecipient.objects.create(mailing=mailing, user=user)
    ContactFactory(user=user)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return enrollment


def test_everything_that_pointed_to_the_other_points_to_the_kept_one_and_back(keep, other):
    some_of_everything(keep)
    some_of_everything(other)
    record(verb="tried", target=other, workspace_id=None, by=other)
    before = pointing_rows(keep), pointing_rows(other)
    merge = merge_people(keep=keep, other=other, by=None)
    left = {label for label, _ in pointing_rows(other)}
    assert left == {"audit.auditentry", "accounts.personmerge"}
    for (label, field), ids in before[1].items():
        if label not in STAYS:
            assert set(ids) <= set(pointing_rows(keep)[label, field]), (label, field)
    assert AuditEntry.objects.get(verb="tried").actor == other
    undo_merge_people(merge=merge, by=None)
    PersonMerge.objects.all().delete()
    assert (pointing_rows(keep), pointing_rows(other)) == before


def test_what_the_kept_person_left_empty_comes_from_the_other_and_goes_again(keep, other):
    keep.pronouns = "they"
    other.pronouns = "she"
    keep.save()
    other.save()
    merge = merge_people(keep=keep, other=other, by=None)
    keep.refresh_from_db()
    assert (keep.country, keep.languages, keep.pronouns) == ("KE", ["en", "sw"], "they")
    keep.country = "UG"
    keep.save()
    undo_merge_people(merge=merge, by=None)
    keep.refresh_from_db()
    assert (keep.country, keep.languages) == ("UG", []), "what was changed since stays"


def test_undo_gives_back_only_what_still_points_to_the_kept_person(keep, other):
    mine = EnrollmentFactory(user=other, title="Mine")
    moved_on = EnrollmentFactory(user=other, title="Moved on")
    merge = merge_people(keep=keep, other=other, by=None)
    somebody = UserFactory()
    Enrollment.objects.filter(pk=moved_on.pk).update(user=somebody)
    new = EnrollmentFactory(user=keep, title="New")
    undo_merge_people(merge=merge, by=None)
    owner = dict(Enrollment.objects.values_list("title", "user"))
    assert owner == {mine.title: other.pk, "Moved on": somebody.pk, new.title: keep.pk}
    other.refresh_from_db()
    assert (other.email, other.is_active) == ("second@example.org", True)
    with pytest.raises(MergeError, match="already been undone"):
        undo_merge_people(merge=merge, by=None)


def test_a_conflicting_unique_row_is_named_and_nothing_is_merged(keep, other):
    cohort = CohortFactory(name="Seeds 12")
    EnrollmentFactory(cohort=cohort, user=keep, role="mentor")
    EnrollmentFactory(cohort=cohort, user=other, role="mentor")
    free = EnrollmentFactory(user=other)
    with pytest.raises(MergeError, match="enrollment with cohort “Seeds 12” and role “mentor”"):
        merge_people(keep=keep, other=other, by=None)
    free.refresh_from_db()
    other.refresh_from_db()
    assert free.user == other
    assert other.is_active
    assert not PersonMerge.objects.exists()


def test_both_in_one_team_and_both_reviewers_of_one_application_are_refused(keep, other):
    team = EnrollmentFactory()
    for user in (keep, other):
        TeamMember.objects.create(enrollment=team, user=user)
    with pytest.raises(MergeError, match="team member"):
        merge_people(keep=keep, other=other, by=None)
    TeamMember.objects.all().delete()
    for user in (keep, other):
        Review.objects.create(enrollment=team, reviewer=user)
    with pytest.raises(MergeError, match="review"):
        merge_people(keep=keep, other=other, by=None)


def test_both_noted_at_one_session_is_one_where_they_say_the_same(keep, other):
    session = new_session(CohortFactory())
    booking = session.bookings.create(enrollment=EnrollmentFactory())
    for user in (keep, other):
        MemberAttendance.objects.create(booking=booking, user=user, attended=user == keep)
    with pytest.raises(MergeError, match="member attendance"):
        merge_people(keep=keep, other=other, by=None)
    MemberAttendance.objects.update(attended=True)
    merge_people(keep=keep, other=other, by=None)
    assert keep.member_attendances.get().attended


def test_a_condition_of_a_constraint_counts(keep, other):
    cohort = CohortFactory()
    EnrollmentFactory(cohort=cohort, user=keep, title="One project")
    EnrollmentFactory(cohort=cohort, user=other, title="Another project")
    merge_people(keep=keep, other=other, by=None)
    assert keep.enrollments.count() == 2


def test_the_same_right_twice_is_one_and_different_roles_are_refused(keep, other):
    workspace = WorkspaceFactory()
    for user in (keep, other):
        RoleFactory(workspace=workspace, user=user, role="viewer")
        OptOut.objects.create(workspace=workspace, user=user)
    partner = ContactFactory(user=keep).partner
    ContactFactory(partner=partner, user=other)
    merge = merge_people(keep=keep, other=other, by=None)
    for rows in (WorkspaceRole.objects, OptOut.objects, PartnerContact.objects):
        assert sorted(rows.values_list("user", flat=True)) == sorted([keep.pk, other.pk])
    undo_merge_people(merge=merge, by=None)
    WorkspaceRole.objects.filter(user=keep).update(role="owner")
    with pytest.raises(MergeError, match="workspace role"):
        merge_people(keep=keep, other=other, by=None)


def test_nobody_gets_the_rights_of_somebody_else(keep, other):
    by = UserFactory(full_name="Coordinator")
    theirs, mine = WorkspaceFactory(), WorkspaceFactory()
    RoleFactory(workspace=theirs, user=by, role="coordinator")
    RoleFactory(workspace=mine, user=by, role="owner")
    for attribute in ("is_staff", "is_superuser"):
        User.objects.filter(pk=keep.pk).update(**{attribute: True})
        with pytest.raises(MergeError, match="operator"):
            merge_people(keep=keep, other=other, by=by)
        User.objects.filter(pk=keep.pk).update(**{attribute: False})
    role = RoleFactory(workspace=theirs, user=keep, role="viewer")
    for a, b in [(keep, other), (other, keep)]:
        with pytest.raises(MergeError, match="don't own"):
            merge_people(keep=a, other=b, by=by)
    WorkspaceRole.objects.filter(pk=role.pk).update(workspace=mine)
    merge = merge_people(keep=keep, other=other, by=by)
    RoleFactory(workspace=theirs, user=keep)
    with pytest.raises(MergeError, match="don't own"):
        undo_merge_people(merge=merge, by=by)


def test_oneself_the_same_row_and_who_is_gone_are_not_merged(keep, other):
    for a, b, by in [(keep, keep, None), (keep, other, other)]:
        with pytest.raises(MergeError):
            merge_people(keep=a, other=b, by=by)
    merge_people(keep=keep, other=other, by=None)
    with pytest.raises(MergeError, match="in the meantime"):
        merge_people(keep=keep, other=other, by=None)


def test_a_sign_up_by_the_merged_address_is_the_kept_persons(keep, other):
    third = UserFactory(email="third@example.org")
    first = merge_people(keep=keep, other=other, by=None)
    assert person_by_email(email=" Second@Example.org ") == keep
    second = merge_people(keep=third, other=keep, by=None)
    assert person_by_email(email="second@example.org") == third
    assert person_by_email(email="main@example.org") == third
    with pytest.raises(MergeError, match="Undo that merge first"):
        undo_merge_people(merge=first, by=None)
    undo_merge_people(merge=second, by=None)
    assert person_by_email(email="second@example.org") == keep
    undo_merge_people(merge=first, by=None)
    assert person_by_email(email="second@example.org") == other


def test_an_address_that_somebody_only_claims_finds_nobody_else(keep, other):
    EmailAddress.objects.create(user=keep, email="victim@example.org", verified=False)
    assert person_by_email(email="victim@example.org") != keep
    EmailAddress.objects.create(user=keep, email="proven@example.org", verified=True)
    assert person_by_email(email="proven@example.org") == keep
    EmailAddress.objects.create(user=other, email="claimed@example.org", verified=False)
    merge_people(keep=other, other=UserFactory(), by=None)
    assert person_by_email(email="claimed@example.org") != other


def test_addresses_are_proven_as_they_were_and_the_main_one_stays(keep, other):
    EmailAddress.objects.create(user=other, email="second@example.org", verified=True, primary=True)
    EmailAddress.objects.create(user=other, email="old@example.org", verified=False)
    merge = merge_people(keep=keep, other=other, by=None)
    rows = {(a.email, a.verified, a.primary) for a in EmailAddress.objects.filter(user=keep)}
    assert rows == {
        ("main@example.org", False, True),
        ("second@example.org", False, False),
        ("old@example.org", False, False),
    }
    assert agree_to_merge(merge=merge) == ["old@example.org"]
    assert EmailAddress.objects.get(email="second@example.org").verified
    undo_merge_people(merge=merge, by=None)
    rows = {(a.email, a.verified, a.primary) for a in EmailAddress.objects.filter(user=other)}
    assert rows == {("second@example.org", True, True), ("old@example.org", False, False)}


def test_both_claim_an_address_that_one_has_proven(keep, other):
    EmailAddress.objects.create(user=keep, email="shared@example.org", verified=False)
    EmailAddress.objects.create(user=other, email="shared@example.org", verified=True)
    with pytest.raises(MergeError, match="and only one has proven it"):
        merge_people(keep=keep, other=other, by=None)
    merge_people(keep=other, other=keep, by=None)
    assert EmailAddress.objects.get(email="shared@example.org", user=other).verified


def sign_in(client, address):
    client.logout()
    cache.clear()  # allauth counts how often somebody asks
    OutboxMessage.objects.all().delete()
    client.post(reverse("account_request_login_code"), {"email": address})
    mail = OutboxMessage.objects.get(kind=OutboxMessage.SIGN_IN)
    assert mail.to == [address]
    code = re.search(r"^([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})$", mail.full_text, re.MULTILINE).group(1)
    return client.post(reverse("account_confirm_login_code"), {"code": code}, follow=True)


def test_after_an_agreed_merge_both_addresses_sign_in(client, keep, other):
    EmailAddress.objects.create(user=other, email=other.email, verified=True, primary=True)
    merge = merge_people(keep=keep, other=other, by=None)
    agree_to_merge(merge=merge)
    for address in ("second@example.org", "main@example.org", "second@example.org"):
        assert sign_in(client, address).context["user"] == keep
    keep.refresh_from_db()
    assert keep.email == "main@example.org"
    undo_merge_people(merge=merge, by=None)
    assert sign_in(client, "second@example.org").context["user"] == other
    assert sign_in(client, "main@example.org").context["user"] == keep


def test_the_other_is_signed_out_and_the_kept_person_may_choose_the_main_address(client, keep, other):
    EmailAddress.objects.create(user=other, email=other.email, verified=True, primary=True)
    client.force_login(other)
    merge = merge_people(keep=keep, other=other, by=None)
    agree_to_merge(merge=merge)
    assert client.get(reverse("accounts:profile")).status_code == 302
    sign_in(client, "second@example.org")
    client.post(reverse("account_email"), {"action_primary": "", "email": "second@example.org"})
    keep.refresh_from_db()
    assert keep.email == "second@example.org"
    with pytest.raises(MergeError, match="main address"):
        undo_merge_people(merge=merge, by=None)
