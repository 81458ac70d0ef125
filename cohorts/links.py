"""Signed links of mails. A link works for one purpose and one object, and cannot be made without the secret key."""

from dataclasses import astuple, dataclass
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse

CONFIRM_SALT = "cohorts.signup.confirm"
EDIT_SALT = "cohorts.signup.edit"
PLACE_SALT = "cohorts.place"
INVITE_SALT = "cohorts.signup.invite"
SOUGHT_SALT = "cohorts.signup.sought"
CONFIRM_WITHIN = timedelta(days=7)


class LinkError(Exception):
    """The link was not made here, was changed on its way, or is too old."""


def confirm_link(signup_id: int) -> str:
    """The absolute address at which somebody confirms a sign-up, good for seven days."""
    return settings.SITE_URL + reverse("cohorts:signup-confirm", args=[signing.dumps(signup_id, salt=CONFIRM_SALT)])


def edit_link(enrollment_id: int) -> str:
    """The absolute address at which a person comes back to what they said."""
    return settings.SITE_URL + reverse("cohorts:signup-edit", args=[signing.dumps(enrollment_id, salt=EDIT_SALT)])


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


def sought_link(cohort_slug: str, role: str, sought: str) -> str:
    """The absolute address of a sign-up form that says whom we look for, as in "who speak Spanish"."""
    token = signing.dumps(sought, salt=SOUGHT_SALT, compress=True)
    return f"{settings.SITE_URL}{reverse('cohorts:signup', args=[cohort_slug, role])}?sought={token}"


def read_sought(token: str) -> str:
    """Whom we look for; "" where the address was not made here: nobody else puts words on our pages."""
    try:
        return str(signing.loads(token, salt=SOUGHT_SALT)) if token else ""
    except signing.BadSignature:
        return ""


def read_confirm(token: str) -> int:
    """The id of the sign-up. Raises LinkError."""
    return _read(token, CONFIRM_SALT, CONFIRM_WITHIN)


def place_link(enrollment_id: int) -> str:
    """The absolute address at which a person sees their status and answers an offer. It shows no answers."""
    return settings.SITE_URL + reverse("cohorts:place", args=[signing.dumps(enrollment_id, salt=PLACE_SALT)])


def read_place(token: str) -> int:
    """The id of the enrollment. Raises LinkError."""
    return _read(token, PLACE_SALT, None)


def read_edit(token: str) -> int:
    """The id of the enrollment. Raises LinkError."""
    return _read(token, EDIT_SALT, None)


def _read(token: str, salt: str, max_age: timedelta | None) -> int:
    try:
        value = signing.loads(token, salt=salt, max_age=max_age)
    except signing.BadSignature as error:
        raise LinkError from error
    if not isinstance(value, int):
        raise LinkError
    return value
