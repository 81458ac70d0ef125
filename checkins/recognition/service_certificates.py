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
from cohorts.models import Cohort, Enrollment, Programme
from matching.models import Match
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.outbox.send_mail import Sender, send_mail
from mentorship.core.text import with_article
from mentorship.core.ui.markup import counted
from training.models import TrainingBooking


def helper_roles(programme: Programme) -> list[tuple[str, str]]:
    """The roles of those who help, with the programme's words for several people."""
    return [(role, programme.plural_of(role)) for role, _ in programme.roles if role != Enrollment.Role.MENTEE]


@dataclass(frozen=True)
class HelperRecord:
    """A helper's contributions to a cohort in words, and the suggested hours."""

    enrollment: Enrollment
    what: str
    hours: int | None
    certificate: ServiceCertificate | None


def helper_records(cohort: Cohort, role: str = "") -> list[HelperRecord]:
    """A record for each helper of a cohort, by role and name, in a constant number of queries."""
    helpers = cohort.enrollments.occupying_place().exclude(role=Enrollment.Role.MENTEE)
    helpers = helpers.filter(role=role) if role in dict(helper_roles(cohort.programme)) else helpers
    # An ended pair counts as mentored; a rematched one counts for its last mentor.
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
            words = f"mentored {counted(number, 'project')}" if number else "was ready to mentor"
        else:
            usual = {"facilitator": "facilitated the round", "expert": "gave their expertise"}
            words = usual.get(one.role) or f"took part as {with_article(cohort.programme.label_of(one.role))}"
        said = round((one.hours_per_month or 0) * months) if number or one.role != "mentor" else 0
        hours = said + round(trained[one.pk] / 60)
        found.append(HelperRecord(one, words, hours or None, there.get(one.pk)))
    return found


@transaction.atomic
def issue_service_certificates(
    *, cohort: Cohort, hours: Mapping[int, int | None], by: User, now: datetime | None = None
) -> int:
    """Issue certificates with these hours, by the id of the enrollment, and mail their links.

    Existing certificates keep their number: the hours are corrected, and no second mail is sent. Returns how many were
    mailed.
    """
    now = now or timezone.now()
    Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
    sender = cohort.sender
    sent = 0
    for one in helper_records(cohort):
        if one.enrollment.pk not in hours:
            continue
        certificate = one.certificate or ServiceCertificate(enrollment=one.enrollment)
        certificate.name, certificate.what = str(one.enrollment.user), one.what
        certificate.hours, certificate.by = hours[one.enrollment.pk], by
        certificate.decided_on = now.astimezone(cohort.tz).date()
        new, certificate.issued_at = certificate.issued_at is None, certificate.issued_at or now
        certificate.save()
        if new:
            _send(certificate, cohort, sender)
            sent += 1
    record(verb=Verb.THANKED, target=cohort, workspace_id=cohort.workspace_id, by=by, number=sent, changed=len(hours))
    return sent


def _send(certificate: ServiceCertificate, cohort: Cohort, sender: Sender) -> None:
    person = certificate.enrollment.user
    send_mail(
        "checkins/service",
        {
            "person": person,
            "cohort": cohort,
            "programme": cohort.programme,
            "certificate": certificate,
            "link": settings.SITE_URL + certificate.get_absolute_url(),
            "stay": stay_link(cohort.programme_id, person.pk),
        },
        sender=sender,
        key=f"service-certificate:{certificate.pk}",
        kind="certificate",
        why=f"{person} {certificate.what} in {cohort}.",
        to=[person],
    )


def named_helpers(programme: Programme) -> list[tuple[str, list[tuple[User, str]]]]:
    """By round, the latest first, everybody who helped and agreed to be named, with their roles. One query."""
    named = Enrollment.objects.filter(cohort__programme=programme).exclude(role="mentee").named_in_public()
    helped = named.select_related("user", "cohort").order_by("-cohort__starts_on", "user__full_name", "user_id")
    rounds: dict[str, dict[User, list[str]]] = {}
    for one in helped:
        if not one.user.known_name:
            continue
        rounds.setdefault(one.cohort.name, {}).setdefault(one.user, []).append(programme.label_of(one.role))
    return [(name, [(user, ", ".join(roles)) for user, roles in people.items()]) for name, people in rounds.items()]
