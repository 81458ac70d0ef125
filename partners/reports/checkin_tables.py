"""Answers to check-ins as tables over everyone in a role."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from checkins.models import Answer, CheckIn, CheckInWave, SurveyQuestion
from cohorts.models import Cohort
from cohorts.models.question_kinds import kind_names
from partners.disclosure.gate import ANSWERED, Release
from partners.disclosure.small_groups import (
    EITHER,
    ELSEWHERE,
    MERGED,
    NOT_APART,
    SILENT,
    SKIPPED,
    suppress_nested,
    suppress_small_groups,
)

NO_ANSWER = SILENT[1]
OTHER_ANSWERS = "other answers, put together"
NOT_COMPARED = (MERGED, EITHER, OTHER_ANSWERS, SKIPPED[1], f"{ANSWERED}{NOT_APART}")
SIDES = {"mentee": "mentees", "mentor": "mentors", "facilitator": "facilitators"}


@dataclass(frozen=True)
class WaveQuestion:
    """A question that a wave asked one role, with the number of people for each answer."""

    key: str
    ident: str  # the same question in other waves, too
    text: str
    role: str
    wave: str
    rows: Sequence[tuple[str, int]]  # of a question: its answers, who skipped it, who never answered

    @property
    def what(self) -> str:
        return f"{self.text} ({self.role}, {self.wave})"

    def with_rows(self, rows: Sequence[Sequence[Any]]) -> "WaveQuestion":
        """The question with rows that may be shown."""
        return replace(self, rows=[(_in_words(row[0]), row[1]) for row in rows])


def wave_questions(cohort: Cohort, roles: Mapping[str, set[int]]) -> list[WaveQuestion]:
    """Every question of the cohort's waves that puts each person into one row, in the order of the waves.

    Leaves out anonymous surveys, whose answers belong to nobody; questions with several answers, whose rows overlap;
    free text; and people who left the cohort since. Each person counts once for each wave and side, with their latest
    answer.
    """
    waves = waves_in_order(cohort, list(CheckInWave.objects.filter(cohort=cohort, survey__anonymous=False)))
    answered = CheckIn.objects.filter(wave__in=waves, status=CheckIn.Status.ANSWERED)
    who: dict[tuple[int, str], set[int]] = {}
    for wave_id, side, user in answered.values_list("wave_id", "side", "user_id"):
        who.setdefault((wave_id, side), set()).add(user)
    counted = kind_names(lambda kind: kind.is_counted)
    answers_of: dict[tuple[int, str, int], dict[int, str]] = {}
    answers = Answer.objects.filter(checkin__in=answered, question__kind__in=counted)
    for wave_id, side, question_id, user, value in answers.order_by("checkin__answered_at", "checkin_id").values_list(
        "checkin__wave_id", "checkin__side", "question_id", "checkin__user_id", "value"
    ):
        answers_of.setdefault((wave_id, side, question_id), {})[user] = value
    asked = list(SurveyQuestion.objects.filter(survey__in={w.survey_id for w in waves}, kind__in=counted))
    found = []
    for wave in waves:
        for side, role in SIDES.items():
            if not (here := who.get((wave.pk, side), set()) & roles[role]):
                continue
            rows = [(ANSWERED, len(here)), (NO_ANSWER, len(roles[role] - here))]
            found.append(WaveQuestion(f"{role}:wave:{wave.pk}", "", "Who answered", role, wave.name, rows))
            for question in (q for q in asked if q.survey_id == wave.survey_id):
                values = answers_of.get((wave.pk, side, question.pk), {})
                counts = Counter(value for user, value in values.items() if user in roles[role])
                rows = [(label, counts[value]) for value, label in question.choices]
                rows.append((SKIPPED[1], len(here) - sum(n for _label, n in rows)))
                rows.append((NO_ANSWER, len(roles[role] - here)))
                key = f"{role}:wave:{wave.pk}:{question.pk}"
                found.append(WaveQuestion(key, f"{question.key}:{question.text}", question.text, role, wave.name, rows))
    return found


def release_waves(release: Release, questions: Sequence[WaveQuestion]) -> list[WaveQuestion]:
    """The questions with rows that may be shown, without those that have none.

    If the number of those who answered may be told, each question puts them into rows, with who skipped it apart: the
    rows of two questions and that number are parts of each other. If it may not, who skipped a question and who did not
    answer at all are one row.
    """
    shown: list[WaveQuestion] = []
    told = False
    for question in questions:
        if not question.ident:
            rows = suppress_small_groups(question.rows)
            found = release.table(question.key, rows, what=question.what)
            told = bool(rows) and found == [list(row) for row in rows]
        else:
            variants = [rows for rows in (_rows_of(question.rows, told),) if _names_an_answer(rows)]
            found = release.table(question.key, *variants, what=question.what)
        if found:
            shown.append(question.with_rows(found))
    return shown


def _rows_of(rows: Sequence[tuple[str, int]], told: bool) -> Sequence[Sequence[Any]]:
    *answers, (_skipped, skipped), (_silent, silent) = rows
    if told:
        return suppress_nested([(ANSWERED, [*answers, (SKIPPED[1], skipped)]), (NO_ANSWER, [(NO_ANSWER, silent)])])
    return suppress_small_groups([*answers, (EITHER, skipped + silent)])


def _names_an_answer(rows: Sequence[Sequence[Any]]) -> bool:
    return any(row[1] and _in_words(row[0]) not in (NO_ANSWER, *NOT_COMPARED) for row in rows)


def _in_words(label: str) -> str:
    return OTHER_ANSWERS if label == f"{ELSEWHERE}{ANSWERED}" else label


def waves_in_order(cohort: Cohort, waves: list[CheckInWave]) -> list[CheckInWave]:
    """The waves by their dates; intros are assumed to be sent on the first day."""

    def day(wave: CheckInWave) -> date:
        start = cohort.ends_on if wave.anchor == CheckInWave.Anchor.ENDS else cohort.starts_on
        days = wave.offset * (30.44 if wave.unit == CheckInWave.Unit.MONTHS else 1)
        return start + timedelta(days=days)

    return sorted(waves, key=lambda wave: (day(wave), wave.pk))


def wave_comparisons(questions: Sequence[WaveQuestion]) -> list[tuple[str, list[tuple[str, int]]]]:
    """Tables of questions that several waves asked the same role: caption, and rows by answer and wave."""
    groups: dict[tuple[str, str], list[WaveQuestion]] = {}
    for question in questions:
        if question.ident:
            groups.setdefault((question.ident, question.role), []).append(question)
    found = []
    for (_ident, role), same in groups.items():
        if len(same) < 2:
            continue
        named = [dict(q.rows) for q in same]
        labels = [x for x in named[0] if x not in (NO_ANSWER, *NOT_COMPARED) and all(x in rows for rows in named)]
        labels = [x for x in labels if any(rows[x] for rows in named)]
        if rows := [(f"{x}: {q.wave}", known[x]) for x in labels for q, known in zip(same, named, strict=True)]:
            found.append((f"{same[0].text} ({role}, wave by wave)", rows))
    return found
