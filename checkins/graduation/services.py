"""Record who meets the criteria, graduate people or end early, and issue certificates."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from checkins.alumni.links import stay_link
from checkins.graduation.links import confirm_link
from checkins.graduation.progress import GraduationProgress, graduation_progress
from checkins.graduation.suggested_criteria import criteria_of
from checkins.models import CriterionMet, Graduation, GraduationCriterion
from checkins.querysets import GraduationQuerySet
from cohorts.bulk_actions.services import BulkKind
from cohorts.enrollment.audience import to_people_of
from cohorts.enrollment.services import set_enrollment_status
from cohorts.models import Cohort, Enrollment
from matching.models import Match
from matching.pairs.services import set_match_status
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.send_mail import send_mail, written_keys
from mentorship.core.outbox.services import call_off

Kind = GraduationCriterion.Kind


@transaction.atomic
def save_criterion(*, criterion: GraduationCriterion, by: User) -> GraduationCriterion:
    """Add or change a criterion."""
    if criterion.pk is None:
        last = criterion.cohort.graduation_criteria.aggregate(last=Max("position"))["last"] or 0
        criterion.position = last + 1
    criterion.save()
    cohort = criterion.cohort
    record(verb=Verb.CRITERION_SAVED, target=cohort, workspace_id=cohort.workspace_id, by=by, reason=criterion.name)
    return criterion


@transaction.atomic
def add_suggested_criteria(*, cohort: Cohort, name: str, by: User) -> int:
    """Add the criteria of a suggested set that the cohort lacks. Returns how many."""
    Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
    there = set(cohort.graduation_criteria.values_list("name", flat=True))
    new = [one for one in criteria_of(name, cohort) if one.name not in there]
    for criterion in new:
        save_criterion(criterion=criterion, by=by)
    return len(new)


@transaction.atomic
def delete_criterion(*, criterion: GraduationCriterion, by: User) -> None:
    """Delete a criterion with everything recorded about it."""
    cohort = criterion.cohort
    record(verb=Verb.CRITERION_REMOVED, target=cohort, workspace_id=cohort.workspace_id, by=by, reason=criterion.name)
    criterion.delete()


@transaction.atomic
def set_criterion_met(
    *, criterion: GraduationCriterion, enrollment: Enrollment, user: User, met: bool, by: User
) -> None:
    """Record by hand whether a person meets a criterion; it overrides the computed result."""
    CriterionMet.objects.update_or_create(
        criterion=criterion, enrollment=enrollment, user=user, defaults={"met": met, "by": by}
    )
    record(
        verb=Verb.MET if met else Verb.NOT_MET,
        target=enrollment,
        workspace_id=enrollment.cohort.workspace_id,
        by=by,
        reason=f"{criterion.name}, {user}",
    )


def matches_to_ask(cohort: Cohort, now: datetime) -> dict[str, Match]:
    """The pairs of whom nothing was decided or said, and whose mentor was not asked today: by the key of the mail."""
    decided = Graduation.objects.filter(enrollment__cohort=cohort).values("enrollment")
    said = CriterionMet.objects.filter(criterion__cohort=cohort, criterion__kind=Kind.MENTOR).values("enrollment")
    matches = Match.objects.occupying_place().filter(mentee__cohort=cohort, imported=False).with_people().order_by("pk")
    open_ones = matches.exclude(mentee__in=decided).exclude(mentee__in=said)
    keys = {f"graduation-ask:{match.pk}:{now:%Y%m%d}": match for match in open_ones}
    written = written_keys(keys)
    return {key: match for key, match in keys.items() if key not in written}


@transaction.atomic
def ask_mentors(*, cohort: Cohort, by: User, now: datetime | None = None, only: Collection[int] | None = None) -> int:
    """Ask the mentor of each pair, or `only` of these, who is ready; once a day at most. Returns how many mails.

    Raises ServiceError if the cohort has no such criterion.
    """
    if not cohort.graduation_criteria.filter(kind=Kind.MENTOR).exists():
        raise ServiceError("The mentors' word is not among the criteria of this cohort.")
    waiting, sender = matches_to_ask(cohort, now or timezone.now()), cohort.sender
    todo = {key: match for key, match in waiting.items() if only is None or match.pk in only}
    for key, match in todo.items():
        mentor = match.mentor.user
        send_mail(
            "checkins/graduation",
            {
                "person": mentor,
                "cohort": cohort,
                "programme": cohort.programme,
                "match": match,
                "link": confirm_link(match),
            },
            sender=sender,
            key=key,
            why=f"{by} asked the {cohort.programme.plural_of('mentor')} of {cohort} who is ready to graduate.",
            to=[mentor],
            audience=to_people_of(match.mentor),
        )
    record(verb=Verb.ASKED_THE_MENTORS, target=cohort, workspace_id=cohort.workspace_id, by=by, number=len(todo))
    return len(todo)


@transaction.atomic
def confirm_by_mentor(*, match: Match, ready: Collection[int], now: datetime | None = None) -> list[Graduation]:
    """Record which people, by user id, the mentor finds ready; those who meet all criteria graduate. Repeatable."""
    cohort, mentor = match.mentee.cohort, match.mentor.user
    for criterion in cohort.graduation_criteria.filter(kind=Kind.MENTOR):
        for person in match.mentee.people:
            set_criterion_met(
                criterion=criterion, enrollment=match.mentee, user=person, met=person.pk in ready, by=mentor
            )
    return [
        graduate(enrollment=p.enrollment, user=p.user, by=mentor, now=now)
        for p in graduation_progress(cohort, now=now, enrollment=match.mentee)
        if p.ready and p.graduation is None
    ]


@transaction.atomic
def graduate(
    *, enrollment: Enrollment, user: User, by: User, anyway: bool = False, now: datetime | None = None
) -> Graduation:
    """Graduate a person, if they have not already. Raises ServiceError if a criterion is not met.

    `anyway` overrides the criteria; the history records the missing ones.
    """
    now = now or timezone.now()
    cohort = enrollment.cohort
    Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
    progress = next((p for p in graduation_progress(cohort, now=now, enrollment=enrollment) if p.user == user), None)
    if progress is None:
        raise ServiceError(f"{user} is not in this project any more.")
    if progress.missing and not anyway:
        raise ServiceError(f"{user} lacks: {', '.join(progress.missing)}.")
    there = Graduation.objects.filter(enrollment=enrollment, user=user).first()
    if there and there.status == Graduation.Status.GRADUATED:
        return there
    graduation = there or Graduation(enrollment=enrollment, user=user)
    graduation.status, graduation.reason = Graduation.Status.GRADUATED, ""
    graduation.name, graduation.by = str(user), by
    graduation.decided_on = now.astimezone(cohort.tz).date()
    graduation.save()
    record(
        verb=Verb.GRADUATED,
        target=enrollment,
        workspace_id=cohort.workspace_id,
        by=by,
        reason=f"{user}" + (f", without: {', '.join(progress.missing)}" if progress.missing else ""),
    )
    _finish_project(enrollment, by)
    return graduation


@transaction.atomic
def graduate_all(*, people: Sequence[GraduationProgress], by: User) -> int:
    """Graduate several people; none of them if somebody lacks something. Raises ServiceError."""
    for one in people:
        graduate(enrollment=one.enrollment, user=one.user, by=by)
    return len(people)


@transaction.atomic
def end_early(*, enrollment: Enrollment, user: User, reason: str, by: User, now: datetime | None = None) -> Graduation:
    """End a person's participation early, with a reason. Raises ServiceError without one, or after a certificate."""
    if not reason.strip():
        raise ServiceError("Say in a few words why.")
    cohort = enrollment.cohort
    Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
    graduation = Graduation.objects.filter(enrollment=enrollment, user=user).first()
    graduation = graduation or Graduation(enrollment=enrollment, user=user)
    if graduation.issued_at:
        raise ServiceError(f"{user} has a certificate. Take that back first.")
    graduation.status, graduation.reason = Graduation.Status.ENDED, reason.strip()[:300]
    graduation.name, graduation.by = str(user), by
    graduation.decided_on = (now or timezone.now()).astimezone(cohort.tz).date()
    graduation.save()
    record(
        verb=Verb.ENDED_EARLY, target=enrollment, workspace_id=cohort.workspace_id, by=by, reason=f"{user}: {reason}"
    )
    _finish_project(enrollment, by)
    return graduation


@transaction.atomic
def revoke_graduation(*, graduation: Graduation, by: User) -> None:
    """Undo a decision: the certificate is no longer valid. The status of the pair is not changed."""
    enrollment = graduation.enrollment
    record(
        verb=Verb.GRADUATION_TAKEN_BACK,
        target=enrollment,
        workspace_id=enrollment.cohort.workspace_id,
        by=by,
        reason=graduation.name,
    )
    call_off([f"certificate:{graduation.pk}"])
    graduation.delete()


def _finish_project(enrollment: Enrollment, by: User) -> None:
    """Complete a project and end its pairs once everybody in the team has graduated or ended."""
    enrollment = Enrollment.objects.with_people().get(pk=enrollment.pk)
    decided = list(Graduation.objects.filter(enrollment=enrollment))
    if {person.pk for person in enrollment.people} - {g.user_id for g in decided}:
        return
    graduated = any(g.status == Graduation.Status.GRADUATED for g in decided)
    reasons = "; ".join(dict.fromkeys(g.reason for g in decided if g.reason))
    for match in Match.objects.under_way().filter(mentee=enrollment):
        if graduated:
            set_match_status(match=match, to=Match.Status.GRADUATED, by=by)
        else:
            set_match_status(match=match, to=Match.Status.ENDED, by=by, reason=reasons)
    if graduated and enrollment.status == Enrollment.Status.ACCEPTED:
        set_enrollment_status(enrollment=enrollment, to=Enrollment.Status.COMPLETED, by=by)


def without_certificate(cohort: Cohort) -> GraduationQuerySet:
    """The graduates of a cohort who have none yet."""
    return Graduation.objects.graduated().filter(enrollment__cohort=cohort, issued_at=None)


@transaction.atomic
def issue_certificates(
    *,
    cohort: Cohort,
    by: User,
    now: datetime | None = None,
    only: Enrollment | None = None,
    ids: Collection[uuid.UUID | str] | None = None,
) -> int:
    """Mail every graduate without a certificate the link to theirs: those of one project, or with these `ids`.

    Returns how many mails.
    """
    now = now or timezone.now()
    waiting = without_certificate(cohort).with_people()
    if only is not None:
        waiting = waiting.filter(enrollment=only)
    if ids is not None:
        waiting = waiting.filter(pk__in=ids)
    done = 0
    sender = cohort.sender
    for graduation in waiting.select_for_update(of=("self",)):
        send_mail(
            "checkins/certificate",
            {
                "person": graduation.user,
                "cohort": cohort,
                "programme": cohort.programme,
                "graduation": graduation,
                "link": settings.SITE_URL + graduation.get_absolute_url(),
                "stay": stay_link(cohort.programme_id, graduation.user_id),
            },
            sender=sender,
            key=f"certificate:{graduation.pk}",
            why=f"{graduation.name} graduated from {cohort}.",
            to=[graduation.user],
        )
        graduation.issued_at = now
        graduation.save(update_fields=["issued_at"])
        done += 1
    if done:
        record(verb=Verb.CERTIFICATES_ISSUED, target=cohort, workspace_id=cohort.workspace_id, by=by, number=done)
    return done


CERTIFICATES = BulkKind(
    "Sending certificates",
    lambda action, ids, by: issue_certificates(cohort=action.cohort, by=by, ids=ids),
    lambda action: f"{action.number} certificates are on their way.",
)
QUESTIONS_TO_MENTORS = BulkKind(
    "Asking who is ready to graduate",
    lambda action, ids, by: ask_mentors(cohort=action.cohort, by=by, only=ids),
    lambda action: f"{action.number} {action.cohort.programme.plural_of('mentor')} are asked.",
)
