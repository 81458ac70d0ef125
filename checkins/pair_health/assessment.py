"""Assess how each pair is doing from answers, replies, silence, mails, training and open cases.

The assessment only shows coordinators where to look: it ends no pair and asks nobody to log meetings.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from django.db.models import FilteredRelation, Q
from django.db.models.functions import Coalesce

from checkins.models import Answer, Case, CheckIn, Reply
from checkins.surveys.starter_templates import HAVE_MET, HELPFUL
from cohorts.models import Cohort
from matching.models import Match
from matching.querysets import MatchQuerySet
from mentorship.core.ui.requests import number_in
from training.attendance import training_status

GOOD, LOOK, WORRY, UNKNOWN = "good", "attention", "danger", "info"
LEVELS = [(WORRY, "needs somebody"), (LOOK, "worth a look"), (UNKNOWN, "nothing known yet"), (GOOD, "well")]
# The answers about having met: weight and words of the sign.
MET_SIGNS = {"no": (3, "not met yet"), "sometimes": (-1, "met once or twice"), "regularly": (-2, "meets regularly")}
# The weight of a recorded reply.
REPLY_SIGNS: dict[str, int] = {Reply.How.WELL: -2, Reply.How.NOT_MET: 3, Reply.How.DIFFICULT: 3}
REASONS_SHOWN = 3
Moment = tuple[date, datetime]  # a day in the cohort's time zone, and when it was recorded
LEVEL_ORDER = {key: number for number, (key, _) in enumerate(LEVELS)}


@dataclass
class PairHealth:
    """A pair, its level, and the signs behind it; a negative weight is a good sign."""

    match_id: int
    mentor_id: int
    intro_failed: bool = False
    paused: bool = False
    paused_until: date | None = None
    signs: list[tuple[int, str]] = field(default_factory=list)

    @cached_property
    def match(self) -> Match:
        """The match with its people; `with_matches` reads those of a list at once."""
        return Match.objects.with_people().get(pk=self.match_id)

    @property
    def level(self) -> str:
        if not self.signs:
            return UNKNOWN
        worst = max(weight for weight, _ in self.signs)
        if worst >= 3:
            return WORRY
        trouble = sum(weight for weight, _ in self.signs if weight > 0)
        if trouble >= 2:
            return LOOK
        return GOOD if any(weight < 0 for weight, _ in self.signs) else UNKNOWN

    @property
    def label(self) -> str:
        return dict(LEVELS)[self.level]

    @property
    def reasons(self) -> list[str]:
        """The reasons in words, the weightiest first; a reason from several people appears once with their number."""
        said = Counter(words for _, words in self.signs)
        ordered = dict.fromkeys(words for _, words in sorted(self.signs, key=lambda sign: -sign[0]))
        return [f"{words} ({said[words]} people)" if said[words] > 1 else words for words in ordered]

    @property
    def first_reasons(self) -> list[str]:
        """The most important reasons, as many as a list shows."""
        return self.reasons[:REASONS_SHOWN]

    @property
    def other_reasons(self) -> list[str]:
        return self.reasons[REASONS_SHOWN:]


def pairs_to_assess(cohort: Cohort) -> MatchQuerySet:
    """The pairs under way that were made here."""
    return Match.objects.under_way().filter(mentee__cohort=cohort, imported=False)  # type: ignore[no-any-return]


def assess_pairs(cohort: Cohort) -> list[PairHealth]:
    """Assess every pair under way, the most worrying first, in a constant number of queries.

    Only ids and short values are read of each: there may be thousands, and a page shows fifty.
    """
    pairs = {pair.match_id: pair for pair in _read_pairs(cohort)}
    for add in (_latest_words, _silence, _cases, _mails, _training):
        for match_id, weight, words in add(cohort, pairs):
            if match_id in pairs:
                pairs[match_id].signs.append((weight, words))
    return sorted(pairs.values(), key=lambda p: (LEVEL_ORDER[p.level], -sum(w for w, _ in p.signs), p.match_id))


def _read_pairs(cohort: Cohort) -> Iterable[PairHealth]:
    found = pairs_to_assess(cohort).annotate(
        pause=FilteredRelation("checkin_pauses", condition=Q(checkin_pauses__ended_at=None))
    )
    rows = found.order_by("pk").values_list("pk", "mentor", "intro__status", "pause__pk", "pause__until")
    for pk, mentor, intro, pause, until in rows:
        yield PairHealth(pk, mentor, intro_failed=intro == "failed", paused=pause is not None, paused_until=until)


def with_matches(pairs: Sequence[PairHealth]) -> Sequence[PairHealth]:
    """The pairs, with the matches and people of all of them read at once."""
    matches = Match.objects.with_people().in_bulk([pair.match_id for pair in pairs])
    for pair in pairs:
        pair.match = matches[pair.match_id]
    return pairs


Signs = Iterable[tuple[int, int, str]]


def _latest_words(cohort: Cohort, pairs: dict[int, PairHealth]) -> Signs:
    """Signs from each person's latest answer or reply; older ones no longer count.

    If an answer and a reply are from the same day, the one recorded later wins.
    """
    written: dict[tuple[int, int], Reply] = {}
    alive: dict[tuple[int, int], Reply] = {}
    for reply in Reply.objects.filter(match__in=pairs).order_by("day", "at", "pk"):
        if reply.match_id is None:
            continue
        # A mere sign of life says nothing about the pair, so the earlier statement still counts.
        (alive if reply.how == Reply.How.ALIVE else written)[reply.match_id, reply.user_id] = reply
    answered: dict[tuple[int, int], Moment] = {}
    for (match, user, key), (side, value, moment) in _latest_answers(cohort).items():
        said = (moment.astimezone(cohort.tz).date(), moment)
        reply_before = written.get((match, user))
        if reply_before is None or said > _moment(reply_before):
            answered[match, user] = max(said, answered.get((match, user), said))
            yield from ((match, weight, words) for weight, words in _sign_of(key, side, value))
    for (match, user), reply in written.items():
        if (match, user) not in answered:
            yield match, REPLY_SIGNS[reply.how], f"the {reply.side} {reply.when}: {reply.get_how_display()}"
    for who, reply in alive.items():
        before = [answered.get(who), _moment(written[who]) if who in written else None]
        if all(_moment(reply) > moment for moment in before if moment):
            yield who[0], 0, f"the {reply.side} {reply.when}"


def _moment(reply: Reply) -> Moment:
    return reply.day, reply.at


def _latest_answers(cohort: Cohort) -> dict[tuple[int, int, str], tuple[str, str, datetime]]:
    """Each person's latest answer about a pair: by match, user and question its side, value and moment."""
    said = (
        Answer.objects.filter(
            checkin__wave__cohort=cohort,
            checkin__status="answered",
            question__key__in=[HAVE_MET, HELPFUL],
            checkin__match__isnull=False,
        )
        .annotate(moment=Coalesce("checkin__said_at", "checkin__answered_at", "checkin__due_at"))
        .order_by("moment", "checkin_id")
        .values_list("checkin__match", "checkin__user", "checkin__side", "question__key", "value", "moment")
    )
    return {(match, user, key): (side, value, moment) for match, user, side, key, value, moment in said}


def _sign_of(key: str, side: str, value: str) -> Iterable[tuple[int, str]]:
    if key == HAVE_MET:
        if sign := MET_SIGNS.get(value):
            weight, words = sign
            yield weight, f"the {side} says: {words}"
    elif number := number_in(value):
        if number <= 2:
            yield 2, f"the {side} finds it little helpful ({number} of 5)"
        elif number >= 4:
            yield -1, f"the {side} finds it helpful ({number} of 5)"


def _silence(cohort: Cohort, pairs: dict[int, PairHealth]) -> Signs:
    """Signs from sides that did not answer reminders. A team counts as silent only if all members are."""
    asked = CheckIn.objects.filter(wave__cohort=cohort, match__isnull=False)
    found = set(asked.answered_or_of_silent_sides().values_list("match", "side", "status"))
    sides: dict[int, set[str]] = defaultdict(set)
    for match, side, status in found:
        if status != "answered" and (match, side, "answered") not in found:
            sides[match].add(side)
    for match, silent in sides.items():
        if len(silent) > 1:
            yield match, 3, "neither of them answers"
        else:
            yield match, 1, f"the {next(iter(silent))} does not answer"


def _cases(cohort: Cohort, pairs: dict[int, PairHealth]) -> Signs:
    # Conduct concerns are for named readers only; not even their number appears here.
    open_cases = Case.objects.open().filter(cohort=cohort, match__isnull=False).exclude(kind="conduct")
    for match, kind in open_cases.values_list("match", "kind"):
        yield match, 3, f"open case: {Case.Kind(kind).label.lower()}"


def _mails(cohort: Cohort, pairs: dict[int, PairHealth]) -> Signs:
    for pair in pairs.values():
        if pair.intro_failed:
            yield pair.match_id, 3, "the intro did not arrive"


def _training(cohort: Cohort, pairs: dict[int, PairHealth]) -> Signs:
    status = training_status.training_of_mentors(cohort)
    for pair in pairs.values():
        match status.get(pair.mentor_id):
            case training_status.ATTENDED:
                yield pair.match_id, 0, "the mentor was trained"  # good to know, but no sign that the two get on
            case training_status.MISSED:
                yield pair.match_id, 1, "the mentor did not come to the training"
            case training_status.NONE:
                yield pair.match_id, 1, "the mentor has booked no training"
