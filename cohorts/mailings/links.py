"""Links of mailings: the page on which a mail template is edited."""

from functools import lru_cache
from urllib.parse import urlencode

from django.urls import reverse

from cohorts.models import Cohort, Programme


def template_link(programme: Programme, kind: str, cohort: Cohort | None = None) -> str:
    """Where coordinators edit the words of a mail, such as training/reminder, for a programme or one of its cohorts."""
    return _template_link(programme.slug, kind, cohort.slug if cohort else "")


@lru_cache(maxsize=256)
def _template_link(programme: str, kind: str, cohort: str) -> str:
    address = reverse("cohorts:mail-text", args=[programme, *kind.split("/")])
    return f"{address}?{urlencode({'cohort': cohort})}" if cohort else address
