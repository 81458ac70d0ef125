"""Mails about an offered place."""

from datetime import timedelta

from cohorts.enrollment import links as enrollment_links
from cohorts.models import Enrollment
from mentorship.core.outbox.mail_templates.rendering import render_mail
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.services import enqueue

REMIND_BEFORE = timedelta(hours=48)


def offer_key(name: str, enrollment: Enrollment) -> str:
    """The key of a mail about an offer: its end is part of it, so that each offer has its own."""
    return f"{name}:{enrollment.pk}:{enrollment.offer_expires_at:%Y%m%dT%H%M}"


def offer_mail(enrollment: Enrollment, template: str, link: str = "") -> tuple[str, str, str]:
    """Subject, text and HTML of a mail about an offer. Writes nothing; `link` replaces that of the person."""
    cohort = enrollment.cohort
    return render_mail(
        template,
        {
            "enrollment": enrollment,
            "person": enrollment.user,
            "cohort": cohort,
            "programme": cohort.programme,
            "role": cohort.programme.label_of(enrollment.role),
            "offer_until": enrollment.offer_expires_at,
            "zone": cohort.time_zone,
            "link": link or enrollment_links.place_link(enrollment.pk),
        },
        workspace_id=cohort.workspace_id,
        scope=cohort.scope,
    )


def mail_offer(enrollment: Enrollment, template: str, name: str) -> int:
    """Write to them, once for each offer."""
    cohort, key = enrollment.cohort, offer_key(name, enrollment)
    if OutboxMessage.objects.filter(key=key).exists():
        return 0
    subject, text, html = offer_mail(enrollment, template)
    enqueue(
        key=key,
        workspace_id=cohort.workspace_id,
        scope=cohort.scope,
        kind="decision",
        why=f"{enrollment} has an offer that {'lapsed' if 'lapsed' in key else 'ends soon'}.",
        to=[p.email for p in enrollment.people],
        subject=subject,
        text=text,
        html=html,
        reply_to=[cohort.programme.contact_email],
    )
    return 1
