"""Check-ins that were answered, for figures of a cohort."""

from datetime import UTC, datetime

from django.urls import reverse

from checkins.answering.services import save_answers
from checkins.models import CheckIn
from checkins.waves.sweep import sweep_checkins
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import EnrollmentFactory, MatchFactory

INTRO = datetime(2027, 2, 1, 10, tzinfo=UTC)
ASKED = datetime(2027, 5, 3, 10, tzinfo=UTC)


def impact_url(cast):
    return reverse("partners:impact-detail", args=[cast.partner.slug, cast.cohort.slug])


def answer(cohort, *, people, met="regularly"):
    """Add this many pairs, whose mentees answer."""
    for _ in range(people):
        match = MatchFactory(mentee=EnrollmentFactory(cohort=cohort, country="KE"))
        OutboxMessage.objects.filter(pk=match.intro_id).update(status="sent", sent_at=INTRO)
        sweep_checkins(ASKED)
        checkin = CheckIn.objects.get(match=match, side="mentee")
        question = checkin.wave.survey.questions.get(key="have-met")
        save_answers(checkin=checkin, answers={question.pk: met}, now=ASKED)
