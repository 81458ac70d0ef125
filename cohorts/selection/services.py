"""Run a selection, override its outcomes and apply it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from cohorts.bulk_actions.services import BulkKind
from cohorts.enrollment.services import decide_enrollments
from cohorts.models import BulkAction, Cohort, Enrollment, Group, SelectionRun
from cohorts.review.access import has_conflict
from cohorts.selection.algorithm import select
from cohorts.selection.policy import Policy, groups_with_seats, policy_of, policy_problems, rule_questions
from cohorts.selection.pool import read_applicants
from cohorts.selection.results import BY_HAND, Status, entries_with, outcome_of, run_as_json, track_of, track_totals
from cohorts.selection.track_assignment import NO
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError


@dataclass
class ApplyResult:
    """The result of applying a run: numbers by outcome, and those left unchanged with the reason."""

    decided: Counter[str] = field(default_factory=Counter)
    left: list[tuple[Enrollment, str]] = field(default_factory=list)


@transaction.atomic
def save_policy(*, cohort: Cohort, policy: Policy, by: User) -> None:
    """Save the selection rules. Raises ServiceError if they can't be used."""
    _check(policy, cohort)
    cohort.selection = policy
    cohort.save(update_fields=["selection"])
    record(verb=Verb.SET_THE_SELECTION_RULES, target=cohort, workspace_id=cohort.workspace_id, by=by)


@transaction.atomic
def try_selection(*, cohort: Cohort, by: User | None) -> SelectionRun:
    """Run the selection by the cohort's rules and keep the result. No status changes and no mail is sent."""
    policy = policy_of(cohort)
    _check(policy, cohort)
    seed = policy["seed"] or cohort.slug[:40]
    applicants = read_applicants(cohort, policy)
    own = groups_with_seats(cohort, policy)
    tracks = {**{t["name"]: t["seats"] for t in policy["tracks"]}, **{g.name: g.seats or 0 for g in own}}
    quotas = applicants.quotas
    result = select(applicants.people, tracks, quotas, seed)
    run = SelectionRun.objects.create(
        cohort=cohort, seed=seed, policy=policy, by=by, result=run_as_json(result, applicants.people, quotas)
    )
    record(verb=Verb.TRIED_THE_SELECTION, target=run, workspace_id=cohort.workspace_id, by=by, seed=seed)
    return run


@transaction.atomic
def save_policy_and_try(*, cohort: Cohort, policy: Policy, by: User) -> SelectionRun:
    """Save the rules and run the selection in one transaction."""
    save_policy(cohort=cohort, policy=policy, by=by)
    return try_selection(cohort=cohort, by=by)


@transaction.atomic
def override_outcome(
    *, run: SelectionRun, enrollment: Enrollment, outcome: str, track: str | None, by: User
) -> SelectionRun:
    """Override the outcome of one application; `outcome` "" goes back to that of the rules.

    Quotas may be exceeded manually, seats never. Raises ServiceError, also for one's own application.
    """
    locked = SelectionRun.objects.select_for_update(of=("self",)).select_related("cohort__programme").get(pk=run.pk)
    entry = next((e for e in locked.result["applications"] if e["id"] == enrollment.pk), None)
    if locked.applied_at or entry is None or entry["kept"]:
        raise ServiceError("This can't be changed here any more. Decide on the person's own page.")
    if has_conflict(by, enrollment):
        raise ServiceError("It is your own application, or you have a conflict of interest: somebody else decides.")
    if outcome and outcome not in BY_HAND:
        raise ServiceError("Choose accepted, waitlisted or declined.")
    before = track_of(entry)
    entry.pop("by_hand", None)
    if outcome:
        track = track if outcome == Status.ACCEPTED else None
        at = timezone.now().isoformat(timespec="seconds")
        entry["by_hand"] = {"outcome": outcome, "track": track, "by": by.pk, "at": at}
    _check_seats(locked, track_of(entry), before)
    locked.save(update_fields=["result"])
    record(
        verb=Verb.CHANGED_THE_SELECTION,
        target=locked,
        workspace_id=locked.cohort.workspace_id,
        by=by,
        enrollment=enrollment.pk,
        outcome=outcome or "by the rules",
        track=track_of(entry),
    )
    return locked


@transaction.atomic
def apply_run(
    *, run: SelectionRun, by: User, paragraphs: Mapping[str, str] | None = None, mail: bool = True
) -> ApplyResult:
    """Decide about the applicants as in the run, and write the mails. Idempotent.

    `paragraphs`: the coordinator's own words by outcome. Raises ServiceError if somebody was accepted since the run.
    """
    Cohort.objects.select_for_update(of=("self",)).get(pk=run.cohort_id)
    locked = SelectionRun.objects.select_for_update(of=("self",)).select_related("cohort__programme").get(pk=run.pk)
    if locked.applied_at:
        return ApplyResult()
    people = {e.pk: e for e in locked.cohort.enrollments.mentees().with_people().select_related("group")}
    _check_nobody_came_in(locked, people.values())
    done = ApplyResult()
    before = _give_groups(locked, people)
    for outcome in BY_HAND:
        chosen = [people[e["id"]] for e in entries_with(locked, outcome) if e["id"] in people]
        _decide(done, chosen, outcome, by=by, message=(paragraphs or {}).get(outcome, ""), mail=mail)
    for enrollment, _reason in done.left:
        Enrollment.objects.filter(pk=enrollment.pk).update(group=before.get(enrollment.pk, enrollment.group))
    _number_the_waitlist(locked)
    locked.applied_at = timezone.now()
    # Ids only, so that nothing of erased people remains here.
    left = [enrollment.pk for enrollment, _reason in done.left]
    locked.result["applied"] = {"by": by.pk, "decided": dict(done.decided), "left": left}
    locked.save(update_fields=["applied_at", "result"])
    record(
        verb=Verb.APPLIED_THE_SELECTION, target=locked, workspace_id=locked.cohort.workspace_id, by=by, **done.decided
    )
    return done


def _check(policy: Policy, cohort: Cohort) -> None:
    problems = policy_problems(policy, cohort, rule_questions(cohort))
    if problems:
        raise ServiceError(f"The rules can't be used yet. {problems[0].text}")


def _check_seats(run: SelectionRun, track: str | None, before: str | None) -> None:
    """Raise ServiceError if a track has no seat for somebody who would enter it."""
    if track is None or track == before:
        return
    total = next((t for t in track_totals(run) if t["name"] == track), None)
    if total is None:
        raise ServiceError("Choose one of the tracks.")
    if total["taken"] > total["seats"]:
        where = f" in {track}" if track else ""
        raise ServiceError(f"All {total['seats']} seats{where} are taken. Take somebody else out first.")


def _check_nobody_came_in(run: SelectionRun, people: Iterable[Enrollment]) -> None:
    """Raise ServiceError if somebody was accepted since the run, which did not count their seat."""
    counted = {e["id"] for e in run.result["applications"] if e["kept"] or outcome_of(e) == Status.ACCEPTED}
    inside = {e.pk for e in people if e.occupies_place}
    if new := len(inside - counted):
        verb = "person was" if new == 1 else "people were"
        raise ServiceError(f"{new} {verb} accepted since this run. Try it again, so that their seats are counted.")


def _give_groups(run: SelectionRun, people: Mapping[int, Enrollment]) -> dict[int, Group | None]:
    """Set the group of everybody to be accepted, before seats are counted and mails are written.

    A partner's people stay in their group. Returns the group that each had before.
    """
    groups: dict[str, Group] = {}
    before: dict[int, Group | None] = {}
    names = {t["name"] for t in run.result["tracks"]}
    changed = []
    for entry in entries_with(run, Status.ACCEPTED):
        enrollment, track = people.get(entry["id"]), track_of(entry)
        if enrollment is None or not track or enrollment.status not in Enrollment.OPEN:
            continue
        if enrollment.group and enrollment.group.name not in names:
            continue
        if entry["kept"] and entry["can"].get(track, NO) == NO:
            continue  # the seat stays free for them; they choose the track themselves
        if track not in groups:
            groups[track] = group_of_track(run, track)
        if enrollment.group_id != groups[track].pk:
            before[enrollment.pk] = enrollment.group
            enrollment.group = groups[track]
            changed.append(enrollment)
    Enrollment.objects.bulk_update(changed, ["group"])
    return before


def group_of_track(run: SelectionRun, track: str) -> Group:
    """Find the cohort's group for a track, or create it."""
    found = Group.objects.filter(cohort=run.cohort, name__iexact=track).first()
    if found:
        return found
    seats = next((t["seats"] for t in run.result["tracks"] if t["name"] == track), None)
    number = [t["name"] for t in run.result["tracks"]].index(track) + 1
    slug = slugify(track)[:60] or f"track-{number}"
    group, _ = Group.objects.get_or_create(cohort=run.cohort, slug=slug, defaults={"name": track, "seats": seats})
    return group


def _decide(done: ApplyResult, chosen: list[Enrollment], outcome: str, *, by: User, message: str, mail: bool) -> None:
    """Decide about people who are still undecided; others keep their status."""
    wait = [e for e in chosen if e.status in Enrollment.UNDECIDED and e.status != outcome]
    decided, left = decide_enrollments(enrollments=wait, to=outcome, by=by, message=message, mail=mail)
    done.decided[outcome] += len(decided)
    done.left += left
    for enrollment in chosen:
        if enrollment.status not in (*Enrollment.UNDECIDED, outcome, Status.COMPLETED):
            done.left.append((enrollment, f"{enrollment} is {enrollment.get_status_display()} since the run."))


def _number_the_waitlist(run: SelectionRun) -> None:
    """Number the waitlist in the order of the run; people unknown to it follow in their old order."""
    order = {e["id"]: number for number, e in enumerate(entries_with(run, Status.WAITLISTED))}
    waiting = list(run.cohort.enrollments.mentees().filter(status=Status.WAITLISTED))  # type: ignore[attr-defined]
    waiting.sort(key=lambda e: (order.get(e.pk, len(order)), e.waitlist_position or 0, e.pk))
    for place, enrollment in enumerate(waiting, start=1):
        enrollment.waitlist_position = place
    Enrollment.objects.bulk_update(waiting, ["waitlist_position"])


def _apply_in_worker(action: BulkAction, _ids: Sequence[int], by: User) -> int:
    run = SelectionRun.objects.get(pk=action.about)
    return apply_run(run=run, by=by, paragraphs=action.word("paragraphs"), mail=action.word("mail")).decided.total()


def _said(action: BulkAction) -> str:
    return f"{action.number} decided; {'their emails are on the way' if action.word('mail') else 'no email was sent'}."


# In one transaction, like a run that is applied while the browser waits: seats are counted for all of them together.
DECISIONS = BulkKind("Applying the selection", _apply_in_worker, _said, whole=True)
