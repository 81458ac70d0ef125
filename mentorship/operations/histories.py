"""Histories on the pages of this app."""

from typing import Any

from mentorship.core.accounts.models import DataRequest
from mentorship.core.audit.services import history_of
from mentorship.core.history.subjects import Find, Subject
from mentorship.core.ui.requests import number_in


def _data_request(user: Any, key: str) -> Subject | None:
    """A request about personal data: it may be about several programmes, or none. Who may answer it reads all."""
    asked = DataRequest.objects.visible_to(user).filter(pk=number_in(key)).first()
    return Subject(str(asked), asked.get_absolute_url(), None, history_of(asked)) if asked else None


HISTORIES_OF_APP: dict[str, Find] = {"accounts.datarequest": _data_request}
