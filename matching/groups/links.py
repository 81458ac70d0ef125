"""Signed links by which somebody chooses goal groups without signing in; they hold the id of the enrollment."""

from mentorship.core.links import LinkFormat, SignedLink

CHOICE_LINK = SignedLink(
    "matching:group-choose", "matching.groups", format=LinkFormat.STABLE, does="Choose your goal groups"
)
