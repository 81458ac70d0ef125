"""Details of the cohorts of the demo: plans, questions, reviews, offers, a waitlist, mailings."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from cohorts.enrollment.services import decide_enrollments
from cohorts.mailings.services import save_mailing
from cohorts.models import ChecklistItem, Cohort, Criterion, Enrollment, Mailing, SignupQuestion
from cohorts.places.services import accept_offer
from cohorts.plan.services import set_checklist_item_done
from cohorts.questions.versions import save_question
from cohorts.review.services import declare_conflict, save_criteria, save_review
from cohorts.setup.services import save_programme
from cohorts.signup_form.services import save_own_answers
from mentorship.core.accounts.models import User

RUBRIC = [
    ("Readiness", "1: an idea. 3: they could begin tomorrow."),
    ("Openness", "1: results only. 3: the work itself is shared from the first day."),
    ("Community", "1: alone. 3: others wait for it and help."),
]
SUMMARIES = (
    "Clear steps, and somebody who will use it.",
    "A good idea; the sixteen weeks need a smaller first goal.",
    "They know their community well and ask the right questions.",
)


def deepen(past: Cohort, open_cohort: Cohort, owner: User, coordinator: User) -> None:
    """Fill in the enrolment of both cohorts as a team would have by now."""
    past.programme.days_off = "12-22 to 01-03 Winter break\n05-01 Labour Day"
    save_programme(programme=past.programme, by=owner)
    _who_comes_back(past)
    _plan(open_cohort, owner, coordinator)
    _questions(open_cohort, coordinator)
    _reviews(open_cohort, owner, coordinator)
    _offers(open_cohort, coordinator)
    mailing = Mailing(
        cohort=open_cohort,
        audience="status=applied",
        subject="Two weeks left, {name}",
        body="Dear {name},\n\nYou can still change your sign-up for {cohort}.\n\nSee you soon!",
        created_by=coordinator,
    )
    save_mailing(mailing=mailing, by=coordinator)


def _who_comes_back(past: Cohort) -> None:
    for number, mentor in enumerate(past.enrollments.mentors().order_by("pk")):
        if number % 3 == 0:
            mentor.comes_back_as = ["mentor", "expert"] if number % 2 else ["mentor"]
            mentor.save(update_fields=["comes_back_as"])


def _plan(cohort: Cohort, owner: User, coordinator: User) -> None:
    today = timezone.localdate(timezone=cohort.tz)
    for number, item in enumerate(ChecklistItem.objects.filter(cohort=cohort)):
        item.owner = coordinator if number % 3 else owner
        item.save(update_fields=["owner"])
        if item.due_on and item.due_on < today - timedelta(days=3):
            set_checklist_item_done(item=item, done=True, by=item.owner)


def _questions(cohort: Cohort, by: User) -> None:
    days = ("Monday", "Tuesday", "Wednesday", "Thursday")
    asked: list[tuple[str, dict[str, Any]]] = [
        ("Did you take part in an open project before?", {"kind": "yes_no", "used_for_matching": True}),
        (
            "Which days suit you for calls?",
            {"kind": "many", "options": [[day, day] for day in days]},
        ),
        (
            "What is your biggest challenge right now?",
            {"kind": "long", "help_text": "Two or three sentences are enough."},
        ),
    ]
    asked.append(("Is there a mentor whom you would like to work with?", {"kind": "person", "seen_by": "coordinators"}))
    made = [
        save_question(question=SignupQuestion(cohort=cohort, role="mentee", text=text, **fields), by=by)
        for text, fields in asked
    ]
    save_question(
        question=SignupQuestion(
            cohort=cohort, role="mentee", kind="short", text="Which one?", shown_if=made[0].key, shown_if_value="yes"
        ),
        by=by,
    )
    for number, enrollment in enumerate(cohort.enrollments.mentees().order_by("pk")):
        answers = {made[0].key: number % 3 != 0, made[1].key: [value for value, _ in made[1].choices[number % 3 :][:2]]}
        if number % 2:
            answers[made[2].key] = "Finding the time, and knowing where to begin."
        save_own_answers(enrollment=enrollment, answers=answers)


def _reviews(cohort: Cohort, owner: User, coordinator: User) -> None:
    criteria = [Criterion(cohort=cohort, name=name, help=words) for name, words in RUBRIC]
    save_criteria(cohort=cohort, criteria=criteria, mentors_review=True, by=coordinator)
    rubric = list(cohort.criteria.all())
    applications = list(cohort.enrollments.mentees().order_by("pk"))
    for number, enrollment in enumerate(applications[:6]):
        for turn, reviewer in enumerate((owner, coordinator)):
            if number == 4 and turn:
                declare_conflict(enrollment=enrollment, by=reviewer, reason="We work in the same group.")
                continue
            save_review(
                enrollment=enrollment,
                by=reviewer,
                scores={c.pk: 1 + (number * 5 + turn * 2 + n * (number % 3)) % 3 for n, c in enumerate(rubric)},
                recommendation=("yes", "unsure", "no")[(number * 2 + turn) % 3] if number else "yes",
                summary=SUMMARIES[number % 3],
            )


def _offers(cohort: Cohort, by: User) -> None:
    cohort.refresh_from_db()
    cohort.mentee_seats, cohort.offer_days, cohort.fill_from_waitlist = 12, 7, True
    cohort.save(update_fields=["mentee_seats", "offer_days", "fill_from_waitlist"])
    mentors = list(cohort.enrollments.mentors().order_by("pk")[:3])
    decide_enrollments(enrollments=mentors, to=Enrollment.Status.ACCEPTED, by=by)
    accept_offer(enrollment=mentors[0], by=mentors[0].user)
    waiting = list(cohort.enrollments.mentees().with_people().order_by("-pk")[:2])
    decide_enrollments(enrollments=waiting, to=Enrollment.Status.WAITLISTED, by=by)
