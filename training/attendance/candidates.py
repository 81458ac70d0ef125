"""People who may have been in a session."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Candidate:
    """A person who may be on the list of a meeting tool. `key` names them in forms, see `candidates_of`.

    `seat`: they booked. `team`: the project of the team they belong to, or "".
    """

    key: str
    name: str
    emails: tuple[str, ...]
    seat: bool
    team: str = ""
