"""Suggest and issue certificates to mentors, facilitators and experts."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from checkins.alumni.links import stay_link
from checkins.models import ServiceCertificate
from checkins.waves.mails import PersonalMails
from cohorts.models import Cohort, Enrollment
from matching.models import Match
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from training.models import TrainingBooking

HELPER_ROLES = ("mentor", "facilitator", "expert")


# --- certificates of what they gave ---


@dataclass(frozen=True)
class HelperRecord:
    """What somebody who helps gave to a cohort: in words, with the hours that we would suggest."""

    enrollment: Enrollment
    what: str
    hours: int | None
    certificate: ServiceCertificate | None


def helper_records(cohort: Cohort, role: str = "") -> list[HelperRecord]:
    """Everybody who helped, by role and name, in a constant number of queries."""
    helpers = cohort.enrollments.occupying_place().filter(role__in=[role] if role in HELPER_ROLES else HELPER_ROLES)
    # A pair that ended was mentored, too; one that was put together anew counts where it went on.
    mentored = Match.objects.filter(mentee__cohort=cohort).exclude(status="rematched")
    pairs = Counter(mentored.values_list("mentor", flat=True))
    trained: Counter[int] = Counter()
    came = TrainingBooking.objects.attended().filter(enrollment__cohort=cohort, session__cancelled_at=None)
    for enrollment, minutes in came.values_list("enrollment", "session__minutes"):
        trained[enrollment] += minutes
    there = {one.enrollment_id: one for one in ServiceCertificate.objects.filter(enrollment__cohort=cohort)}
    months = max((cohort.ends_on - cohort.starts_on).days / 30.4, 0)
    found = []
    for one in helpers.select_related("user", "cohort__programme").order_by("role", "user__full_name", "pk"):
        number = pairs[one.pk]
        if one.role == "mentor":
            words = f"mentored {number} project{'' if number == 1 else 's'}" if number else "was ready to mentor"
        else:
            words = {"facilitator": "facilitated the round", "expert": "gave their expertise"}[one.role]
        said = round((one.hours_per_month or 0) * months) if number or one.role != "mentor" else 0
        hours = said + round(trained[one.pk] / 60)
        found.append(HelperRecord(one, words, hours or None, there.get(one.pk)))
    return found


@transaction.atomic
def issue_service_certificates(
    *, cohort: Cohort, hours: Mapping[int, int | None], by: User, now: datetime | None = None
) -> int:
    """Give people, by the id of their enrollment, a certificate with so many hours, and mail its link.

    Who has one keeps its number: the hours are corrected, and no second mail is sent. Returns how many were mailed.
    """
    now = now or timezone.now()
    Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
    mails = PersonalMails("service", programme=cohort.programme, cohort=cohort, kind="certificate")
    sent = 0
    for gift in helper_records(cohort):
        person = gift.enrollment.user
        if gift.enrollment.pk not in hours:
            continue
        certificate = gift.certificate or ServiceCertificate(enrollment=gift.enrollment)
        certificate.name, certificate.what = str(person), gift.what
        certificate.hours, certificate.by = hours[gift.enrollment.pk], by
        certificate.decided_on = now.astimezone(cohort.tz).date()
        new, certificate.issued_at = certificate.issued_at is None, certificate.issued_at or now
        certificate.save()
        if not new:
            continue
        mails.write(
            person,
            key=f"service-certificate:{certificate.pk}",
            why=f"{person} {gift.what} in {cohort}.",
            certificate=certificate,
            link=settings.SITE_URL + certificate.get_absolute_url(),
            stay=stay_link(cohort.programme_id, person.pk),
        )
        sent += 1
    record(verb=Verb.THANKED, target=cohort, workspace_id=cohort.workspace_id, by=by, number=sent, changed=len(hours))
    return sent
