"""Changes of a board since somebody looked: one version of all that it shows, and sentences about who changed what."""

from __future__ import annotations

from dataclasses import astuple, dataclass

from django.db.models import Count, Max, Q, Sum

from cohorts.models import Cohort, Enrollment
from matching.board.state import version_of
from matching.models import AskedPair, AskedSide, BoardChange, Match, MatchRun, MentorPause
from mentorship.core.accounts.models import User
from mentorship.core.audit.models import AuditEntry
from mentorship.core.audit.verbs import Verb
from mentorship.core.text import join_names
from mentorship.core.ui.markup import counted
from mentorship.core.ui.requests import number_in

NAMED = 3  # changes that are listed one by one; more are only counted


@dataclass(frozen=True)
class BoardVersion:
    """Numbers that change with everything that a board shows."""

    changes: int = 0  # number of the last change by hand
    run: str = ""  # the status of this run, and how often its pairs were changed
    newest: str = ""  # number and status of the newest run
    matches: str = ""  # last id and number of the current matches, whoever made them
    asked: str = ""  # answers of pairs that are asked
    people: str = ""  # who is accepted, places, pauses

    def __str__(self) -> str:
        return "_".join(map(str, astuple(self)))

    @classmethod
    def read(cls, text: str) -> BoardVersion | None:
        """Read what a page sent back; None if it is no version."""
        first, *others = text.split("_")
        if not first.isdecimal() or len(first) > 9 or len(others) != 5:
            return None
        return cls(int(first), *others)


def board_version(cohort: Cohort, run: MatchRun) -> BoardVersion:
    """Read the version of a run's board: a constant number of small queries."""
    newest = cohort.match_runs.values_list("number", "status").first()
    matches = Match.objects.occupying_place().filter(mentee__cohort=cohort)
    made = matches.order_by().aggregate(last=Max("pk"), n=Count("pk"))
    sides = (
        AskedSide.objects.filter(pair__mentee__cohort=cohort)
        .order_by()
        .aggregate(
            last=Max("answered_at"), n=Count("pk"), open=Count("pk", filter=Q(pair__status__in=AskedPair.UNSETTLED))
        )
    )
    people = (
        Enrollment.objects.filter(cohort=cohort, status="accepted", role__in=Enrollment.MATCHED_ROLES)
        .order_by()
        .aggregate(n=Count("pk"), places=Sum("capacity"), wanted=Sum("mentors_wanted"), at=Max("updated_at"))
    )
    pauses = MentorPause.objects.open(cohort).order_by().aggregate(n=Count("pk"), last=Max("pk"))
    return BoardVersion(
        version_of(cohort),
        f"{run.status}.{run.hand_changes}",
        _text(*(newest or ())),
        _text(made["last"], made["n"]),
        _text(sides["last"] and sides["last"].timestamp(), sides["n"], sides["open"]),
        _text(
            *(people[name] for name in ("n", "places", "wanted")),
            people["at"] and people["at"].timestamp(),
            *pauses.values(),
        ),
    )


def _text(*parts: object) -> str:
    return ".".join("" if part is None else str(part) for part in parts)


def told_changes(cohort: Cohort, seen: BoardVersion, now: BoardVersion, reader: User) -> list[str]:
    """Say who changed what between two versions of a board; what the reader did by hand is left out."""
    by_hand = BoardChange.objects.filter(cohort=cohort, number__gt=seen.changes).exclude(by=reader).select_related("by")
    told = [f"{change.by or 'Somebody'} {change.words}." for change in by_hand[:NAMED]]
    if (more := by_hand.count() - NAMED) > 0:
        told.append(f"And {counted(more, 'more change')} by hand.")
    if now.newest != seen.newest:
        told += _told_run(cohort, reader)
    if now.matches != seen.matches:
        told += _told_matches(cohort, seen, now)
    if now.asked != seen.asked:
        told.append("An answer about a pair came in.")
    if now.people != seen.people:
        told.append("Somebody’s sign-up, places or pause changed.")
    return told


def _told_run(cohort: Cohort, reader: User) -> list[str]:
    run = cohort.match_runs.select_related("created_by").first()
    if run is None:
        return []
    if run.status in MatchRun.UNDER_WAY:
        return [] if run.created_by == reader else [f"{run.created_by or 'Somebody'} started {run}."]
    words = {"failed": "found nothing", "confirmed": "is confirmed"}.get(run.status, "is ready")
    return [f"{run} {words}."]


def _told_matches(cohort: Cohort, seen: BoardVersion, now: BoardVersion) -> list[str]:
    """Say which matches are new and who made them, or how many if there are many."""
    last = seen.matches.partition(".")[0]
    new = Match.objects.occupying_place().filter(mentee__cohort=cohort, pk__gt=number_in(last))
    rows = list(new.with_people().order_by("pk")[: NAMED + 1])
    if not rows:
        return ["A match ended or was undone."]
    actors = _makers(rows)
    if len(rows) > NAMED:
        return [f"{join_names(sorted(set(actors.values())))} made {counted(new.count(), 'match,matches')}."]
    return [f"{actors[match.pk]} matched “{match.mentee}” with {match.mentor.user}." for match in rows]


def _makers(matches: list[Match]) -> dict[int, str]:
    """The name of who made each match; "Somebody" if the trail does not say."""
    entries = AuditEntry.objects.filter(
        verb=Verb.INTRODUCED, object_type=Match._meta.label_lower, object_id__in=[str(m.pk) for m in matches]
    ).select_related("actor")
    names = {int(entry.object_id): str(entry.actor or "Somebody") for entry in entries}
    return {match.pk: names.get(match.pk, "Somebody") for match in matches}
