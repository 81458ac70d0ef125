"""The link of an invitation to sign up."""

from dataclasses import astuple, dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse

from mentorship.core.links import LinkError

INVITE_SALT = "cohorts.signup.invite"


@dataclass(frozen=True)
class Invitation:
    """Who may sign up by the link. `passed`: the rules of who may sign up don't count for them."""

    cohort_id: int
    role: str
    email: str
    passed: bool = False


def invite_link(invitation: Invitation) -> str:
    """The absolute address at which somebody signs up whose address the mail with this link has proven."""
    token = signing.dumps(list(astuple(invitation)), salt=INVITE_SALT, compress=True)
    return settings.SITE_URL + reverse("cohorts:signup-invited", args=[token])


def read_invite(token: str) -> Invitation:
    """The invitation. Raises LinkError."""
    try:
        return Invitation(*signing.loads(token, salt=INVITE_SALT))
    except (signing.BadSignature, TypeError) as error:
        raise LinkError from error
