"""An erasure removes, anonymises or keeps with a reason."""

from datetime import timedelta

import pytest
from django.utils import timezone

from checkins.models import Answer, Case, CheckIn
from cohorts.enrollment.lead import change_lead
from cohorts.models import (
    Enrollment,
    ImportBatch,
    Mailing,
    PendingSignup,
    Review,
    SignupFile,
    TeamMember,
)
from cohorts.signup.services import confirm_signup
from matching.models import Match
from mentorship.core.accounts.models import User
from mentorship.core.audit.models import AuditEntry
from mentorship.core.audit.services import record
from mentorship.core.outbox.delivery.deliver import deliver_all_due
from mentorship.core.outbox.models import Attachment, OutboxMessage
from mentorship.devtools.testing.factories import (
    CohortFactory,
    EnrollmentFactory,
    MatchFactory,
    MessageFactory,
    UserFactory,
)
from mentorship.operations.persons.erase import ErasureError, erase_person
from mentorship.operations.persons.export import export
from mentorship.operations.persons.free_text import PersonMentions, rows_mentioning
from mentorship.operations.persons.subject import find_subject
from mentorship.operations.persons.tests.traces import EMAIL, NAME, TODAY, everything, figures, traces
from partners.models import Invoice
from training.models import MemberAttendance, TrainingBooking

pytestmark = pytest.mark.django_db


def test_an_erasure_leaves_no_trace_of_the_person(person, cast, django_capture_on_commit_callbacks):
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


def test_an_erasure_keeps_what_belongs_to_others(person, cast):
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
    member = TeamMember.objects.create(enrollment=lead, user=UserFactory()).user
    alone = EnrollmentFactory(cohort=CohortFactory(), user=lead.user, title="Mine", description="Mine")
    erase_person(email=EMAIL)
    for one in (lead, alone):
        one.refresh_from_db()
    assert (lead.title, lead.description) == ("Maps of soils", "Ours")
    assert (alone.title, alone.description) == (f"Erased project {alone.pk}", "")
    told = OutboxMessage.objects.get(to=[member.email])
    assert told.subject == "Your team has withdrawn from Seeds 9"
    assert "The lead of your team has withdrawn “Maps of soils”" in told.body_text
    assert not OutboxMessage.objects.filter(to=[EMAIL], status="queued").exists()


def test_the_others_of_a_team_hear_that_a_member_is_gone_and_no_name(cast):
    member = UserFactory(email=EMAIL, full_name="Bo Lind")
    match = MatchFactory(mentee=EnrollmentFactory(cohort=cast.cohort, title="Maps of soils"))
    team = match.mentee
    TeamMember.objects.create(enrollment=team, user=member)
    erase_person(email=EMAIL)
    told = OutboxMessage.objects.filter(key__startswith="team-erased:", status="queued")
    assert sorted(message.to[0] for message in told) == sorted([team.user.email, match.mentor.user.email])
    for message in told:
        assert message.body_text.count("ne of the team has left the team") == 1
        assert "invite" not in message.body_text
        assert "Bo Lind" not in f"{message.subject} {message.body_text} {message.why} {message.recipe}"
    assert not team.members.exists()


def test_an_erased_person_gets_no_mail_until_they_sign_up_again(person, cast, mailoutbox, settings):
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
def test_an_erasure_waits_until_the_person_has_handed_over(person, cast, how):
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


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "text",
    [
        "Zaina  Qorimbá\u00a0O'Neil was here",
        "Zaina\nQorimbá\u200b O'Neil",
        "O'Neil, Zaina Qorimbá",
        "/people/?q=Zaina+Qorimb%C3%A1+O%27Neil",
        "as O'Neil said",
        "zaina.qorimba%40canary.example",
        "ZAINA.QORIMBA&#64;canary.example",
        "mailto:zaina.qorimba=40canary.example",
        "zaina.qorimba＠canary.example",
        "ZAINA QORIMBÁ O’NEIL",
        "as O’NEIL said",
        "_Zaina Qorimba\u0301 O'Neil_",
        "Zaina Qorimba O’Neil",
        "Zaina O'Neil",
        "certificate-zaina-qorimba-o'neil.pdf",
        "cv_O'Neil.pdf, Zaina_Qorimbá_O'Neil_cv.pdf",
        "?next=%2Fpeople%2F%3Fq%3Dzaina.qorimba%40canary.example",
        "?next=%2Fpeople%2F%3Fq%3Dzaina.qorimba%2540canary.example",
        "?next=%2F%3Fq%3DZaina%2BQorimb%25C3%25A1%2BO%2527Neil",
        "%3Czaina.qorimba%40canary.example%3E",
    ],
)
def test_a_person_is_found_however_they_are_written(by_name_only, text):
    words = PersonMentions(find_subject(EMAIL))
    left = words.without_mentions(text).casefold()
    assert not any(trace in left for trace in ("zaina", "qorimb", "neil", "canary"))
    mentioned = EnrollmentFactory(description=text)
    assert mentioned in rows_mentioning(Enrollment, words)


def test_a_surname_of_somebody_else_too_and_words_like_it_stay(by_name_only):
    UserFactory(full_name="Ada O'Neil")
    words = PersonMentions(find_subject(EMAIL))
    for text in ("as O'Neil said", "Zaina is a name"):
        assert words.without_mentions(text) == text


@pytest.mark.parametrize(
    "text", ["zaina.qorimba.oneil@other.example", "zaina_qorimbá_o'neil@other.example", "x-O'Neil@other.example"]
)
def test_an_address_of_somebody_else_that_looks_like_their_name_stays(by_name_only, text):
    assert PersonMentions(find_subject(EMAIL)).without_mentions(text) == text


def test_people_whose_addresses_are_in_keys_of_mails_are_erased_one_after_the_other(cast):
    for number in (1, 2):
        person = UserFactory()
        MessageFactory(to=[person.email], key=f"guest:{person.email}:2027")
        MessageFactory(to=["other@example.org"], key=f"told:{person.email}:2027", body_text=f"{person.email} comes.")
        erase_person(email=person.email)
        texts = OutboxMessage.objects.filter(to=["other@example.org"]).values_list("body_text", flat=True)
        assert list(texts) == ["erased-person@erased.invalid comes."] * number
    assert not OutboxMessage.objects.filter(key__contains="@example").exists()


def test_they_go_from_names_of_files_and_invitations_of_others(person, cast):
    names = ["invite.ics", f"{NAME.replace(' ', '_')}.pdf"]
    message = MessageFactory(to=["ana@example.org"], attached=names)
    line = f'ATTENDEE;CN="{NAME}";PARTSTAT=ACCEPTED:mailto:{EMAIL}'
    content = f"BEGIN:VCALENDAR\r\n{line[:40]}\r\n {line[40:]}\r\nEND:VCALENDAR\r\n".encode()
    for name, kind in zip(names, ("text/calendar; method=REQUEST", "application/pdf"), strict=True):
        Attachment.objects.create(message=message, name=name, content_type=kind, content=content)
    erase_person(email=EMAIL)
    invitation, paper = message.attachments.all()
    said = bytes(invitation.content).decode().replace("\r\n ", "")
    assert 'ATTENDEE;CN="(erased)";PARTSTAT=ACCEPTED:mailto:erased-person@erased.invalid\r\nEND' in said
    message.refresh_from_db()
    assert message.attached == ["invite.ics", paper.name] == ["invite.ics", "(erased).pdf"]


def test_what_they_needed_goes_from_the_note_on_a_team_that_they_led_before(cast):
    lead = EnrollmentFactory(
        cohort=cast.cohort,
        user__email=EMAIL,
        user__full_name="Zaina",
        note="Good.",
        private_needs="A ramp.\nAnd a lift.",
    )
    member = TeamMember.objects.create(enrollment=lead, user=UserFactory()).user
    change_lead(enrollment=lead, to=member, by=cast.owner)
    lead.refresh_from_db()
    assert lead.note == "Good.\nPrivate needs of Zaina: A ramp. And a lift."
    erase_person(email=EMAIL)
    lead.refresh_from_db()
    assert lead.note == "Good."


def test_a_line_of_a_sheet_is_theirs_however_the_name_is_written(person, cast):
    batch = ImportBatch.objects.get()
    rows = [
        ["name", "bio"],
        ["O'Neil, Zaina\u00a0Qorimbá", "Soil"],
        [f"{NAME} <{EMAIL}>", "Maps"],
        ["Bo", f"Not {NAME}"],
    ]
    ImportBatch.objects.filter(pk=batch.pk).update(rows=rows)
    erase_person(email=EMAIL)
    batch.refresh_from_db()
    assert batch.rows == [["name", "bio"], ["", ""], ["", ""], ["Bo", "Not (erased)"]]


def test_a_mailing_that_was_filtered_by_their_name_finds_nobody_now(person, cast):
    kept = Mailing.objects.create(cohort=cast.cohort, audience="q=soil&role=mentee")
    theirs = Mailing.objects.create(cohort=cast.cohort, audience="role=mentee&q=qorimb%C3%A1")
    begun = Mailing.objects.create(cohort=cast.cohort, audience="q=Qorim")
    erase_person(email=EMAIL)
    kept.refresh_from_db()
    theirs.refresh_from_db()
    assert kept.audience == "q=soil&role=mentee"
    assert theirs.audience == "role=mentee&q=%28erased%29"
    begun.refresh_from_db()
    assert begun.audience == "q=%28erased%29"
