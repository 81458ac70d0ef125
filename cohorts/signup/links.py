"""Signed links of the public sign-up."""

from datetime import timedelta

from cohorts.enrollment.links import member
from mentorship.core.links import LinkError, SignedLink, absolute_url

CONFIRM_WITHIN = timedelta(days=7)
# Holds the id of a sign-up.
CONFIRM = SignedLink(
    "cohorts:signup-confirm", "cohorts.signup.confirm", max_age=CONFIRM_WITHIN, does="Confirm a sign-up"
)
# Holds the ids of an enrollment and of the person who leads it. Links of earlier versions name no person.
EDIT = SignedLink(
    "cohorts:signup-edit",
    "cohorts.signup.edit",
    (int, int),
    optional=1,
    whose=member,
    does="Change or withdraw your sign-up",
)
SOUGHT = SignedLink("cohorts:signup-create", "cohorts.signup.sought", (str,), compress=True, personal=False)


def confirm_link(signup_id: int) -> str:
    """The absolute address at which somebody confirms a sign-up, valid for seven days."""
    return CONFIRM.url(signup_id)


def edit_link(enrollment_id: int, person_id: int) -> str:
    """The absolute address at which a person edits their sign-up, for a team as long as they lead it."""
    return EDIT.url(enrollment_id, person_id)


def sought_link(cohort_slug: str, role: str, sought: str) -> str:
    """The absolute address of a sign-up form that states whom we are looking for, as in "who speak Spanish"."""
    return f"{absolute_url('cohorts:signup-create', cohort_slug, role)}?sought={SOUGHT.sign(sought)}"


def read_sought(token: str) -> str:
    """The text in a link about whom we are looking for; "" if the signature is invalid."""
    try:
        return str(SOUGHT.read_one(token)) if token else ""
    except LinkError:
        return ""


def read_confirm(token: str) -> int:
    """The id of the sign-up. Raises LinkError."""
    pk: int = CONFIRM.read_one(token)
    return pk


def read_edit(token: str) -> tuple[int, int | None]:
    """The ids of the enrollment and the person; None in a link that names nobody. Raises LinkError."""
    pk, *person = EDIT.read(token)
    return pk, person[0] if person else None
