"""Every list with filters: a value that is not a choice shows nothing, says so, and leads back."""

import re

import pytest
from django.urls import reverse

from cohorts.models import Cohort
from mentorship.core.accounts.models import User
from mentorship.core.ui.requests import unknown_choices
from mentorship.devtools.demo import fill

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

# Selects of toolbars that choose no rows: the order, the order of the board, and whom a preview is for.
NOT_FILTERS = {"sort", "as", "q"}
SELECT = re.compile(r'<form class="m-toolbar".*?</form>', re.S)


def filters_on(html: str) -> set[str]:
    """The names of the filters in the toolbars and tabs of a page."""
    selects = {name for form in SELECT.findall(html) for name in re.findall(r'<select[^>]* name="([^"]+)"', form)}
    tabs = re.findall(r'<ul class="m-tabs".*?</ul>', html, re.S)
    links = {name for tab in tabs for name in re.findall(r'href="\?(?:[^"]*&amp;)?([a-z_]+)=', tab)}
    return (selects | links) - NOT_FILTERS


def test_a_filter_that_is_not_a_choice_shows_nothing_and_says_so(client, sites):
    client.force_login(User.objects.get(email=dict(fill.sign_ins())["programme owner"]))
    pages = {view: url.split("?")[0] for url, view in sites["programme owner"].pages.items()}
    tried = 0
    wrong = []
    for view, url in sorted(pages.items()):
        answer = client.get(url)
        if not answer["Content-Type"].startswith("text/html"):
            continue
        for name in filters_on(answer.content.decode()):
            tried += 1
            filtered = client.get(url, {name: "gone"})
            if filtered.status_code == 404:  # a page about another cohort
                continue
            rows = filtered.context.get("page_obj")
            if not unknown_choices(filtered.wsgi_request) or (rows is not None and len(rows.object_list)):
                wrong.append((view, name))
    assert wrong == []
    assert tried > 30
    people = reverse("cohorts:people-list", args=[Cohort.objects.first().slug])
    page = client.get(people, {"group": "gone", "sort": "name"}).content.decode()
    assert 'role="alert"' in page
    assert "cannot be filtered by group: “gone”" in page
    assert 'href="?sort=name">Remove this filter' in page
