"""From an empty installation to the first sign-up: the steps, and which of them are done."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format

from cohorts.models import Cohort, Programme
from mentorship.core.accounts.models import User
from mentorship.core.extensions import ExtensionPoint
from mentorship.core.outbox.health import flow_at


@dataclass(frozen=True)
class Step:
    """One step. Each is ticked by what is stored, never by hand. `minutes` is what it usually takes."""

    key: str
    title: str
    text: str
    done: bool
    minutes: int = 1
    optional: bool = False


@dataclass(frozen=True)
class Progress:
    """The steps of one programme and its first cohort; None while there is none."""

    programme: Programme | None
    cohort: Cohort | None
    steps: list[Step]

    @property
    def current(self) -> str:
        """The key of the step to do now; "" if all are done."""
        return next((step.key for step in self.steps if not step.done and not step.optional), "")

    @property
    def needed(self) -> list[Step]:
        return [step for step in self.steps if not step.optional]

    @property
    def done(self) -> int:
        return sum(step.done for step in self.needed)

    @property
    def minutes_left(self) -> int:
        return sum(step.minutes for step in self.needed if not step.done)


@dataclass(frozen=True)
class Check:
    """A line about the installation. `url` is where to mend what is not well."""

    ok: bool
    words: str
    url: str = ""


SETUP_CHECKS: ExtensionPoint[Callable[[], Check]] = ExtensionPoint(
    "checks of a new installation",
    asked_by=__name__,
    about="A line about something that an operator has to set up once.",
)


def progress_of(user: User, programme: Programme | None) -> Progress:
    """How far somebody's programme has come. At most three queries."""
    cohort = programme.cohorts.order_by("pk").first() if programme else None
    signups = bool(cohort and cohort.enrollments.exists())
    team = programme.workspace.roles.count() if programme else 0
    began = cohort is not None and cohort.status != Cohort.Status.DRAFT
    steps = [
        Step("account", "Create your account", user.email, True),
        Step(
            "programme",
            "Name your programme",
            programme.name
            if programme
            else "A programme is what you run each year. Its cohorts and emails belong to it.",
            programme is not None,
        ),
        Step("cohort", "Plan the first cohort", _cohort_words(cohort), cohort is not None),
        Step(
            "forms",
            "Look at the sign-up forms",
            "They ask what matching needs. Add questions of your own.",
            began or bool(cohort and cohort.forms_checked_at),
        ),
        Step("open", "Open sign-up", "No email is sent. You can close sign-up again.", began),
        Step("share", "Share the link", _share_words(cohort, signups), signups),
        Step(
            "team",
            "Invite another coordinator",
            f"There are {team} people in the team." if team > 1 else "Somebody who can step in when you are away.",
            team > 1,
            optional=True,
        ),
    ]
    return Progress(programme, cohort, steps)


def _cohort_words(cohort: Cohort | None) -> str:
    if cohort is None:
        return "Its name and when it runs. The other dates are proposed."
    return f"{cohort}: {date_format(cohort.starts_on, 'j M Y')} – {date_format(cohort.ends_on, 'j M Y')}"


def _share_words(cohort: Cohort | None, signups: bool) -> str:
    if signups:
        return "The first people have signed up."
    if cohort and cohort.accepts_signups():
        return "Ticked as soon as the first person signs up."
    return "A link, a QR code, a text for an email and a button for your website."


def checks_of_installation() -> list[Check]:
    """Checks for operators, beside the steps. Five queries, and those of other apps."""
    flow = flow_at(timezone.now())
    secure = settings.SITE_URL.startswith("https://")
    return [
        Check(not flow.sweep_problem, flow.sweep_problem or "Background jobs are running", "health-page"),
        Check(not flow.mail_problem, flow.mail_problem or _mail_words(), "health-page"),
        Check(
            secure, "Secure connection (HTTPS)" if secure else f"{settings.SITE_URL} is not a secure address (HTTPS)"
        ),
        *(check() for check in SETUP_CHECKS),
    ]


def _mail_words() -> str:
    if settings.DEMO:
        return "This is a demo: emails stay on this machine"
    return f"Emails leave through {settings.EMAIL_PROVIDER or settings.EMAIL_HOST}"
