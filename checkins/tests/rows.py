"""Moments, links and rows for the tests of check-ins."""

from datetime import UTC, datetime
from decimal import Decimal

from checkins import models as checkins_models
from checkins.alumni.links import stay_link
from checkins.answering.services import save_answers
from checkins.graduation.services import save_criterion
from checkins.models import Opportunity
from checkins.recognition.honoraria import offer_honoraria
from checkins.surveys.services import asked_questions

INTRO = datetime(2027, 2, 1, 10, tzinfo=UTC)
NOW = datetime(2027, 5, 2, 10, tzinfo=UTC)  # three months later: the check-ins are due
AFTER = datetime(2027, 6, 10, 10, tzinfo=UTC)  # the round is over


def path(link):
    return link.removeprefix("http://127.0.0.1:8000")


def stay(cast, user):
    return path(stay_link(cast.programme.pk, user.pk))


def ids(checkin):
    return {q.key.replace("-", "_"): q.pk for q in asked_questions(checkin.wave.survey)}


def say(checkin, **answers):
    keys = ids(checkin)
    save_answers(checkin=checkin, answers={keys[k]: v for k, v in answers.items()}, now=NOW)


def criterion(cast, kind, name, **fields):
    return save_criterion(
        criterion=checkins_models.GraduationCriterion(cohort=cast.cohort, kind=kind, name=name, **fields),
        by=cast.coordinator,
    )


def opportunity(cast, title="Data steward", **fields):
    values = {"kind": "job", "text": "Half a year.", "url": "https://example.org/job", "status": "approved", **fields}
    return Opportunity.objects.create(programme=cast.programme, title=title, **values)


def offered(cast, amount="150.00", currency="EUR", what="Mentoring"):
    return offer_honoraria(
        cohort=cast.cohort,
        people=[cast.mentor],
        what=what,
        amount=Decimal(amount),
        currency=currency,
        by=cast.coordinator,
    )
