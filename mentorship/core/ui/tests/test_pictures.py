"""Pictures of a round: where things are drawn, and what they say to those who do not see them."""

import re
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.template import Context, Template

from mentorship.core.ui.charts.dates import dates_svg
from mentorship.core.ui.charts.funnel import Step, funnel
from mentorship.core.ui.charts.lines import Line, line_chart_svg, round_ticks
from mentorship.core.ui.charts.svg import share_chart_svg


def test_lines_share_one_axis_from_zero_and_their_ends_stand_apart():
    svg = line_chart_svg(
        [Line("this round", [(0, 10), (10, 110)]), Line("last round", [(0, 5), (20, 108)])], "Sign-ups"
    )
    assert 'd="M0.00 93.33 L50.00 26.67"' in svg  # of 0 to 150, and half of the 20 days
    assert "<desc>this round: 110; last round: 108</desc>" in svg
    ends = [float(y) for y in re.findall(r'class="m-chart-number" x="78%" y="([\d.]+)"', svg)]
    assert ends[1] - ends[0] >= 34
    assert svg.count("m-chart-area") == 1


@pytest.mark.parametrize(
    ("top", "ticks"),
    [(0, [0, 1]), (3, [0, 1, 2, 3]), (9, [0, 5, 10]), (110, [0, 50, 100, 150]), (2000, [0, 500, 1000, 1500, 2000])],
)
def test_ticks_are_round_and_few(top, ticks):
    assert round_ticks(top) == ticks


def test_a_chart_without_lines_is_empty_and_says_so():
    assert "No figures." in line_chart_svg([], "Sign-ups")


def test_named_points_have_their_number_and_a_phone_shows_the_first_and_the_last_mark():
    points = Line("", [(0, 20), (1, 50), (2, 75), (3, 100)])
    svg = line_chart_svg([points], "Answers", [(0, "a"), (1, "b"), (2, "c"), (3, "d")], sign="%", names_points=True)
    assert re.findall(r'x="([\d.]+%)" y="[\d.]+" text-anchor="middle">(\d+%)', svg) == [
        ("8.00%", "20%"),
        ("36.00%", "50%"),
        ("64.00%", "75%"),
        ("92.00%", "100%"),
    ]
    assert svg.count("m-chart-between") == 2
    assert "<desc>a: 20; b: 50; c: 75; d: 100</desc>" in svg


def test_a_step_is_as_tall_as_its_share_and_one_ahead_is_an_outline():
    steps = [Step("Signed up", 10, "/people/"), Step("Matched", 5, note="5 <without>"), Step("Met", 0)]
    drawn = funnel(steps)
    assert '<a class="m-funnel-head" href="/people/"><strong>10</strong> <span>Signed up</span></a>' in drawn
    assert '<p class="m-funnel-head"><strong>5</strong>' in drawn
    assert "5 &lt;without&gt;" in drawn
    assert 'height="50.00%"' in drawn
    assert 'width="50.00%"' in drawn
    assert drawn.count("m-funnel-band") == 1  # nobody is at the last one yet: that is no loss
    assert drawn.count("m-funnel-ahead") == 1


def test_shares_are_of_a_hundred_per_cent():
    assert 'width="25.00%"' in share_chart_svg([("Three months", 5, 20)], "Answers")
    assert ">5 of 20</text>" in share_chart_svg([("Three months", 5, 20)], "Answers")


def test_dates_have_a_table_and_names_beside_them_on_the_side_with_room():
    rows = [("Sign-up <opens>", date(2027, 1, 4)), ("End", date(2027, 6, 28))]
    svg = dates_svg(rows, date(2027, 3, 1), "Dates")
    assert 'text-anchor="start">Sign-up &lt;opens&gt; · 4 Jan' in svg
    assert 'text-anchor="end">End · 28 Jun' in svg
    moments = [SimpleNamespace(name=f"Call {n}", on=date(2027, 1, 1) + timedelta(days=n)) for n in range(40)]
    page = Template("{% load pictures %}{% dates_chart moments today %}").render(
        Context({"moments": moments, "today": date(2027, 1, 21)})
    )
    assert '<th scope="row">Call 39</th><td class="text-end">Tue 9 Feb 2027</td>' in page
    assert (page.count("m-date-past"), page.count("m-date-ahead")) == (4, 12)


def test_a_line_chart_has_its_table():
    chart = SimpleNamespace(caption="Sign-ups", lines=[], marks=[], head=["Week", "Seeds"], rows=[("week 1", 4)])
    page = Template("{% load pictures %}{% series_chart chart %}").render(Context({"chart": chart}))
    assert '<th scope="col" class="text-end">Seeds</th>' in page
    assert '<th scope="row">week 1</th><td class="text-end">4</td>' in page
