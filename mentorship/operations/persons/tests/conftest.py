"""A person with rows in every app, for the tests of exports and erasures."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from allauth.account.models import EmailAddress
from django.core.files.base import ContentFile
from django.utils import timezone

from checkins.models import Answer, Case, CaseNote, CheckIn, CheckInWave, Graduation, Reply, Survey, SurveyQuestion
from cohorts.models import (
    ImportBatch,
    Mailing,
    MailingRecipient,
    OptOut,
    PendingSignup,
    Review,
    SignupAnswer,
    SignupFile,
    SignupQuestion,
    TeamMember,
)
from matching.models import MatchProposal, MatchRun
from mentorship.core.audit.services import record
from mentorship.core.outbox.models import Suppression
from mentorship.devtools.testing.factories import (
    ContactFactory,
    EnrollmentFactory,
    MatchFactory,
    MessageFactory,
    UserFactory,
)
from mentorship.operations.persons.tests.traces import EMAIL, NAME, PHRASE, TODAY
from partners.models import Contribution, ContributionEntry
from training.models import AttendanceImport, MemberAttendance, TrainingFeedback
from training.tests.slots import book, mentors, new_session


@pytest.fixture
def by_name_only(db):
    """The person as an account alone, for tests of how a text is read."""
    return UserFactory(email=EMAIL, full_name=NAME)


@pytest.fixture
def person(cast):
    """A person with rows in every room, and mentioned all over the place."""
    user = UserFactory(email=EMAIL, full_name=NAME, pronouns=PHRASE, country="KE")
    enrollment = EnrollmentFactory(
        cohort=cast.cohort,
        user=user,
        role="mentor",
        description=PHRASE,
        private_needs=PHRASE,
        note=PHRASE,
        goals=PHRASE,
    )
    EmailAddress.objects.create(user=user, email=EMAIL, primary=True, verified=True)
    _in_cohorts(cast, user, enrollment)
    _in_matching_and_checkins(cast, user, enrollment)
    _elsewhere(cast, user, enrollment)
    return user


def _in_cohorts(cast, user, enrollment):
    cohort = cast.cohort
    team = TeamMember.objects.create(enrollment=EnrollmentFactory(cohort=cohort, title="Bees"), user=user).enrollment
    call = new_session(cohort, kind="call", training="A call", seats=5)
    MemberAttendance.objects.create(booking=book(call, team), user=user, attended=True)
    question = SignupQuestion.objects.create(cohort=cohort, role="mentor", key="k", kind="short", text="Why?")
    SignupAnswer.objects.create(enrollment=enrollment, question=question, value=PHRASE)
    file = SignupFile(cohort=cohort, enrollment=enrollment, name=f"../{PHRASE}.txt")
    file.file.save("cv.txt", ContentFile(PHRASE.encode()))
    Review.objects.create(enrollment=enrollment, reviewer=cast.owner, summary=f"{PHRASE}, says the reviewer.")
    Review.objects.create(enrollment=cast.mentee_enrollment, reviewer=user, summary="What somebody thought of it.")
    PendingSignup.objects.create(cohort=cohort, role="mentor", email=EMAIL.upper(), answers={"full_name": NAME})
    rows = [["name", "email", "bio"], [NAME, EMAIL, PHRASE], ["Ana Sousa", "ana@example.org", "Soil"]]
    ImportBatch.objects.create(cohort=cohort, role="mentor", filename="x.csv", rows=rows)
    mailing = Mailing.objects.create(cohort=cohort, subject=f"Meet {NAME}", body=f"{NAME} ({EMAIL}) joins.")
    MailingRecipient.objects.create(mailing=mailing, user=user)
    OptOut.objects.create(workspace=cohort.programme.workspace, user=user)


def _in_matching_and_checkins(cast, user, enrollment):
    mentee = EnrollmentFactory(cohort=cast.cohort, title="Maps")
    match = MatchFactory(
        mentee=mentee, mentor=enrollment, status="ended", why=PHRASE, reasons=[PHRASE], ended_reason=PHRASE
    )
    run = MatchRun.objects.create(cohort=cast.cohort, number=1)
    MatchProposal.objects.create(run=run, mentee=mentee, mentor=enrollment, score=0.5, factors=[], why=f"{NAME} fits.")
    survey = Survey.objects.create(programme=cast.programme, name="Three months")
    question = SurveyQuestion.objects.create(survey=survey, key="words", kind="text", text="How is it?")
    wave = CheckInWave.objects.create(cohort=cast.cohort, survey=survey, name="Wave")
    soon = timezone.now() + timedelta(days=2)
    checkin = CheckIn.objects.create(
        wave=wave,
        match=match,
        enrollment=enrollment,
        user=user,
        side="mentor",
        due_at=soon,
        closes_at=soon,
    )
    Answer.objects.create(checkin=checkin, question=question, value="4", text=PHRASE)
    Reply.objects.create(
        cohort=cast.cohort,
        match=match,
        user=user,
        side="mentor",
        day=TODAY,
        ends_at=soon,
        how="well",
        words=PHRASE,
        by=cast.owner,
    )
    case = Case.objects.create(
        cohort=cast.cohort, kind="help", about=user, due_on=date(2027, 1, 1), next_step=PHRASE, summary=PHRASE
    )
    CaseNote.objects.create(case=case, by=cast.owner, text=PHRASE)
    Graduation.objects.create(enrollment=enrollment, user=user, status="graduated", name=NAME, decided_on=TODAY)


def _elsewhere(cast, user, enrollment):
    session = new_session(cast.cohort, seats=1, starts_at=timezone.now() + timedelta(days=11))
    booking = book(session, enrollment)
    TrainingFeedback.objects.create(booking=booking, user=user, score=2, words=PHRASE)
    (waiting,) = mentors(cast.cohort, 1)
    book(session, waiting, wait=True)
    AttendanceImport.objects.create(session=session, rows=[{"name": NAME, "email": EMAIL, "key": "", "sure": False}])
    ContactFactory(partner=cast.partner, user=user)
    gift = Contribution.objects.create(
        partner=cast.partner, cohort=cast.cohort, kind="mentor_hours", what="Hours", pledged=Decimal(10)
    )
    ContributionEntry.objects.create(contribution=gift, on=TODAY, quantity=Decimal(5), person=user)
    Suppression.objects.create(workspace=cast.programme.workspace, address=EMAIL, reason="by-hand", note=PHRASE)
    workspace = cast.programme.workspace
    MessageFactory(workspace=workspace, to=[EMAIL], subject=f"Dear {NAME}", body_text=PHRASE, body_html=PHRASE)
    MessageFactory(
        workspace=workspace,
        to=["ana@example.org", EMAIL],
        status="sent",
        sent_at=timezone.now(),
        delivered_to=[EMAIL],
        subject="You two",
        body_text=f"{NAME}, meet Ana. Write to {EMAIL}.",
        body_html=f"<p>{EMAIL}</p>",
        reply_to=[EMAIL],
        key="pair:1",
    )
    record(verb="noted", target=cast.cohort, workspace_id=workspace.pk, by=cast.owner, who=NAME, reason=f"See {EMAIL}.")
    record(verb="signed in", target=cast.cohort, workspace_id=workspace.pk, by=user)
