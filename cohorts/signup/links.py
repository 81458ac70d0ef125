"""Signed links of the public sign-up."""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse

from cohorts.enrollment.links import read_signed_id

CONFIRM_SALT = "cohorts.signup.confirm"


EDIT_SALT = "cohorts.signup.edit"


SOUGHT_SALT = "cohorts.signup.sought"


CONFIRM_WITHIN = timedelta(days=7)


def confirm_link(signup_id: int) -> str:
    """The absolute address at which somebody confirms a sign-up, good for seven days."""
    return settings.SITE_URL + reverse("cohorts:signup-confirm", args=[signing.dumps(signup_id, salt=CONFIRM_SALT)])


def edit_link(enrollment_id: int) -> str:
    """The absolute address at which a person comes back to what they said."""
    return settings.SITE_URL + reverse("cohorts:signup-edit", args=[signing.dumps(enrollment_id, salt=EDIT_SALT)])


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
    return read_signed_id(token, CONFIRM_SALT, CONFIRM_WITHIN)


def read_edit(token: str) -> int:
    """The id of the enrollment. Raises LinkError."""
    return read_signed_id(token, EDIT_SALT, None)
