"""The guide in the product: its pages, their links and pictures, and the way to them from each page."""

import re

import pytest
from django.contrib.staticfiles import finders
from django.urls import get_resolver, reverse

from mentorship.devtools.testing.pages import words_in
from mentorship.devtools.testing.walks.crawl import every_view
from mentorship.portal.guide.pages import FIRST, HELP, address_of, all_pages, help_for, page_names, read_page
from mentorship.portal.navigation import OF_ALL, OF_COHORT

pytestmark = pytest.mark.django_db


def anchors() -> set[str]:
    pages = [read_page(FIRST), *all_pages()]
    return {address_of(page.name, anchor) for page in pages for anchor in ("", *dict(page.headings))}


def test_links_of_the_guide_lead_to_pages_and_headings_and_its_pictures_are_served():
    for page in [read_page(FIRST), *all_pages()]:
        links = re.findall(r'<a href="(/[^"]*)"', page.html)
        assert [link for link in links if link not in anchors()] == [], page.name
        for picture in re.findall(r'<img src="/static/([^"]*)"', page.html):
            assert finders.find(picture), picture
        assert len(re.findall(r'<img [^>]*alt="[^"]+"[^>]* width="\d+" height="\d+"', page.html)) == page.html.count(
            "<img"
        )
    assert "&lt;" not in read_page(FIRST).html


def test_help_names_views_and_headings_that_exist_and_each_entry_of_the_navigation_has_some():
    get_resolver().url_patterns  # noqa: B018  loads every view
    views = every_view()
    assert [begin for begin in HELP if not any(view.startswith(begin) for view in views)] == []
    assert {help_for(view) for view in views} <= anchors()
    entries = [(label, view) for label, view, *_ in [*OF_COHORT, *OF_ALL]]
    assert [label for label, view in entries if help_for(view) == reverse("help")] == []


def test_a_page_of_the_team_leads_to_its_help_and_the_search_finds_it(client, cast):
    client.force_login(cast.viewer)
    page = client.get(reverse("cohorts:people-list", args=[cast.cohort.slug]))
    assert 'href="/help/people/"' in page.content.decode()
    for name in ("", *(f"{name}/" for name in page_names())):
        assert client.get(f"/help/{name}").status_code == 200
    assert client.get("/help/no-such-page/").status_code == 404
    assert "Import a sheet" in words_in(client.get(reverse("search"), {"q": "import sheet"}))
    client.force_login(cast.mentor)
    assert client.get("/help/").status_code == 404
