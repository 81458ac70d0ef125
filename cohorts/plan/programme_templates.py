"""Templates of new programmes: their words, their usual round, and what their sign-up forms ask.

Each follows a kind of programme that has run for years. Days are counted from the first day of week 1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.html import format_html

from cohorts.models import Cohort, SignupQuestion
from cohorts.plan.timelines import CLOSES, DECISIONS, EACH_QUARTER, END, OPENS, TWICE_A_YEAR

OFF, ON, REQUIRED = "off", "on", "required"


@dataclass(frozen=True)
class TemplateQuestion:
    """An own question of the sign-up form; `choices` are the labels of a kind that lists them."""

    role: str
    kind: str
    text: str
    help_text: str = ""
    choices: tuple[str, ...] = ()
    required: bool = False
    seen_by: str = SignupQuestion.Seen.REVIEW


@dataclass(frozen=True)
class ProgrammeTemplate:
    """The beginning of a new programme. `timeline`: key, name and day of each step; `fields`: role → field → state."""

    key: str
    label: str
    text: str
    timeline: Sequence[tuple[str, str, int]]
    mentor_label: str = "mentor"
    mentee_label: str = "mentee"
    fields: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    questions: Sequence[TemplateQuestion] = ()

    @property
    def choice(self) -> tuple[str, str]:
        """Value and label for a list to choose from."""
        return self.key, format_html("<strong>{}</strong> <small>{}</small>", self.label, self.text)


PROJECTS = ProgrammeTemplate(
    key="projects",
    label="Projects",
    text="Sixteen weeks. People or small teams apply with a project; you select, and each gets a mentor.",
    mentee_label="project lead",
    timeline=TWICE_A_YEAR.steps,
    questions=[
        TemplateQuestion(
            "mentee",
            "one",
            "Where is your project now?",
            choices=("An idea", "Working on a first version", "A first version is out", "Growing", "Established"),
            required=True,
        ),
        TemplateQuestion(
            "mentee",
            "long",
            "What do you hope for from a mentor?",
            "Your mentor reads this, too.",
            seen_by=SignupQuestion.Seen.MATCH,
        ),
        TemplateQuestion(
            "mentor",
            "long",
            "What could you help a project with?",
            "The people you mentor read this, too.",
            seen_by=SignupQuestion.Seen.MATCH,
        ),
    ],
)
PAIRS = ProgrammeTemplate(
    key="pairs",
    label="Pairs",
    text="Twelve weeks, up to four times a year. Everybody who signs up is matched; each pair agrees its own goals.",
    timeline=EACH_QUARTER.steps,
    fields={
        "mentee": {"title": OFF, "team": OFF, "description": ON, "goals": REQUIRED, "mentors_wanted": OFF},
        "mentor": {"hours_per_month": REQUIRED},
    },
    questions=[
        TemplateQuestion("mentee", "yes_no", "Have you had a mentor before?"),
        TemplateQuestion("mentor", "yes_no", "Have you been a mentor before?"),
    ],
)
TEAMS = ProgrammeTemplate(
    key="teams",
    label="Teams with calls",
    text="Two months with five calls, one every two weeks. Teams of one organisation learn together with mentors.",
    mentee_label="champion",
    timeline=[
        (OPENS, "Sign-up opens", -63),
        ("webinar", "Information webinar", -56),
        (CLOSES, "Sign-up closes", -42),
        (DECISIONS, "Teams hear from us", -28),
        ("welcome", "Welcome calls with each team", -21),
        ("kick-off", "Call 1", 0),
        ("call-2", "Call 2", 14),
        ("call-3", "Call 3", 28),
        ("call-4", "Call 4", 42),
        ("call-5", "Call 5", 56),
        (END, "End", 62),
    ],
    fields={
        "mentee": {"mentoring_type": OFF, "interaction_style": OFF, "mentors_wanted": OFF, "hours_per_month": OFF},
        "mentor": {"mentoring_type": OFF, "interaction_style": OFF},
    },
    questions=[
        TemplateQuestion("mentee", "short", "Which group or department is your team from?", required=True),
        TemplateQuestion("mentee", "long", "Why would your team be a good fit?"),
        TemplateQuestion("mentee", "yes_no", "Can your team come to all five calls?", required=True),
    ],
)
INTERNS = ProgrammeTemplate(
    key="internship",
    label="Internship",
    text="Thirteen weeks of paid work. Applicants contribute first, then mentors choose their interns.",
    mentee_label="intern",
    timeline=[
        (OPENS, "Sign-up opens", -98),
        ("contributions", "Contribution period begins", -70),
        (CLOSES, "Sign-up closes", -42),
        (DECISIONS, "Interns are announced", -21),
        ("kick-off", "First day", 0),
        ("feedback-1", "First feedback", 14),
        ("feedback-2", "Second feedback", 42),
        ("feedback-3", "Final feedback", 84),
        (END, "End", 90),
    ],
    fields={
        "mentee": {"mentoring_type": OFF, "mentors_wanted": OFF, "hours_per_month": OFF},
        "mentor": {"mentoring_type": OFF},
    },
    questions=[
        TemplateQuestion("mentee", "long", "Links to your contributions so far", "One on each line.", required=True),
        TemplateQuestion("mentee", "long", "Why do you want to work on this project?", "In 50 words or so."),
        TemplateQuestion(
            "mentor",
            "long",
            "What will your mentee work on?",
            "Your mentee reads this, too.",
            required=True,
            seen_by=SignupQuestion.Seen.MATCH,
        ),
    ],
)
BLANK = ProgrammeTemplate(
    key="blank",
    label="Start from scratch",
    text="Twelve weeks with a start, an end and a short form. You add the rest.",
    timeline=[(OPENS, "Sign-up opens", -28), (CLOSES, "Sign-up closes", -7), (END, "End", 83)],
    fields={
        "mentee": {
            "description": ON,
            "topics": ON,
            "languages": ON,
            "mentoring_type": OFF,
            "interaction_style": OFF,
            "mentors_wanted": OFF,
            "hours_per_month": OFF,
        },
        "mentor": {
            "topics": ON,
            "languages": ON,
            "mentoring_type": OFF,
            "interaction_style": OFF,
            "hours_per_month": OFF,
        },
    },
)
TEMPLATES = {one.key: one for one in (PROJECTS, PAIRS, TEAMS, INTERNS, BLANK)}


def template_of(key: str) -> ProgrammeTemplate | None:
    """The template that a programme began with; None for programmes that began without one."""
    return TEMPLATES.get(key)


def add_questions(cohort: Cohort) -> None:
    """Give a new cohort the own questions of its programme's template."""
    template = template_of(cohort.programme.template)
    SignupQuestion.objects.bulk_create(
        SignupQuestion(
            cohort=cohort,
            role=one.role,
            key=f"begin-{number}",
            position=number,
            kind=one.kind,
            text=cohort.programme.own_words(one.text),
            help_text=cohort.programme.own_words(one.help_text),
            options=[[label, label] for label in one.choices],
            required=one.required,
            seen_by=one.seen_by,
        )
        for number, one in enumerate(template.questions if template else (), start=1)
    )


def usual_fields(template: str) -> dict[str, Any]:
    """The settings of a new cohort of a programme with this template."""
    known = template_of(template)
    return {"standard_fields": {role: dict(fields) for role, fields in known.fields.items()}} if known else {}
