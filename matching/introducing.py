"""From proposals to matches: a match and the intro that announces it are written in one transaction."""

from collections.abc import Collection, Iterable, Sequence
from itertools import groupby

from django.db import transaction

from cohorts.models import Cohort, Enrollment
from cohorts.services import ServiceError
from matching.intro_mail import intro_mail
from matching.models import Match, MatchPin, MatchProposal, MatchRun
from mentorship.accounts.models import User
from mentorship.audit.services import record, record_many
from mentorship.outbox.services import enqueue

Group = tuple[Enrollment, list[MatchProposal]]


def groups_of(run: MatchRun) -> list[Group]:
    """What the run proposes and nobody confirmed yet, mentee by mentee, with everything an intro needs."""
    introduced = run.matches.values("mentee")
    proposals = (
        run.proposals.filter(kind=MatchProposal.Kind.CHOSEN)
        .exclude(mentee__in=introduced)
        .select_related("mentee__user", "mentee__cohort__programme", "mentor__user")
        .prefetch_related("mentee__members__user", "mentee__topics")
        .order_by("mentee_id", "-score", "mentor_id")
    )
    return [(next(iter(group)).mentee, group) for group in _by_mentee(proposals)]


@transaction.atomic
def confirm_run(*, run: MatchRun, by: User | None, mentee_ids: Collection[int] | None = None) -> list[Match]:
    """Turn proposals into matches and queue one intro for each mentee team; `mentee_ids` confirms only these.

    Everything or nothing: raises ServiceError, with names, where what is proposed does not fit any more. What is
    confirmed already is left alone, so that confirming twice has one effect. Returns the new matches.
    """
    cohort = Cohort.objects.select_for_update(of=("self",)).select_related("programme").get(pk=run.cohort_id)
    run = MatchRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if run.status == MatchRun.Status.CONFIRMED:
        return []
    if run.status != MatchRun.Status.READY:
        raise ServiceError(f"{run} is {run.get_status_display()}; only a run that is ready can be confirmed.")
    waiting = groups_of(run)
    groups = [group for group in waiting if mentee_ids is None or group[0].pk in mentee_ids]
    _check_fit(cohort, groups)
    matches = [match for mentee, proposals in groups for match in _introduce(run, mentee, proposals, by)]
    if len(groups) == len(waiting):
        run.status = MatchRun.Status.CONFIRMED
        run.save(update_fields=["status"])
    workspace_id = cohort.workspace_id
    record(verb="confirmed", target=run, workspace_id=workspace_id, by=by, mentees=len(groups), matches=len(matches))
    record_many(verb="introduced", targets=matches, workspace_id=workspace_id, by=by, run=run.number)
    return matches


def _introduce(run: MatchRun, mentee: Enrollment, proposals: Sequence[MatchProposal], by: User | None) -> list[Match]:
    mail = intro_mail(mentee, proposals)
    names = ", ".join(str(mentor.user) for mentor in mail.mentors)
    message = enqueue(
        key=f"intro:{run.pk}:{mentee.pk}",
        workspace_id=mentee.cohort.workspace_id,
        scope=mentee.cohort.scope,
        kind="intro",
        why=f"{by or 'A command'} confirmed {run} of {mentee.cohort}: “{mentee}” with {names}.",
        to=mail.to,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        reply_to=mail.to,  # "reply" reaches the whole team and its mentors, as "reply to all" does
    )
    return [
        Match.objects.create(mentee=mentee, mentor=p.mentor, run=run, score=p.score, why=p.why, intro=message)
        for p in proposals
    ]


def _check_fit(cohort: Cohort, groups: Sequence[Group]) -> None:
    """What was free when the run was made may be taken, withdrawn or forbidden by now."""
    pairs = [p for _, proposals in groups for p in proposals]
    ids = {p.mentee_id for p in pairs} | {p.mentor_id for p in pairs}
    now = {
        e.pk: e
        for e in Enrollment.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(pk__in=ids)
        .order_by("pk")
    }
    wrong = [
        f"{e.user} ({e}) is {e.get_status_display()}" if e.title else f"{e.user} is {e.get_status_display()}"
        for e in now.values()
        if e.status != Enrollment.Status.ACCEPTED
    ]
    taken = Match.objects.places_of(cohort)
    standing = set(Match.objects.standing().filter(mentee__cohort=cohort).values_list("mentee_id", "mentor_id"))
    pins = dict(_pins(cohort))
    for p in pairs:
        taken.update([p.mentee_id, p.mentor_id])
        if (p.mentee_id, p.mentor_id) in standing:
            wrong.append(f"“{p.mentee}” and {p.mentor.user} are matched already")
        elif pins.get((p.mentee_id, p.mentor_id)) == MatchPin.Kind.FORBID:
            wrong.append(f"“{p.mentee}” with {p.mentor.user} is forbidden by now")
    for e in now.values():
        if e.role == Enrollment.Role.MENTOR and taken[e.pk] > e.capacity:
            wrong.append(f"{e.user} takes {e.capacity}, and would have {taken[e.pk]}")
        elif e.role == Enrollment.Role.MENTEE and taken[e.pk] > e.mentors_wanted:
            wrong.append(f"“{e}” wants {e.mentors_wanted}, and would have {taken[e.pk]}")
    if wrong:
        shown = "; ".join(wrong[:5]) + (f"; and {len(wrong) - 5} more" if len(wrong) > 5 else "")
        raise ServiceError(f"Nothing was confirmed: {shown}. Run again, then it fits.")


def _pins(cohort: Cohort) -> Iterable[tuple[tuple[int, int], str]]:
    for mentee, mentor, kind in MatchPin.objects.filter(mentee__cohort=cohort).values_list("mentee", "mentor", "kind"):
        yield (mentee, mentor), kind


def _by_mentee(proposals: Iterable[MatchProposal]) -> list[list[MatchProposal]]:
    return [list(group) for _, group in groupby(proposals, key=lambda p: p.mentee_id)]
