"""A person of every role, and rows of every kind that the demo has none of."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile

from checkins.models import AnonymousBox, Case, CaseNote, CheckIn, CheckInWave, ConductReader, PairPause, Reply, Survey
from cohorts.models import (
    BulkAction,
    Cohort,
    Enrollment,
    ImportBatch,
    PendingSignup,
    Programme,
    SignupFile,
    SignupQuestion,
    TeamDeparture,
    TopicMerge,
    WeeklyMail,
)
from cohorts.selection.services import try_selection
from matching.models import (
    AskedSide,
    BoardChange,
    Match,
    MentorPause,
    PairMeeting,
    RematchWish,
    ReplacementSearch,
    SpeedRsvp,
    SpeedWish,
)
from mentorship.core.accounts.models import DataRequest, PersonMerge, SavedView, User, WorkspaceRole
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.outbox.models import Bounce, MailTemplate, OutboxMessage, Suppression
from mentorship.devtools.access.marks import mark_of, put_marks
from mentorship.devtools.demo import fill
from mentorship.devtools.testing import factories as typed_factories
from partners.models import (
    Agreement,
    BankLayout,
    BankLine,
    BankStatement,
    Deliverable,
    InstalmentDue,
    Partner,
    PartnerContact,
    ReportLink,
    ReportVersion,
)
from training.models import AttendanceImport, SeatRequest, TrainingSession

factories: Any = typed_factories  # a factory returns a row, which its types don't say
SOON = datetime(2027, 6, 1, tzinfo=UTC)
TEAM = ("programme owner", "coordinator", "viewer", "viewer who owns elsewhere", "conduct reader")


@dataclass(frozen=True)
class Reader:
    """A person who opens all pages: their sign-in, and their role in the demo's programme."""

    role: str
    user: User | None

    @property
    def of_team(self) -> bool:
        return self.role in TEAM

    @property
    def coordinates(self) -> bool:
        return self.role in ("programme owner", "coordinator")


def _cohort_elsewhere() -> Cohort:
    """A round of another workspace, which has a partner with a contact."""
    cohort: Cohort = factories.CohortFactory(slug="elsewhere", programme__slug="elsewhere", status="running")
    partner = factories.PartnerFactory(workspace=cohort.programme.workspace, slug="elsewhere-fund")
    factories.ContactFactory(partner=partner)
    return cohort


def cast_of_demo() -> tuple[list[Reader], set[int]]:
    """Fill in what the demo lacks. Returns the people of every role, and those of the pair that has most to keep."""
    seeds = Cohort.objects.get(slug="seeds-1")
    workspace = seeds.programme.workspace
    people = {role: User.objects.get(email=email) for role, email in fill.sign_ins()}
    pair = Match.objects.filter(mentee__cohort=seeds, mentee__members__isnull=False).order_by("pk")[0]
    _words(seeds, people["coordinator"], pair)
    _rest(seeds, people["coordinator"], pair)
    put_marks()
    # These have no marks: they read their own rows.
    elsewhere = _cohort_elsewhere()
    school = Partner.objects.filter(workspace=workspace).exclude(contacts__user=people["partner contact"])[0]
    reader = factories.RoleFactory(workspace=workspace, user__email="reader@demo.example.org", role="viewer").user
    ConductReader.objects.create(workspace=workspace, user=reader)
    two_roles = factories.RoleFactory(workspace=elsewhere.programme.workspace, role="owner").user
    factories.RoleFactory(workspace=workspace, user=two_roles, role="viewer")
    operator = factories.UserFactory(full_name="Operator", is_staff=True, is_superuser=True)
    SavedView.objects.create(user=people["coordinator"], list_name="cohorts:people-list", name="Waiting", query="q=a")
    found: dict[str, User | None] = {
        "programme owner": people["programme owner"],
        "coordinator": people["coordinator"],
        "viewer": WorkspaceRole.objects.filter(workspace=workspace, role="viewer").order_by("pk")[0].user,
        "viewer who owns elsewhere": two_roles,
        "conduct reader": reader,
        "mentor": people["mentor"],
        "mentee": people["mentee"],
        "team lead": pair.mentee.user,
        "team member": pair.mentee.members.order_by("pk")[0].user,
        "reviewing mentor": Enrollment.objects.mentors().filter(cohort__slug="seeds-3", status="accepted")[0].user,
        "facilitator": Enrollment.objects.filter(cohort=seeds, role="facilitator").order_by("pk")[0].user,
        "who left": factories.EnrollmentFactory(cohort=seeds, status="withdrawn").user,
        "partner contact": people["partner contact"],
        "contact of another partner": PartnerContact.objects.create(partner=school, user=factories.UserFactory()).user,
        "coordinator elsewhere": factories.RoleFactory(workspace=elsewhere.programme.workspace, role="owner").user,
        "participant elsewhere": factories.EnrollmentFactory(cohort=elsewhere).user,
        "former coordinator": factories.UserFactory(full_name="Former coordinator"),
        "operator": operator,
        "anonymous": None,
    }
    return [Reader(role, user) for role, user in found.items()], {pair.mentee.user_id, pair.mentor.user_id}


def _words(cohort: Cohort, by: User, pair: Match) -> None:
    """Texts that people write to the coordinators, and the coordinators about them."""
    mentee, mentor = pair.mentee.user, pair.mentor.user
    match_of_login = Match.objects.filter(mentee__cohort=cohort).order_by("pk")[0]
    for match in {match_of_login, pair}:
        RematchWish.objects.create(match=match, by=match.mentee.user)
        PairPause.objects.create(match=match, since=date(2027, 2, 1), by=by)
        MentorPause.objects.create(enrollment=match.mentor, by=match.mentor.user)
        PairMeeting.objects.create(
            mentee=match.mentee, uid=f"meeting-{match.pk}", sequence=1, starts_at=SOON, set_by=match.mentor.user
        )
    checkin = CheckIn.objects.filter(match=pair).first()
    day = {"day": date(2027, 2, 1), "ends_at": datetime(2027, 2, 2, tzinfo=UTC)}
    reply = Reply.objects.create(cohort=cohort, match=pair, user=mentee, side="mentee", how="well", by=by, **day)
    due = {"cohort": cohort, "due_on": date(2027, 3, 9), "match": pair, "next_step": "Call"}
    for kind, about in (("help", mentee), ("conduct", mentor)):
        # Somebody may have asked for help in this check-in already.
        said = {"about": about, "reply": reply, "owner": by, **due}
        case, _ = Case.objects.update_or_create(kind=kind, checkin=checkin, defaults=said)
        CaseNote.objects.create(case=case, by=by)
    member = pair.mentee.members.order_by("-pk")[0]
    TeamDeparture.objects.create(enrollment=match_of_login.mentee, user=member.user)
    AskedSide.objects.filter(pk__in=AskedSide.objects.order_by("pk")[:1]).update(
        status="declined", reason_kind="known", answered_by=mentor
    )
    for one in (pair.mentee, pair, match_of_login.mentee):
        record(
            verb=Verb.CHANGED,
            target=one,
            workspace_id=cohort.workspace_id,
            by=by,
            reason=mark_of("audit.AuditEntry", "data"),
        )
    survey = Survey.objects.create(programme=cohort.programme, name="Anonymous", anonymous=True)
    question = survey.questions.create(key="free", kind="long", text="Anything?")
    wave = CheckInWave.objects.create(cohort=cohort, survey=survey, name="Anonymous", offset=9)
    AnonymousBox.objects.create(
        wave=wave, answers={str(question.pk): [mark_of("checkins.AnonymousBox", "answers")] * 5}, number=5
    )


def _rest(cohort: Cohort, by: User, pair: Match) -> None:
    """A row of each other kind."""
    programme, workspace = cohort.programme, cohort.programme.workspace
    asked = DataRequest.objects.create(user=pair.mentee.user, kind="copy", due_on=SOON)
    asked.workspaces.add(workspace)
    message = OutboxMessage.objects.filter(workspace=workspace).order_by("pk")[0]
    Suppression.objects.create(workspace=workspace, address=pair.mentee.user.email, reason="bounced")
    Bounce.objects.create(message=message, event="e-1", address=pair.mentee.user.email, at=SOON)
    MailTemplate.objects.create(workspace=workspace, kind="checkins/stay", subject="Hello", body="Hello")
    WeeklyMail.objects.create(cohort=cohort)
    ImportBatch.objects.create(
        cohort=cohort, role="mentee", filename="people.csv", created_by=by, rows=[["name", "email"], ["A", "a@x.org"]]
    )
    BulkAction.objects.create(cohort=cohort, kind="certificates", by=by, back="/", moved_at=SOON)
    try_selection(cohort=Cohort.objects.get(slug="seeds-3"), by=by)
    PendingSignup.objects.create(cohort=cohort, role="mentee", email="pending@demo.example.org", answers={})
    question = SignupQuestion.objects.create(cohort=cohort, role="mentee", key="file", kind="file", text="Your CV")
    file = SignupFile.objects.create(cohort=cohort, enrollment=pair.mentee, file=ContentFile(b"%PDF-1.4", "cv.pdf"))
    pair.mentee.answers.create(question=question, value=str(file.pk))
    topics = list(programme.topics.order_by("pk")[:1])
    TopicMerge.objects.create(programme=programme, kept=topics[0], before={str(topics[0].pk): []}, by=by)
    kept, merged = pair.mentee.user, factories.UserFactory(is_active=False)
    PersonMerge.objects.create(kept=kept, merged=merged, moved=[], by=by)
    run = cohort.match_runs.order_by("pk")[0]
    BoardChange.objects.create(cohort=cohort, number=1, run=run, words="swapped", effects=[], by=by)
    ReplacementSearch.objects.create(mentee=pair.mentee, status="queued", created_by=by)
    rsvps = list(SpeedRsvp.objects.select_related("enrollment").order_by("pk")[:2])
    SpeedWish.objects.create(event=rsvps[0].event, by=rsvps[0].enrollment, whom=rsvps[1].enrollment)
    session = TrainingSession.objects.order_by("pk")[0]
    AttendanceImport.objects.create(session=session, rows=[], by=by)
    SeatRequest.objects.create(cohort=cohort, host=Programme.objects.exclude(pk=programme.pk)[0], seats=3)
    agreement = Agreement.objects.order_by("pk")[0]
    InstalmentDue.objects.create(framework=agreement, due_on=agreement.ends_on, amount=5)
    Deliverable.objects.create(framework=agreement, what="A report each year")
    BankLine.objects.create(workspace=workspace, key="1", on=date(2027, 2, 1), amount=5, currency="EUR")
    BankStatement.objects.create(
        workspace=workspace, name="a.csv", content=b"date,amount\n01/02/2027,5\n", uploaded_by=by
    )
    BankLayout.objects.create(workspace=workspace, key="1", columns="Date, Amount")
    version = ReportVersion.objects.order_by("pk")[0]
    ReportLink.objects.create(version=version, token_hash="0" * 64, expires_at=SOON + timedelta(days=30))
