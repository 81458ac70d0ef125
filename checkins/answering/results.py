"""Count answers by question."""

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, QuerySet

from checkins.answering.anonymous import released_answers
from checkins.models import Answer, CheckIn, CheckInWave, SurveyQuestion
from cohorts.models import Cohort
from cohorts.models.question_kinds import kind_names

LEAST_TOLD = 5
# Kinds whose choices go from the lowest to the highest.
RATED = ("scale", "rating")
ROUNDS_COMPARED = 4


@dataclass(frozen=True)
class QuestionTally:
    """A question with the number of people who answered, the count of each choice in order, and texts."""

    question: SurveyQuestion
    answered: int
    rows: list[tuple[str, int]]
    texts: list[str] = field(default_factory=list)

    @property
    def in_short(self) -> str:
        """`3.8 of 5` for a rating, `82% yes` for a question of yes or no, "" for any other."""
        numbers = [number for _, number in self.rows]
        if not self.answered or not numbers:
            return ""
        if self.question.kind in RATED:
            average = sum(place * number for place, number in enumerate(numbers, 1)) / self.answered
            return f"{average:.1f} of {len(numbers)}"
        return f"{100 * numbers[0] / self.answered:.0f}% yes" if self.question.kind == "yes_no" else ""


def tally_cohort(*, cohort: Cohort, wave: CheckInWave | None = None) -> list[QuestionTally]:
    """Count the answers to each single-choice question of the cohort's confidential surveys; zeros included.

    Three queries. Anonymous answers belong to nobody, and are left out.
    """
    waves = CheckInWave.objects.filter(cohort=cohort, survey__anonymous=False)
    waves = waves.filter(pk=wave.pk) if wave else waves
    questions = _counted_questions(waves)
    counts = _counts(waves, questions)
    return _in_use([_tally(question, counts.get((cohort.pk, question.pk), Counter())) for question in questions])


def _in_use(tallies: list[QuestionTally]) -> list[QuestionTally]:
    """Tallies without those of a retired version that nobody answered."""
    return [t for t in tallies if t.answered or t.question.retired_at is None]


def _counted_questions(waves: QuerySet[CheckInWave]) -> QuerySet[SurveyQuestion]:
    found = SurveyQuestion.objects.filter(survey__waves__in=waves, kind__in=kind_names(lambda kind: kind.is_counted))
    return found.select_related("survey").order_by("survey__name", "survey_id", "position", "pk").distinct()


def _counts(waves: QuerySet[CheckInWave], questions: QuerySet[SurveyQuestion]) -> dict[tuple[int, int], Counter[str]]:
    """(cohort id, question id) → how many people gave each answer.

    People are counted once: a mentor with several teams answers for each of them; only the latest answer counts.
    """
    latest: dict[tuple[int, int, int], str] = {}
    answers = Answer.objects.filter(
        checkin__wave__in=waves, checkin__status=CheckIn.Status.ANSWERED, question__in=questions
    ).order_by("checkin__answered_at", "checkin_id")
    for *key, value in answers.values_list("checkin__wave__cohort_id", "question_id", "checkin__user_id", "value"):
        cohort_id, question_id, user_id = key
        latest[cohort_id, question_id, user_id] = value
    counts: dict[tuple[int, int], Counter[str]] = {}
    for (cohort_id, question_id, _user), value in latest.items():
        counts.setdefault((cohort_id, question_id), Counter())[value] += 1
    return counts


def tally_wave(wave: CheckInWave) -> list[QuestionTally]:
    """Count the answers to each question of one wave, for coordinators; for an anonymous one the released answers."""
    if wave.survey.anonymous:
        _, said = released_answers(wave)
        questions = wave.survey.questions.filter(pk__in=said)
        return [_from_box(question, said[question.pk]) for question in questions]
    many = wave.survey.questions.filter(kind__in=kind_names(lambda kind: kind.takes_several))
    chosen: dict[int, Counter[str]] = {}
    people: dict[int, set[int]] = {}
    answers = Answer.objects.filter(checkin__wave=wave, checkin__status=CheckIn.Status.ANSWERED, question__in=many)
    for question_id, checkin_id, value in answers.values_list("question_id", "checkin_id", "value"):
        chosen.setdefault(question_id, Counter())[value] += 1
        people.setdefault(question_id, set()).add(checkin_id)
    of_many = [
        QuestionTally(q, len(people[q.pk]), [(label, chosen[q.pk][value]) for value, label in q.choices])
        for q in many
        if q.pk in chosen
    ]
    return sorted(
        [*tally_cohort(cohort=wave.cohort, wave=wave), *of_many], key=lambda t: (t.question.position, t.question.pk)
    )


@dataclass(frozen=True)
class RoundResults:
    """The tallies of a round and of the ones before it, read together; the earliest round first."""

    tallies: dict[Cohort, list[QuestionTally]]
    asked_here: list[QuestionTally]

    def trends(self, *, reads_answers: bool) -> list[list[tuple[Cohort, QuestionTally]]]:
        """The results of each rated question, round by round.

        A question keeps its key from round to round. Left out is what would reveal something about a few people, and
        what only one round asked.
        """
        found: dict[str, list[tuple[Cohort, QuestionTally]]] = {}
        for one, tallies in self.tallies.items():
            for tally in told(tallies, reads_answers=reads_answers):
                if tally.in_short and tally.question.retired_at is None:
                    found.setdefault(tally.question.key, []).append((one, tally))
        return [rounds for rounds in found.values() if len(rounds) > 1]


def results_of(cohort: Cohort) -> RoundResults:
    """Count the answers of a round, as `tally_cohort` does, beside those of earlier rounds. Three queries."""
    earlier = cohort.programme.cohorts.filter(starts_on__lt=cohort.starts_on).order_by("-starts_on")
    rounds = [cohort, *earlier[: ROUNDS_COMPARED - 1]][::-1]
    waves = CheckInWave.objects.filter(cohort__in=[one.pk for one in rounds], survey__anonymous=False)
    of_round = CheckInWave.objects.filter(cohort=cohort, survey=OuterRef("survey"))
    questions = _counted_questions(waves).annotate(is_asked_here=Exists(of_round))
    counts = _counts(waves, questions)
    tallies = {one: [_tally(q, counts.get((one.pk, q.pk), Counter())) for q in questions] for one in rounds}
    here = [tally for tally in tallies[cohort] if tally.question.is_asked_here]  # type: ignore[attr-defined]
    return RoundResults(tallies, _in_use(here))


def told(tallies: list[QuestionTally], *, reads_answers: bool) -> list[QuestionTally]:
    """Tallies with answers; for readers of totals only, those that reveal nothing about a few people."""
    return [tally for tally in tallies if tally.answered >= (1 if reads_answers else LEAST_TOLD)]


def _from_box(question: SurveyQuestion, said: list[str]) -> QuestionTally:
    if not question.behaviour.is_chosen:
        return QuestionTally(question, len(said), [], [question.in_words(one) for one in said])
    return _tally(question, Counter(said))


def _tally(question: SurveyQuestion, counted: Counter[str]) -> QuestionTally:
    rows = [(label, counted[value]) for value, label in question.choices]
    return QuestionTally(question=question, answered=counted.total(), rows=rows)
