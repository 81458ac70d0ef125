"""Create and edit providers and trainings."""

from django.db import transaction

from cohorts.models import Cohort
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from training.models import Provider, Training


@transaction.atomic
def save_provider(*, provider: Provider, by: User) -> Provider:
    """Save what a form changed."""
    provider.save()
    record(verb=Verb.EDITED, target=provider, workspace_id=provider.workspace_id, by=by)
    return provider


@transaction.atomic
def save_training(*, training: Training, by: User) -> Training:
    """Save what a form changed. Who has a seat keeps it, also if the roles changed."""
    training.save()
    record(verb=Verb.EDITED, target=training, workspace_id=training.provider.workspace_id, by=by)
    return training


def get_or_create_training(cohort: Cohort, provider: str, training: str, kind: str) -> Training:
    name = provider.strip() or cohort.programme.name
    of = Provider.objects.get_or_create(workspace_id=cohort.workspace_id, name=name)[0]
    new = {"kind": kind, "roles": Training.ROLES_OF[kind], "minutes": 180 if kind == "training" else 60}
    return Training.objects.get_or_create(provider=of, name=training.strip(), defaults=new)[0]
