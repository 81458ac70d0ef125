"""End where a person is signed in."""

from collections.abc import Sequence
from typing import Any

from allauth.usersessions.models import UserSession
from django.db import transaction

from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb


@transaction.atomic
def end_sessions(sessions: Sequence[UserSession], *, by: Any) -> int:
    """Sign somebody out in these browsers. Returns how many there were."""
    for session in sessions:
        session.end()
    if sessions:
        record(verb=Verb.SIGNED_OUT_ELSEWHERE, target=by, workspace_id=None, by=by, number=len(sessions))
    return len(sessions)
