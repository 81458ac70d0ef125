"""Mails about an offered place."""

from typing import Any

from cohorts.enrollment.audience import to_people_of
from cohorts.enrollment.links import place_link
from cohorts.models import Enrollment
from cohorts.places.schedule import LAPSE, OfferStep
from cohorts.setup.role_words import RoleWord
from mentorship.core.outbox.send_mail import render_for, send_mail, written_keys


def offer_mail(step: OfferStep, link: str) -> tuple[str, str, str]:
    """Subject, text and HTML of a mail about an offer, with `link` in place of the person's own. Writes nothing."""
    return render_for(step.enrollment.cohort.sender, step.template, _context(step.enrollment, link))


def mail_offer(step: OfferStep) -> int:
    """Write the mail of a step to the person and their team, once for each offer. Returns how many it wrote."""
    if written_keys([step.key]):
        return 0
    enrollment = step.enrollment
    send_mail(
        step.template,
        _context(enrollment, place_link(enrollment.pk)),
        sender=enrollment.cohort.sender,
        key=step.key,
        kind="decision",
        why=f"{enrollment} has an offer that {'lapsed' if step.name == LAPSE else 'ends soon'}.",
        to=enrollment.people,
        # Whose offer lapsed is out of the cohort already; the reminder is for those who have it still.
        audience=to_people_of(enrollment, Enrollment.Status.values if step.name == LAPSE else ["accepted"]),
    )
    return 1


def _context(enrollment: Enrollment, link: str) -> dict[str, Any]:
    cohort = enrollment.cohort
    return {
        "enrollment": enrollment,
        "person": enrollment.user,
        "cohort": cohort,
        "programme": cohort.programme,
        "role": RoleWord(cohort.programme, enrollment.role),
        "offer_until": enrollment.offer_expires_at,
        "zone": cohort.time_zone,
        "link": link,
    }
