"""The life of programmes and cohorts, and decisions about applicants."""

import pytest

from cohorts.enrollment.mails import decision_mails
from cohorts.enrollment.services import decide_enrollments, set_enrollment_status
from cohorts.models import Cohort, Enrollment
from cohorts.setup.services import create_programme, set_cohort_status
from cohorts.setup.team import grant_role, invite_to_team, revoke_role
from mentorship.core.audit.models import AuditEntry
from mentorship.core.audit.services import history_of
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory, UserFactory
from mentorship.devtools.testing.links import without_signatures

pytestmark = pytest.mark.django_db


def test_whoever_creates_a_programme_owns_it():
    user = UserFactory()
    programme = create_programme(name="Seeds", slug="seeds", contact_email="hello@example.org", by=user)
    assert [(r.user, r.role) for r in programme.workspace.roles.all()] == [(user, "owner")]


def test_a_programme_keeps_its_last_owner(cast):
    role = cast.programme.workspace.roles.get(user=cast.owner)
    with pytest.raises(ServiceError, match="needs an owner"):
        revoke_role(role=role, by=cast.owner)
    with pytest.raises(ServiceError, match="needs an owner"):
        grant_role(workspace=cast.programme.workspace, user=cast.owner, role="viewer", by=cast.owner)
    grant_role(workspace=cast.programme.workspace, user=cast.coordinator, role="owner", by=cast.owner)
    revoke_role(role=role, by=cast.owner)
    assert not cast.programme.workspace.roles.filter(user=cast.owner).exists()


def test_a_team_invitation_is_mailed_once(cast):
    person = UserFactory(email="new@example.org")
    for _ in range(2):
        invite_to_team(programme=cast.programme, user=person, role="viewer", by=cast.owner)
    message = OutboxMessage.objects.get(kind="invitation")
    assert message.to == ["new@example.org"]
    assert "password" in message.full_text


@pytest.mark.parametrize("before", Cohort.Status.values)
@pytest.mark.parametrize("to", Cohort.Status.values)
def test_a_cohort_moves_only_along_its_transitions(cast, before, to):
    cohort = CohortFactory(status=before)
    if to in Cohort.TRANSITIONS[before]:
        assert set_cohort_status(cohort=cohort, to=to, by=cast.owner).status == to
        assert history_of(cohort).first().verb == f"made {to}"
    else:
        with pytest.raises(ServiceError):
            set_cohort_status(cohort=cohort, to=to, by=cast.owner)
        cohort.refresh_from_db()
        assert cohort.status == before


def test_a_refused_status_change_is_not_recorded(cast):
    enrollment = EnrollmentFactory(status="withdrawn")
    with pytest.raises(ServiceError):
        set_enrollment_status(enrollment=enrollment, to="accepted", by=cast.owner)
    assert not AuditEntry.objects.filter(object_id=str(enrollment.pk), object_type="cohorts.enrollment").exists()


def test_deciding_writes_to_each_of_a_team_with_a_link_of_their_own(cast):
    enrollment = EnrollmentFactory(cohort=cast.cohort, status="applied", user__email="lead@example.org")
    enrollment.members.create(user=UserFactory(email="second@example.org"))
    decided, left = decide_enrollments(
        enrollments=[enrollment], to="accepted", by=cast.coordinator, message="See you on Monday."
    )
    assert (decided, left) == ([enrollment], [])
    lead, second = OutboxMessage.objects.filter(kind="decision").order_by("created_at")
    assert (lead.to, second.to) == (["lead@example.org"], ["second@example.org"])
    assert all("See you on Monday." in mail.full_text for mail in (lead, second))
    assert "If your plans have changed" in lead.full_text
    assert "Leave the team:" in second.full_text
    assert lead.reply_to == [cast.programme.contact_email]
    enrollment.refresh_from_db()
    assert enrollment.status == "accepted"


def test_deciding_twice_changes_nothing_and_says_so(cast):
    enrollment = EnrollmentFactory(cohort=cast.cohort, status="applied")
    decide_enrollments(enrollments=[enrollment], to="declined", by=cast.coordinator)
    decided, left = decide_enrollments(enrollments=[enrollment], to="declined", by=cast.coordinator)
    assert decided == []
    assert [e for e, _reason in left] == [enrollment]
    assert OutboxMessage.objects.filter(kind="decision").count() == 1


def test_each_repeated_decision_has_its_own_mail(cast):
    enrollment = EnrollmentFactory(cohort=cast.cohort, status="applied")
    for to in ("waitlisted", "accepted"):
        decide_enrollments(enrollments=[enrollment], to=to, by=cast.coordinator)
    subjects = OutboxMessage.objects.filter(kind="decision").order_by("created_at").values_list("subject", flat=True)
    assert [s.split(":")[0] for s in subjects] == ["You are on the waitlist", "You are in"]


def test_an_enrollment_that_cannot_change_does_not_block_others(cast):
    gone = EnrollmentFactory(cohort=cast.cohort, status="withdrawn")
    here = EnrollmentFactory(cohort=cast.cohort, status="applied")
    decided, left = decide_enrollments(enrollments=[gone, here], to="accepted", by=cast.coordinator)
    assert decided == [here]
    assert [e for e, _reason in left] == [gone]


def test_deciding_without_mail_sends_none(cast):
    enrollment = EnrollmentFactory(cohort=cast.cohort, status="applied")
    decide_enrollments(enrollments=[enrollment], to="accepted", by=cast.coordinator, mail=False)
    assert not OutboxMessage.objects.filter(kind="decision").exists()


def test_the_preview_is_what_is_sent(cast):
    enrollment = EnrollmentFactory(
        cohort=cast.cohort,
        status="applied",
        title="O'Hara's <b>maps</b>",
        user__full_name="Zoë\r\nBcc: all@example.org",
    )
    (preview,) = decision_mails(enrollments=[enrollment], to="accepted")
    assert "<b>maps" not in preview.html
    assert "O'Hara's <b>maps</b>" in preview.text
    decide_enrollments(enrollments=[enrollment], to="accepted", by=cast.coordinator)
    message = OutboxMessage.objects.get(kind="decision")
    sent = (message.subject, without_signatures(message.full_text), without_signatures(message.full_html))
    assert sent == (preview.subject, without_signatures(preview.text), without_signatures(preview.html))
    assert "\n" not in message.subject


def test_an_audit_entry_never_changes(cast):
    set_cohort_status(cohort=cast.cohort, to="completed", by=cast.owner)
    entry = history_of(cast.cohort).first()
    with pytest.raises(TypeError):
        entry.save()
    with pytest.raises(TypeError):
        entry.delete()


def test_one_person_can_hold_many_roles_but_each_once(cast):
    person = UserFactory()
    for role in ("mentor", "facilitator", "expert"):
        EnrollmentFactory(cohort=cast.cohort, user=person, role=role, title="")
    EnrollmentFactory(cohort=cast.cohort, user=person, title="One project")
    EnrollmentFactory(cohort=cast.cohort, user=person, title="Another project")
    assert Enrollment.objects.filter(user=person).count() == 5


@pytest.mark.parametrize(
    ("role", "told"), [("mentor", "introduces you to each other"), ("expert", "something for you to do")]
)
def test_an_accepted_person_is_told_what_comes_next_in_their_role(cast, role, told):
    enrollment = EnrollmentFactory(cohort=cast.cohort, role=role, status="applied")
    (preview,) = decision_mails(enrollments=[enrollment], to="accepted")
    assert told in preview.text
    assert ("introduces you" in preview.text) == (role == "mentor")


def test_a_title_with_a_full_stop_ends_a_sentence_with_one(cast):
    cast.mentee_enrollment.title = "Maps of soils."
    cast.cohort.programme.name = "Seeds Inc."
    (preview,) = decision_mails(enrollments=[cast.mentee_enrollment], to="accepted")
    assert "of Seeds Inc. Welcome!" in preview.text
    assert ".." not in preview.text
