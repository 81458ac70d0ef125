"""The tags and charts that every page is made of."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from lucide import IconDoesNotExist

from mentorship.core.ui.charts.svg import bar_chart_svg, number_text, score_bar_svg
from mentorship.core.ui.templatetags.ui import STATUS, icon_svg, page_numbers, pill


def render(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


def test_every_known_status_has_a_word_and_its_own_icon() -> None:
    for status, (tone, mark) in STATUS.items():
        html = pill(status)
        assert f"m-pill-{tone}" in html
        assert icon_svg(mark, 14) in html
        assert status.replace("_", " ").capitalize() in html


def test_unknown_status_is_a_quiet_pill_with_its_word() -> None:
    html = render("{% pill 'asked_twice' %}")
    assert "m-pill-quiet" in html
    assert "<svg" in html
    assert html.endswith("Asked twice</span>")


def test_pill_takes_label_and_tone_and_escapes_the_label() -> None:
    html = render("{% pill status label tone='danger' %}", status="sent", label="<b>gone</b>")
    assert "m-pill-danger" in html
    assert "&lt;b&gt;gone&lt;/b&gt;" in html


def test_pill_without_status_says_nothing_wrong() -> None:
    assert pill(None).endswith("–</span>")


def test_icon_is_hidden_from_assistive_technology_and_a_wrong_name_is_an_error() -> None:
    html = render("{% icon 'users' 20 %}")
    assert 'aria-hidden="true"' in html
    assert 'width="20"' in html
    with pytest.raises(IconDoesNotExist):
        render("{% icon 'no-such-icon' %}")


def test_empty_state_with_and_without_a_link() -> None:
    linked = render("{% empty_state title url='/m/' label='Open' %}Run it.{% endempty_state %}", title="No <matches>")
    assert 'href="/m/"' in linked
    assert "No &lt;matches&gt;" in linked
    assert "<p>Run it.</p>" in linked
    assert "<a " not in render("{% empty_state 'None' label='Open' %}Later.{% endempty_state %}")


def test_time_is_shown_in_the_readers_zone_with_its_name() -> None:
    moment = datetime(2027, 2, 16, 7, 42, tzinfo=UTC)
    with timezone.override("Africa/Nairobi"):
        html = render("{% localtime_tag moment %}", moment=moment)
    assert 'datetime="2027-02-16T07:42:00+00:00"' in html
    assert "Tue 16 Feb 2027, 10:42" in html
    assert "(Nairobi)" in html


def test_a_date_stays_a_date_and_nothing_is_a_dash() -> None:
    assert render("{% localtime_tag day %}", day=date(2027, 5, 9)) == '<time datetime="2027-05-09">9 May 2027</time>'
    assert render("{% localtime_tag day %}", day=None) == "–"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(1234567, "1,234,567"), (Decimal("1234.5"), "1,234.50"), (0, "0"), (-5, "−5"), (None, "–"), ("many", "many")],
)
def test_thousands(value: object, shown: str) -> None:
    assert render("{{ value|thousands }}", value=value) == shown


def test_chart_has_title_description_and_the_same_figures_as_a_table() -> None:
    html = render("{% bar_chart rows 'Mentees by topic' %}", rows=[("R & maps", 1400), ("<b>", 7)])
    assert "<title>Mentees by topic</title>" in html
    assert "<desc>R &amp; maps: 1,400; &lt;b&gt;: 7</desc>" in html
    assert '<th scope="row">R &amp; maps</th><td class="text-end">1,400</td>' in html
    assert "<b>" not in html


def test_longest_bar_is_full_width_and_the_others_in_proportion() -> None:
    assert re.findall(r'm-chart-bar" x="0" y="\d+" width="([\d.]+)%', bar_chart_svg([("a", 8), ("b", 2)], "c")) == [
        "100.00",
        "25.00",
    ]


@pytest.mark.parametrize("rows", [[], [("a", 0)], [("a", -3)]])
def test_chart_without_positive_figures_still_draws(rows: list[tuple[str, int]]) -> None:
    svg = bar_chart_svg(rows, "c")
    assert svg.count("m-chart-bar") == len(rows)
    assert "nan" not in svg


def test_score_bar_parts_are_as_wide_as_their_share_of_one() -> None:
    svg = score_bar_svg([("Interests", 0.4), ("Hours", 0.25)])
    assert re.findall(r'm-factor-(\d)" x="([\d.]+)%" y="0" width="([\d.]+)%', svg) == [
        ("1", "0.00", "40.00"),
        ("2", "40.00", "25.00"),
    ]
    assert "Interests 0.40, Hours 0.25" in svg


def test_score_bar_never_leaves_its_box() -> None:
    svg = score_bar_svg([("a", 3), ("b", 1), ("c", -1)])
    assert re.findall(r'width="([\d.]+)%" height="8"></rect>', svg) == ["75.00", "25.00", "0.00"]


def test_number_text_keeps_asked_places() -> None:
    assert number_text(0.5, 2) == "0.50"


def test_column_that_sorts_turns_the_order_and_forgets_the_page() -> None:
    request = RequestFactory().get("/people/", {"sort": "name", "page": "3", "q": "an"})
    html = render("{% column 'Name' sort='name' %}{% column 'Score' 'num' sort='score' %}", request=request)
    assert 'aria-sort="ascending"' in html
    assert "sort=-name" in html
    assert "page=" not in html
    assert "q=an" in html
    assert html.count("aria-sort") == 1
    assert 'class="m-num"' in html


@pytest.mark.parametrize(
    ("number", "expected"),
    [(1, [1, 2, None, 10]), (5, [1, None, 4, 5, 6, None, 10]), (10, [1, None, 9, 10])],
)
def test_page_numbers_leave_gaps(number: int, expected: list[int | None]) -> None:
    assert page_numbers(Paginator(range(100), 10).page(number)) == expected


def test_pagination_keeps_the_filters_of_the_address() -> None:
    request = RequestFactory().get("/people/", {"q": "an", "page": "2"})
    html = render_to_string(
        "components/_pagination.html", {"page_obj": Paginator(range(2000), 25).page(2), "request": request}, request
    )
    assert "26–50 of 2,000" in html
    assert "q=an&amp;page=3" in html


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html"])
def test_error_pages_need_no_context(name: str) -> None:
    html = render_to_string(name)
    assert html.count("<h1>") == 1
    assert "<title>" in html
    assert "style=" not in html


@pytest.mark.django_db
@pytest.mark.ignore_template_errors  # allauth's own templates ask for what may not be there
@pytest.mark.parametrize("name", ["account_login", "account_request_login_code", "account_reset_password"])
def test_account_pages_wear_the_layout_and_nothing_inline(client: Client, name: str) -> None:
    html = client.get(reverse(name)).content.decode()
    assert 'class="m-brand"' in html
    assert html.count("<h1>") == 1
    assert "style=" not in html
    assert not re.search(r"<script(?![^>]*(?:src=|application/json))", html)
