"""Read and save how a cohort confirms its pairs."""

from datetime import timedelta

from django.db import transaction

from cohorts.models import Cohort
from matching.models import ConfirmPolicy
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb


@transaction.atomic
def save_confirm_policy(*, policy: ConfirmPolicy, by: User) -> ConfirmPolicy:
    """Save how the cohort confirms pairs. Questions that are already open keep their old terms."""
    policy.save()
    said = {"ask": policy.ask, "days": policy.answer_days, "minutes": policy.grace_minutes}
    record(verb=Verb.SET_HOW_PAIRS_ARE_CONFIRMED, target=policy, workspace_id=policy.cohort.workspace_id, by=by, **said)
    return policy


def confirm_policy_of(cohort: Cohort) -> ConfirmPolicy:
    """Return how the cohort confirms pairs; an unsaved default if nobody has set it."""
    return ConfirmPolicy.objects.filter(cohort=cohort).first() or ConfirmPolicy(cohort=cohort)


def loaded_policy_of(cohort: Cohort) -> ConfirmPolicy:
    """The confirmation settings of a cohort that was read with its `confirm_policy`. No query."""
    return getattr(cohort, "confirm_policy", None) or ConfirmPolicy(cohort=cohort)


def grace_of(cohort: Cohort) -> timedelta:
    """Return how long an intro is held back, so that its match can be undone."""
    return timedelta(minutes=confirm_policy_of(cohort).grace_minutes)
