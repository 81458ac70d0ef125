"""Save what an operator tells for the privacy notice."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.operations.models import PrivacyDetails


@transaction.atomic
def save_details(details: PrivacyDetails, *, changed: Sequence[str], by: Any) -> None:
    """Save the details with who changed them: the named fields."""
    details.changed_by = by
    details.save()
    record(verb=Verb.EDITED, target=details, workspace_id=None, by=by, fields=list(changed))
