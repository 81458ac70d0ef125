"""The link of an invitation to sign up."""

from dataclasses import astuple, dataclass

from mentorship.core.links import SignedLink

INVITE = SignedLink(
    "cohorts:signup-accept-invitation",
    "cohorts.signup.invite",
    (int, str, str, bool),
    optional=1,
    compress=True,
    does="Sign up by an invitation",
)


@dataclass(frozen=True)
class Invitation:
    """The person and form of an invitation link. With `passed` the eligibility rules do not apply to them."""

    cohort_id: int
    role: str
    email: str
    passed: bool = False


def invite_link(invitation: Invitation) -> str:
    """The absolute address at which the recipient signs up; following it proves their address."""
    return INVITE.url(*astuple(invitation))


def read_invite(token: str) -> Invitation:
    """The invitation. Raises LinkError."""
    return Invitation(*INVITE.read(token))
