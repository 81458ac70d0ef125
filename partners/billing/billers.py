"""The organisation that issues a programme's invoices."""

from typing import Any

from django.db import transaction

from mentorship.core.accounts.models import User, Workspace
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from partners.models import Biller


@transaction.atomic
def save_biller(*, workspace: Workspace, by: User, **fields: Any) -> Biller:
    """Save who issues a programme's invoices. Issued invoices are not changed."""
    biller, _new = Biller.objects.update_or_create(workspace=workspace, defaults=fields)
    record(verb=Verb.EDITED, target=biller, workspace_id=workspace.pk, by=by)
    return biller


def biller_of(workspace: Workspace) -> Biller:
    """The biller of a workspace. Raises ServiceError if none is set up."""
    biller = Biller.objects.filter(workspace=workspace).first()
    if biller is None:
        raise ServiceError("Say first who writes the invoices: name, address, bank account, VAT.")
    return biller
