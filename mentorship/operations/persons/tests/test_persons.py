"""Data-subject requests: everything is handed out, and everything is taken away that can be."""

import io
import json
import zipfile
from datetime import date, timedelta
from decimal import Decimal

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.urls import reverse
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
from cohorts.signup.services import confirm_signup
from matching.models import Match, MatchProposal, MatchRun
from mentorship.core.accounts.merging import merge_people
from mentorship.core.accounts.models import User
from mentorship.core.audit.models import AuditEntry
from mentorship.core.audit.services import record
from mentorship.core.outbox.delivery.deliver import deliver_all_due
from mentorship.core.outbox.models import ForgottenAddress, OutboxMessage, Suppression
from mentorship.devtools.testing.factories import (
    CohortFactory,
    ContactFactory,
    EnrollmentFactory,
    MatchFactory,
    MessageFactory,
    UserFactory,
)
from mentorship.operations.persons.erase import ErasureError, erase_person
from mentorship.operations.persons.export import export, export_zip
from mentorship.operations.persons.subject import NobodyError, find_subject
from partners.models import Contribution, ContributionEntry, Invoice
from training.booking.services import book_seat
from training.models import AttendanceImport, MemberAttendance, TrainingBooking, TrainingFeedback
from training.sharing.services import add_organisation, confirm_guest, share_session
from training.tests.slots import book, mentors, new_session

EMAIL, NAME, PHRASE = "zaina.qorimba@canary.example", "Zaina Qorimbá O'Neil", "heliotrope-canary"
SECOND = "zq@second-canary.example"
TODAY = date(2027, 3, 1)
CANARIES = ("canary", "qorimb", "zaina")
pytestmark = pytest.mark.django_db


@pytest.fixture
def person(cast):
    """Somebody with rows in every room, and mentioned all over the place."""
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
    match = MatchFactory(mentee=mentee, mentor=enrollment, status="ended", why=PHRASE, ended_reason=PHRASE)
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
    session = new_session(cast.cohort, seats=1)
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


def everything():
    """Every value of every row of every table, as one text for each row."""
    for model in apps.get_models(include_auto_created=True):
        for values in model._base_manager.values():
            yield model._meta.label_lower, json.dumps(values, default=str, ensure_ascii=False).casefold()


def traces(words=CANARIES):
    return sorted({label for label, text in everything() if any(word in text for word in words)})


def figures():
    return Match.objects.count(), Graduation.objects.filter(status="graduated").count(), Answer.objects.count()


# --- handing out ----------------------------------------------------------------------------------------------------


def test_an_export_has_what_is_kept_in_every_room(person):
    found = export(find_subject(EMAIL))
    assert set(found["sections"]) >= {
        "Account",
        "Addresses",
        "Sign-ups",
        "Teams",
        "Answers at sign-up",
        "Files",
        "Sign-ups to be confirmed",
        "Reviews",
        "Mails not wanted",
        "Mails to many",
        "Trainings and calls",
        "What they thought of trainings",
        "Trainings and calls with their team",
        "Matches",
        "Proposed matches",
        "Check-ins",
        "Answers in check-ins",
        "Cases",
        "Notes on their cases",
        "Graduations",
        "Addresses left out",
        "Speaks for partners",
        "Hours given",
        "Mails to them",
        "What was done about them",
        "What they did",
        "What they wrote instead of answering",
        "Written by them: reviews",
    }
    assert [mail["subject"] for mail in found["sections"]["Mails to them"]][-1] == "You two"
    assert found["sections"]["Sign-ups"][0]["description"] == PHRASE
    assert {entry["verb"] for entry in found["sections"]["What they did"]} == {"booked", "signed in"}


def test_secrets_and_what_tells_of_others_stay_here(person, cast):
    person.set_password("a secret of theirs")
    person.save()
    text = json.dumps(export(find_subject(EMAIL)), default=str)
    assert person.password not in text
    assert "owner" not in json.dumps(export(find_subject(EMAIL))["sections"]["Reviews"], default=str)
    assert "note" not in export(find_subject(EMAIL))["sections"]["Sign-ups"][0]


def test_the_archive_holds_the_files_under_safe_names(person):
    archive = zipfile.ZipFile(io.BytesIO(export_zip(find_subject(EMAIL))))
    (name,) = [n for n in archive.namelist() if n.startswith("files/")]
    assert ".." not in name
    assert archive.read(name) == PHRASE.encode()
    listed = json.loads(archive.read("person.json"))["sections"]["Files"]
    assert listed[0]["file"] == name


def test_an_export_is_found_by_any_address_and_has_those_who_were_merged(person, cast):
    other = UserFactory(email=SECOND, full_name="Zaina Q.")
    EnrollmentFactory(user=other, cohort=CohortFactory(), description="as somebody else")
    merge_people(keep=person, other=other, by=None)
    found = export(find_subject(SECOND))
    assert found["person"] == sorted([EMAIL, SECOND])
    assert len(found["sections"]["Account"]) == 2
    assert "as somebody else" in {row["description"] for row in found["sections"]["Sign-ups"]}


def test_a_guest_without_an_account_is_found_by_the_address(cast):
    sister = add_organisation(cohort=cast.cohort, name="Sister", by=cast.owner)
    session = new_session(cast.cohort)
    share_session(session=session, to=sister, by=cast.owner)
    guest = confirm_guest(organisation=sister, name=NAME, email=EMAIL, time_zone="UTC")
    book_seat(session=session, guest=guest, by=None)
    sections = export(find_subject(EMAIL))["sections"]
    assert sections["As a guest at trainings"][0]["name"] == NAME
    assert sections["Trainings and calls"][0]["status"] == "booked"
    report = erase_person(email=EMAIL)
    assert ("As a guest at trainings", 1) in {(line.what, line.number) for line in report.lines}
    assert traces() == []
    session.refresh_from_db()
    assert session.taken == 0


def test_people_take_along_what_is_kept_about_them_and_nobody_else_does(client, person, cast):
    path = reverse("my-data")
    assert client.get(path).status_code == 302
    client.force_login(person)
    assert path in client.get(reverse("accounts:profile")).content.decode()
    answer = client.get(path)
    assert answer["Content-Type"] == "application/zip"
    assert "no-store" in answer["Cache-Control"]
    assert json.loads(zipfile.ZipFile(io.BytesIO(answer.content)).read("person.json"))["person"] == [EMAIL]
    assert AuditEntry.objects.filter(verb="took a copy of their data", actor=person).count() == 1


# --- taking away ----------------------------------------------------------------------------------------------------


def test_nothing_of_them_is_left(person, cast, django_capture_on_commit_callbacks):
    file = SignupFile.objects.get().file
    path, storage = file.name, file.storage
    before = figures()
    with django_capture_on_commit_callbacks(execute=True):
        erase_person(email=EMAIL)
    assert traces() == []
    assert not storage.exists(path)
    assert figures() == before
    assert MemberAttendance.objects.get().attended  # without a name: providers were paid by it
    assert Answer.objects.get().value == "4"
    assert person.enrollments.get(role="mentor").status == "withdrawn"
    person.refresh_from_db()
    assert (str(person), person.is_active, person.has_usable_password()) == ("Erased person", False, False)
    sheet = ImportBatch.objects.get().rows
    assert sheet == [["name", "email", "bio"], ["", "", ""], ["Ana Sousa", "ana@example.org", "Soil"]]


def test_others_keep_what_is_theirs(person, cast):
    erase_person(email=EMAIL)
    shared = OutboxMessage.objects.get(key="pair:1")
    assert (shared.to, shared.status) == (["ana@example.org"], "sent")
    assert shared.body_text == "(erased), meet Ana. Write to erased-person@erased.invalid."
    alone = OutboxMessage.objects.filter(to=["erased-person@erased.invalid"], subject="(erased)")
    assert not alone.filter(status="queued").exists()
    assert Review.objects.get(reviewer=person).enrollment == cast.mentee_enrollment
    assert not CheckIn.objects.filter(status="planned").exists()
    assert Case.objects.get().status == "done"
    # The seat went to who waited for it.
    assert TrainingBooking.objects.get(status="offered").enrollment.user != person


def test_a_team_keeps_its_project_when_its_lead_goes(cast):
    lead = EnrollmentFactory(cohort=cast.cohort, user__email=EMAIL, title="Maps of soils", description="Ours")
    TeamMember.objects.create(enrollment=lead, user=UserFactory())
    alone = EnrollmentFactory(cohort=CohortFactory(), user=lead.user, title="Mine", description="Mine")
    erase_person(email=EMAIL)
    for one in (lead, alone):
        one.refresh_from_db()
    assert (lead.title, lead.description) == ("Maps of soils", "Ours")
    assert (alone.title, alone.description) == (f"Erased project {alone.pk}", "")


def test_they_are_never_written_to_again_until_they_come_back_by_themselves(person, cast, mailoutbox, settings):
    erase_person(email=EMAIL)
    deliver_all_due()  # what others wait for
    mailoutbox.clear()
    message = MessageFactory(workspace=cast.other_cohort.programme.workspace, to=[EMAIL])
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new key", [settings.SECRET_KEY]
    deliver_all_due()
    person.refresh_from_db()
    nowhere = MessageFactory(workspace=cast.programme.workspace, to=[person.email])
    deliver_all_due()
    for one in (message, nowhere):
        one.refresh_from_db()
        assert (one.status, len(mailoutbox)) == ("skipped", 0)
    assert "asked to be erased" in message.last_error
    type(cast.cohort).objects.filter(pk=cast.cohort.pk).update(status="enrolling")
    answers = {"email": EMAIL, "full_name": "Zaina"}
    confirm_signup(signup=PendingSignup.objects.create(cohort=cast.cohort, role="mentor", email=EMAIL, answers=answers))
    again = MessageFactory(workspace=cast.programme.workspace, to=[EMAIL])
    deliver_all_due()
    again.refresh_from_db()
    assert again.status == "sent"


def test_a_name_of_one_word_goes_from_their_own_mails_only(cast):
    UserFactory(email=EMAIL, full_name="Ana")
    own = MessageFactory(to=[EMAIL, "b@example.org"], body_text="Ana, meet Banana.")
    other = MessageFactory(body_text="Ana is another one.")
    record(verb="noted", target=cast.cohort, workspace_id=None, by=None, who="Ana", reason="Ana and others")
    erase_person(email=EMAIL)
    own.refresh_from_db()
    other.refresh_from_db()
    assert own.body_text == "(erased), meet Banana."
    assert other.body_text == "Ana is another one."
    assert AuditEntry.objects.get(verb="noted").data == {"who": "(erased)", "reason": "Ana and others"}


def test_invoices_and_addresses_of_organisations_are_kept_and_named(person, cast):
    Invoice.objects.create(
        workspace=cast.programme.workspace,
        partner=cast.partner,
        currency="EUR",
        note=f"For {NAME}",
        status="issued",
        sequence=1,
        prefix="X",
        number="X1",
        issued_on=TODAY,
        due_on=TODAY,
        exempt_reason="None.",
    )
    type(cast.partner).objects.filter(pk=cast.partner.pk).update(billing_email=EMAIL)
    report = erase_person(email=EMAIL)
    kept = {line.what: line for line in report.lines if line.action == "kept"}
    assert "cannot change" in kept["Mentioned in partners.invoice"].why
    assert "Mentioned in partners.partner.billing_email" in kept
    assert traces() == ["partners.invoice", "partners.partner"]


def test_a_conduct_concern_is_not_handed_out(person):
    Case.objects.update(kind="conduct")
    sections = export(find_subject(EMAIL))["sections"]
    assert "Cases" not in sections
    assert "Notes on their cases" not in sections


@pytest.mark.parametrize("how", ["match", "owner", "operator", "concern", "leaving"])
def test_what_is_going_on_comes_first(person, cast, how):
    if how == "match":
        Match.objects.filter(mentor__user=person).update(status="active")
    elif how == "owner":
        role = cast.programme.workspace.roles.get(role="owner")
        type(role).objects.filter(pk=role.pk).update(user=person)
    elif how == "operator":
        User.objects.filter(pk=person.pk).update(is_staff=True)
    elif how == "concern":
        Case.objects.update(kind="conduct")
    else:
        message = OutboxMessage.objects.get(subject=f"Dear {NAME}")
        lease = timezone.now() + timedelta(minutes=1)
        OutboxMessage.objects.filter(pk=message.pk).update(status="sending", claim_token=message.pk, lease_until=lease)
    before = sorted(everything())
    with pytest.raises(ErasureError) as refused:
        erase_person(email=EMAIL)
    words = {
        "match": "is running",
        "owner": "only owner",
        "operator": "operator",
        "concern": "conduct",
        "leaving": "leaving",
    }
    assert words[how] in str(refused.value)
    assert sorted(everything()) == before


# --- the commands ---------------------------------------------------------------------------------------------------


def test_a_dry_run_says_exactly_what_an_erasure_does_and_does_nothing(
    person, capsys, django_capture_on_commit_callbacks
):
    before = sorted(everything())
    with django_capture_on_commit_callbacks(execute=True):
        call_command("erase_person", EMAIL, "--dry-run")
    said = capsys.readouterr().out
    assert sorted(everything()) == before
    assert SignupFile.objects.get().file.storage.exists(SignupFile.objects.get().file.name)
    for words in ("Removed", "Anonymised", "Kept", "1  Files", "Nothing was changed.", "rates were reported with it"):
        assert words in said
    call_command("erase_person", EMAIL)
    assert capsys.readouterr().out.split("Done.")[0] == said.split("Nothing was changed.")[0]


def test_erasing_again_finds_nothing_and_is_no_error(person, capsys):
    call_command("erase_person", EMAIL.upper())
    rows = sorted(everything())
    call_command("erase_person", EMAIL)
    assert "erased already" in capsys.readouterr().out
    assert sorted(everything()) == rows
    assert ForgottenAddress.objects.count() == 3  # the address, and what stands for it on rows and in texts
    with pytest.raises(CommandError, match="Nobody here"):
        call_command("export_person", EMAIL)


def test_an_unknown_address_is_an_error(db):
    for command in ("export_person", "erase_person"):
        with pytest.raises(CommandError, match="Nobody here has the address"):
            call_command(command, "nobody@example.org")
    with pytest.raises(NobodyError):
        find_subject("nobody@example.org")


def test_the_export_goes_to_the_screen_or_into_a_new_file(person, capsys, tmp_path):
    call_command("export_person", EMAIL)
    out = capsys.readouterr()
    assert json.loads(out.out)["person"] == [EMAIL]
    assert "1 file of theirs" in out.err
    target = tmp_path / "person.zip"
    call_command("export_person", EMAIL, "--output", str(target))
    assert zipfile.is_zipfile(target)
    assert target.stat().st_mode & 0o077 == 0
    with pytest.raises(CommandError, match="can't be written"):
        call_command("export_person", EMAIL, "--output", str(target))
