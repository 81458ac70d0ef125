"""Mails about an offered place."""

from typing import Any

from cohorts.enrollment.audience import to_people_of
from cohorts.enrollment.links import place_link
from cohorts.enrollment.mails import lead_for
from cohorts.models import Enrollment
from cohorts.places.schedule import LAPSE, OfferStep
from cohorts.setup.role_words import RoleWord
from mentorship.core.accounts.models import User
from mentorship.core.outbox.send_mail import render_for, send_mail, written_keys


def offer_mail(step: OfferStep, link: str) -> tuple[str, str, str]:
    """Subject, text and HTML of a mail about an offer, with `link` in place of the personal one. Writes nothing."""
    return render_for(
        step.enrollment.cohort.sender, step.template, _context(step.enrollment, step.enrollment.user, link)
    )


def mail_offer(step: OfferStep) -> int:
    """Write the mail of a step, once for each offer: reminders go to the lead, an expiry to the whole team.

    Returns the number of offers that it wrote about.
    """
    if written_keys([step.key]):
        return 0
    enrollment = step.enrollment
    # People whose offer lapsed are out of the cohort already; the reminder is for open offers.
    audience = to_people_of(enrollment, Enrollment.Status.values if step.name == LAPSE else ["accepted"])
    for person in enrollment.people if step.name == LAPSE else [enrollment.user]:
        send_mail(
            step.template,
            _context(enrollment, person, place_link(enrollment.pk, person.pk)),
            sender=enrollment.cohort.sender,
            key=step.key if person == enrollment.user else f"{step.key}:{person.pk}",
            kind="decision",
            why=f"{enrollment} has an offer that {'lapsed' if step.name == LAPSE else 'ends soon'}.",
            to=[person],
            audience=audience,
        )
    return 1


def _context(enrollment: Enrollment, person: User, link: str) -> dict[str, Any]:
    cohort = enrollment.cohort
    return {
        "enrollment": enrollment,
        "person": person,
        "lead": lead_for(enrollment, person),
        "cohort": cohort,
        "programme": cohort.programme,
        "role": RoleWord(cohort.programme, enrollment.role),
        "offer_until": enrollment.offer_expires_at,
        "zone": cohort.time_zone,
        "link": link,
    }
