"""A programme's words for roles, as mails quote them."""

from dataclasses import dataclass

from cohorts.models import Programme


@dataclass(frozen=True)
class RoleWord:
    """The programme's word for a role, read when the mail is rendered, so queued mails get the current word."""

    programme: Programme
    role: str

    def __str__(self) -> str:
        return self.programme.label_of(self.role)

    @property
    def plural(self) -> str:
        """The word for several people."""
        return self.programme.plural_of(self.role)
