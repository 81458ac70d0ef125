"""Notices above a board: whatever is not as its run found it. Reads only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.urls import reverse

from cohorts.models import Enrollment
from matching.board.places import MentorPlaces
from matching.board.reader import BoardReader, pairs_left_behind
from matching.models import MatchRun
from matching.policy.minimum_score import effect_of_minimum, minimum_words
from mentorship.core.text import join_names
from mentorship.core.ui.markup import counted

NAMED = 3


@dataclass(frozen=True)
class Notice:
    """One sentence, and where to look at what it is about."""

    words: str
    link: str = ""
    label: str = ""
    pressing: bool = False  # whether something is wrong, rather than new


def notices_of(reader: BoardReader, latest: MatchRun, short: Sequence[MentorPlaces], *, may_edit: bool) -> list[Notice]:
    """The notices of a board, those that are pressing first."""
    run, open_run = reader.run, reader.run.status == MatchRun.Status.READY
    found = [*_pressing(reader, latest, short, may_edit=may_edit)]
    if open_run and may_edit:
        found += _left_behind(reader)
    is_latest = run.number == latest.number
    if open_run and is_latest and (fixed := reader.fixed_since()):
        found.append(
            Notice(
                f"{counted(fixed, 'pair or person was,pairs or people were')} locked, forbidden or left for later "
                "after this run. Run again to take that into account."
            )
        )
    joined = reader.joined_since() if open_run and is_latest else {}
    programme = run.cohort.programme
    new = [counted(joined[role], programme.label_of(role)) for role in ("mentee", "mentor") if joined.get(role)]
    if new:
        found.append(Notice(f"Accepted after this run: {join_names(new)}. Run again to include them."))
    return found


def _pressing(
    reader: BoardReader, latest: MatchRun, short: Sequence[MentorPlaces], *, may_edit: bool
) -> Iterator[Notice]:
    run = reader.run
    if latest.number != run.number:
        yield Notice(
            f"You’re looking at {run}. {latest} is newer.", f"?run={latest.number}", f"Show {latest}", pressing=True
        )
    if short:
        more = f" {len(short) - NAMED} more have too few places." if len(short) > NAMED else ""
        words = " ".join(mentor.short_words for mentor in short[:NAMED]) + more
        yield Notice(words, f"?show=places&run={run.number}", "Show places", pressing=True)
    if gone := len(reader.state.untrue):
        words = f"{counted(gone, 'proposed pair is,proposed pairs are')} no longer possible and won’t be confirmed."
        yield Notice(words, f"?state=untrue&run={run.number}", "Show it" if gone == 1 else "Show them", pressing=True)
    least = float(run.findings.get("rules", {}).get("least_score", 0) or 0)
    effect = effect_of_minimum(run, least)
    if effect and effect.alone:
        link = f"{reverse('matching:policy-edit', args=[run.cohort.slug])}#id_least_score" if may_edit else ""
        words = f"In {run}, the minimum score of {least:.2f} {minimum_words(run, least)}."
        yield Notice(words, link, "Change the minimum", pressing=True)


def _left_behind(reader: BoardReader) -> Iterator[Notice]:
    pairs = sorted(pairs_left_behind(reader.run, reader.state))
    if not pairs:
        return
    people = Enrollment.objects.select_related("user").in_bulk({pk for pair in pairs[:NAMED] for pk in pair})
    names = [f"{people[mentee]} with {people[mentor].user}" for mentee, mentor in pairs[:NAMED]]
    if len(pairs) > NAMED:
        names.append(f"{len(pairs) - NAMED} more")
    are, them = ("is", "it") if len(pairs) == 1 else ("are", "them")
    yield Notice(
        f"{counted(len(pairs), 'pair')} made by hand while this run was being worked out {are} not in it: "
        f"{join_names(names)}. Run again to keep {them}."
    )
