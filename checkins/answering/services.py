"""Store answers: confidential ones with their check-in, anonymous ones sealed."""

from collections.abc import Container, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from checkins.answering.anonymous import seal
from checkins.answering.mails import mail_receipt, mail_who_did_not_meet
from checkins.cases.services import open_flagged_cases
from checkins.models import Answer, Case, CheckIn, SurveyQuestion
from checkins.surveys.starter_templates import HAVE_MET, NOT_MET
from checkins.waves.mails import cancel_queued_mail
from cohorts.models.question_kinds import answer_values, kind_names
from matching.models import Match
from matching.pairs.services import set_match_status
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError

EDIT_FOR = timedelta(days=10)


def is_open(checkin: CheckIn, now: datetime) -> bool:
    """Whether a person can answer now, or change an answer. Nobody can change an anonymous one."""
    if checkin.status == CheckIn.Status.ANSWERED:
        return checkin.answered_at is not None and now < open_until(checkin)
    return checkin.status in CheckIn.OPEN and now < checkin.closes_at


def open_until(checkin: CheckIn) -> datetime:
    """The last moment (UTC) to answer or change it: its deadline, or if later EDIT_FOR after the first answer."""
    return max(checkin.closes_at, checkin.answered_at + EDIT_FOR) if checkin.answered_at else checkin.closes_at


def unanswered_questions(checkin: CheckIn) -> int:
    """The number of unanswered choice questions, for people who answered only the one in the mail; else 0.

    Questions for text only do not count, and people who chose to leave some empty are not asked again.
    """
    if checkin.wave.survey.anonymous or checkin.answers.values("question").distinct().count() != 1:
        return 0
    asked = checkin.wave.survey.questions.filter(retired_at=None, shown_if="")
    asked = asked.filter(kind__in=kind_names(lambda kind: kind.is_chosen))
    return asked.exclude(answers__checkin=checkin).count()


@transaction.atomic
def save_answers(*, checkin: CheckIn, answers: Mapping[int, Any], now: datetime, by_tick: bool = False) -> CheckIn:
    """Store a person's answers by question id, replacing earlier ones; a list if a kind takes several.

    With `by_tick` an answer was ticked by the link of a mail: another mail shows them the recorded answers. Raises
    ServiceError after the window, if the check-in was cancelled, and for people whose account is switched off or
    who were erased. The audit trail holds no answer.
    """
    locked = (
        CheckIn.objects.select_for_update(of=("self",))
        .select_related("wave__survey", "wave__cohort__programme", "match__mentee__cohort__programme", "user")
        .get(pk=checkin.pk)
    )
    if not is_open(locked, now) or not locked.user.is_active:
        raise ServiceError("This check-in is closed.")
    known = locked.wave.survey.questions.in_bulk(list(answers))
    questions = {pk: q for pk, q in known.items() if q.behaviour.is_asked}
    said = {pk: values for pk in questions if (values := answer_values(answers[pk]))}
    cancel_queued_mail([(locked.pk, locked.mails_sent)])
    if locked.wave.survey.anonymous:
        return _store_anonymously(locked, said)
    now_said = {questions[pk]: values for pk, values in said.items()}
    kept = _replace_answers(locked, now_said, {q.key for q in known.values()})
    locked.status, locked.next_mail_at = CheckIn.Status.ANSWERED, None
    locked.answered_at, locked.said_at = locked.answered_at or now, now
    locked.save(update_fields=["status", "answered_at", "said_at", "next_mail_at"])
    record(verb=Verb.ANSWERED, target=locked, workspace_id=locked.wave.cohort.workspace_id, by=locked.user)
    _note_they_met(locked, {question.key: values for question, values in now_said.items()})
    before = [(answer.question, [answer.value]) for answer in kept]
    all_said = [*before, *now_said.items()]
    open_flagged_cases(checkin=locked, said=all_said, now=now)
    not_met = any(question.flags.get(value) == Case.Kind.NOT_MET for question, values in all_said for value in values)
    mail_who_did_not_meet(locked, not_met=not_met, now=now)
    mail_receipt(locked, by_tick=by_tick, now=now, until=open_until(locked))
    return locked


def _replace_answers(checkin: CheckIn, said: Mapping[SurveyQuestion, list[str]], asked: Container[str]) -> list[Answer]:
    """Store what was said in place of earlier answers. Returns those to retired questions, which stay."""
    kept = [
        answer
        for answer in checkin.answers.select_related("question")
        if answer.question.retired_at and answer.question.key not in asked
    ]
    checkin.answers.exclude(pk__in=[answer.pk for answer in kept]).delete()
    Answer.objects.bulk_create(
        _answer(checkin, question, value) for question, values in said.items() for value in dict.fromkeys(values)
    )
    return kept


def _store_anonymously(checkin: CheckIn, said: Mapping[int, list[str]]) -> CheckIn:
    """Record that somebody answered, and seal their answers. Nothing readable links them to a person or a moment."""
    checkin.status, checkin.next_mail_at = CheckIn.Status.ANSWERED, None
    checkin.save(update_fields=["status", "next_mail_at"])
    seal(checkin, said)
    return checkin


def _answer(checkin: CheckIn, question: SurveyQuestion, said: str) -> Answer:
    chosen = question.behaviour.is_chosen
    return Answer(checkin=checkin, question=question, value=said if chosen else "", text="" if chosen else said)


def _note_they_met(checkin: CheckIn, said: Mapping[str, list[str]]) -> None:
    met = said.get(HAVE_MET)
    if met and met != [NOT_MET] and checkin.match and checkin.match.status == Match.Status.INTRODUCED:
        set_match_status(match=checkin.match, to=Match.Status.ACTIVE, by=None, reason="they have met")
