"""Signed links by which somebody chooses goal groups without signing in; they hold the id of the enrollment."""

from cohorts.enrollment.links import lead
from mentorship.core.links import SignedLink

CHOICE_LINK = SignedLink("matching:group-choose", "matching.groups", whose=lead, does="Choose your goal groups")
