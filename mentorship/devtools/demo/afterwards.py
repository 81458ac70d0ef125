"""The part of the demo after a programme: graduation, thanks, honoraria, alumni, opportunities, what lasted."""

import random
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal

from django.db.models import F
from django.utils import timezone

from checkins.alumni.opportunities import decide_opportunity, post_opportunity, save_digest_plan, send_digest
from checkins.alumni.services import save_consent, take_break
from checkins.answering.replies import note_reply
from checkins.answering.services import save_answers
from checkins.cases.services import add_conduct_reader, raise_concern
from checkins.graduation.progress import graduation_progress
from checkins.graduation.services import (
    end_early,
    graduate,
    issue_certificates,
    save_criterion,
    set_criterion_met,
)
from checkins.models import CheckIn, CheckInWave, GraduationCriterion, Opportunity
from checkins.recognition.facilitator_tasks import add_usual_tasks, tasks_of
from checkins.recognition.honoraria import answer_honorarium, offer_honoraria, pay_honoraria
from checkins.recognition.service_certificates import helper_records, issue_service_certificates
from checkins.surveys.services import asked_questions
from checkins.waves.services import add_template, save_wave
from checkins.waves.sweep import sweep_checkins
from cohorts.enrollment.upsert import EnrollmentInput, save_enrollment
from cohorts.models import Cohort, Enrollment, Programme
from cohorts.plan.services import set_checklist_item_done
from matching.models import Match
from matching.pairs.services import set_match_status
from mentorship.core.accounts.models import User
from mentorship.core.outbox.models import OutboxMessage

DOMAIN = "demo.example.org"
HELPERS = [
    ("facilitator", "Ida Verlaan", "Europe/Amsterdam"),
    ("facilitator", "Baraka Otieno", "Africa/Nairobi"),
    ("expert", "Suvi Rantala", "Europe/Helsinki"),
]
POSTED = [
    ("job", "Data steward, half a year", "A university library looks for somebody who likes clean tables."),
    ("event", "Community call on open methods", "An hour, once a month, for everybody who shares how they work."),
    ("funding", "Small grants for open hardware", "Up to 2,000 EUR for parts and travel; one page is enough."),
    ("job", "Community manager", "Two days a week, from anywhere, for a young project."),
]
LASTED = ("I publish my notes now, before the paper.", "", "We still write to each other.", "My group shares its code.")


def helpers(cohort: Cohort, by: User) -> None:
    """Facilitators with their tasks, and an expert."""
    for number, (role, name, zone) in enumerate(HELPERS):
        save_enrollment(
            cohort=cohort,
            role=role,
            by=by,
            status="accepted",
            given=EnrollmentInput(
                email=f"{role}{number}@{DOMAIN}",
                full_name=name,
                values={"time_zone": zone, "listed_publicly": True, "hours_per_month": 4 if role == "expert" else 6},
            ),
        )
    add_usual_tasks(cohort=cohort, by=by)
    for task in tasks_of(cohort):
        set_checklist_item_done(item=task, done=True, by=task.owner)


def graduation(cohort: Cohort, by: User, chance: random.Random) -> None:
    """Set criteria and results, let people graduate or not, and issue the certificates."""
    wave = cohort.waves.get()
    kinds = GraduationCriterion.Kind
    asked = [
        GraduationCriterion(cohort=cohort, kind=kinds.MENTOR, name="The mentor says yes"),
        GraduationCriterion(cohort=cohort, kind=kinds.SURVEY, name="Answered the check-in", wave=wave),
        GraduationCriterion(cohort=cohort, kind=kinds.OWN, name="Presented in a graduation call"),
    ]
    by_mentor, _survey, own = [save_criterion(criterion=one, by=by) for one in asked]
    end = datetime.combine(cohort.ends_on, time(12), cohort.tz)
    for enrollment in Enrollment.objects.filter(cohort=cohort).mentees().occupying_place().with_people():
        match = Match.objects.filter(mentee=enrollment).under_way().first()
        done = match is not None and chance.random() < 0.85
        for progress in graduation_progress(cohort, now=end, enrollment=enrollment):
            if match is None or not done:
                reason = "personal circumstances" if match else "no mentor"
                end_early(enrollment=enrollment, user=progress.user, reason=reason, by=by, now=end)
                continue
            for criterion in (by_mentor, own):
                set_criterion_met(
                    criterion=criterion, enrollment=enrollment, user=progress.user, met=True, by=match.mentor.user
                )
            graduate(enrollment=enrollment, user=progress.user, by=match.mentor.user, anyway=True, now=end)
    for match in Match.objects.under_way().filter(mentee__cohort=cohort):
        set_match_status(match=match, to="ended", by=by, reason="the round is over")
    issue_certificates(cohort=cohort, by=by, now=end)
    _sent(end)


def what_lasted(cohort: Cohort, by: User, chance: random.Random) -> None:
    """A check-in two months after the end, answered by most; one wrote back instead."""
    wave: CheckInWave = add_template(cohort=cohort, key="half-year", by=by)
    wave.offset, wave.name = 2, "Two months later"
    save_wave(wave=wave, by=by)
    due = datetime.combine(cohort.ends_on, time(9), cohort.tz) + timedelta(days=64)
    sweep_checkins(due)
    _sent(due)
    questions = {q.key: q for q in asked_questions(wave.survey)}
    for checkin in CheckIn.objects.filter(wave=wave, status="sent").order_by("pk"):
        if chance.random() < 0.6:
            said = {
                "contact": chance.choice(["often", "sometimes", "sometimes", "no"]),
                "project": chance.choices(["yes", "no"], [5, 1])[0],
                "lasted": chance.choice(LASTED),
            }
            answers = {questions[key].pk: value for key, value in said.items()}
            save_answers(checkin=checkin, answers=answers, now=due + timedelta(hours=chance.randint(1, 90)))
    if quiet := CheckIn.objects.filter(wave=wave, status="sent").order_by("pk").first():
        wrote = due + timedelta(days=5)
        note_reply(
            cohort=cohort,
            match=quiet.match,
            user=quiet.user,
            how="well",
            day=wrote.date(),
            stop=True,
            by=by,
            now=wrote,
            words="Sorry, I never got round to the form. We still write every other week.",
        )
    for days in (8, 16, 45):
        sweep_checkins(due + timedelta(days=days))
        _sent(due + timedelta(days=days))


def afterwards(past: Cohort, later: Sequence[Cohort], owner: User, coordinator: User) -> None:
    """Thanks and honoraria for those who helped, alumni with what they post, and somebody who reads concerns."""
    gifts = helper_records(past)
    issue_service_certificates(
        cohort=past, hours={g.enrollment.pk: g.hours for g in gifts if g.enrollment.role != "expert"}, by=coordinator
    )
    mentors = [g.enrollment.user for g in gifts if g.enrollment.role == "mentor"]
    facilitators = [g.enrollment.user for g in gifts if g.enrollment.role == "facilitator"]
    _honoraria(past, mentors[:8], facilitators, owner, coordinator)
    graduates = list(User.objects.filter(graduations__enrollment__cohort=past, graduations__status="graduated"))
    _alumni(past.programme, [*graduates[:9], *mentors[:5]])
    _come_back(graduates[2:6], later, coordinator)
    take_break(programme=past.programme, user=mentors[6], until=timezone.localdate() + timedelta(days=200))
    _opportunities(past.programme, graduates[0], coordinator)
    add_conduct_reader(cohort=past, user=coordinator, by=owner)
    silent = CheckIn.objects.filter(wave__cohort=past, side="mentee").select_related("wave__cohort", "match").first()
    if silent:
        raise_concern(checkin=silent, text="In the second call the jokes about my English were not funny any more.")


def _honoraria(
    past: Cohort, mentors: Sequence[User], facilitators: Sequence[User], owner: User, coordinator: User
) -> None:
    """Offer honoraria: some are accepted, some declined, some unanswered; a few are paid."""
    given = offer_honoraria(
        cohort=past,
        people=mentors,
        what="mentoring in this round",
        amount=Decimal(150),
        currency="EUR",
        by=coordinator,
    )
    given += offer_honoraria(
        cohort=past,
        people=facilitators,
        what="facilitating six calls",
        amount=Decimal(300),
        currency="USD",
        by=coordinator,
    )
    for number, one in enumerate(given):
        if number % 5 != 4:
            answer_honorarium(honorarium=one, accept=number % 4 != 3)
    accepted = [one for number, one in enumerate(given) if number % 5 != 4 and number % 4 != 3]
    pay_honoraria(honoraria=accepted[:4], paid_on=timezone.localdate(), reference="Transfer 12", by=owner)


def _alumni(programme: Programme, people: Sequence[User]) -> None:
    for number, person in enumerate(people):
        roles = (["mentor"], ["mentor", "speaker"], [], ["facilitator"])[number % 4]
        save_consent(programme=programme, user=person, stays=number % 7 != 6, roles=roles)


def _opportunities(programme: Programme, alumna: User, coordinator: User) -> None:
    """Add opportunities: one that a digest announced, one of an alumna that nobody has read yet."""
    for number, (kind, title, text) in enumerate(POSTED):
        posted = post_opportunity(
            opportunity=Opportunity(
                programme=programme, kind=kind, title=title, text=text, url=f"https://{DOMAIN}/opportunity/{number}"
            ),
            by=alumna if number == 3 else coordinator,
        )
        if number == 0:
            decide_opportunity(opportunity=posted, approve=True, by=coordinator)
            send_digest(programme=programme, by=coordinator)
    save_digest_plan(programme=programme, every=1, day=5, by=coordinator)


def _come_back(people: Sequence[User], later: Sequence[Cohort], by: User) -> None:
    """Graduates who help in later rounds; those whose pairs are made already get nobody new."""
    matching, coming = later
    for person, cohort, role in zip(
        people, (matching, matching, matching, coming), ("facilitator", "expert", "expert", "mentor"), strict=False
    ):
        said = EnrollmentInput(email=person.email, full_name=person.full_name, values={"time_zone": "Africa/Nairobi"})
        save_enrollment(cohort=cohort, role=role, by=by, status="accepted", given=said)
    add_usual_tasks(cohort=matching, by=by)


def _sent(moment: datetime) -> None:
    """Mark all messages written so far as sent at `moment`."""
    OutboxMessage.objects.filter(status="queued").update(
        status="sent", sent_at=moment, due_at=moment, created_at=moment, attempts=F("attempts") + 1
    )
