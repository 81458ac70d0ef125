"""Access to people's answers. Pages and files check it here; forms describe it in words from the same table."""

from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as lazy

from mentorship.core.accounts.permissions import has_role, may_edit


class Reader(StrEnum):
    """The role of a person as reader of what another person wrote."""

    MATCH = "match"
    REVIEWER = "reviewer"
    VIEWER = "viewer"
    COORDINATOR = "coordinator"


class Audience(StrEnum):
    """The audience of an answer, as its form stated it. The values are stored with questions."""

    MATCH = "match"
    REVIEW = "review"
    TEAM = "team"
    COORDINATORS = "coordinators"
    PRIVATE = "private"


# Owners of a programme may read the same as its coordinators.
READERS: dict[Audience, tuple[Reader, ...]] = {
    Audience.MATCH: (Reader.MATCH, Reader.REVIEWER, Reader.VIEWER, Reader.COORDINATOR),
    Audience.REVIEW: (Reader.REVIEWER, Reader.VIEWER, Reader.COORDINATOR),
    Audience.TEAM: (Reader.VIEWER, Reader.COORDINATOR),
    Audience.COORDINATORS: (Reader.COORDINATOR,),
    Audience.PRIVATE: (Reader.COORDINATOR,),
}
ONLY = {
    (Reader.MATCH, Reader.REVIEWER, Reader.VIEWER, Reader.COORDINATOR): lazy(
        "Whoever you are matched with reads this, too."
    ),
    (Reader.REVIEWER, Reader.VIEWER, Reader.COORDINATOR): lazy("The programme’s team and reviewers read this."),
    (Reader.VIEWER, Reader.COORDINATOR): lazy("Only the programme’s team reads this."),
    (Reader.COORDINATOR,): lazy("Only the coordinators read this."),
}
PRIVATE = {
    READERS[Audience.PRIVATE]: lazy("Private. Only the coordinators read this. It never affects selection."),
}


def reader_in(user: Any, workspace_id: int) -> Reader | None:
    """The kind of reader that somebody is in a workspace; None without a role there."""
    if may_edit(user, workspace_id):
        return Reader.COORDINATOR
    return Reader.VIEWER if has_role(user, workspace_id) else None


def may_read(reader: Reader | None, audience: str) -> bool:
    """Whether this reader may read an answer for an audience."""
    return reader in READERS[Audience(audience)]


def readable(reader: Reader | None) -> tuple[Audience, ...]:
    """Every audience whose answers this reader may read."""
    return tuple(audience for audience in READERS if may_read(reader, audience))


def reads_in_words(audience: str) -> Any:
    """The sentence on the form that says who will read the answer, for the language of the page."""
    return (PRIVATE if audience == Audience.PRIVATE else ONLY)[READERS[Audience(audience)]]
