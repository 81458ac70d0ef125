"""Addresses of pages to which other pages lead back."""

from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from cohorts.models import Cohort

OF_BOARD = ("run", "q", "state", "sort", "page", "mentee", "show")


def board_address(cohort: Cohort, back: str, **otherwise: object) -> str:
    """The board with the filters and the open panel of `back`, the query of the address that a form came from."""
    kept: dict[str, object] = {name: value for name, value in QueryDict(back).items() if name in OF_BOARD}
    return f"{reverse('matching:board', args=[cohort.slug])}?{urlencode({**kept, **otherwise} | kept)}"
