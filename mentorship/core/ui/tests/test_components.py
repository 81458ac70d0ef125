"""The parts that pages share: notes, panels, confirm steps, one-button forms, filters, tabs, facts."""

import re
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.conf import settings
from django.template import Context, Template
from django.test import RequestFactory


def render(source: str, path: str = "/people/?q=an&page=3", **context: object) -> str:
    context.setdefault("request", RequestFactory().get(path))
    return Template("{% load ui %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("tone", "css"),
    [("info", 'class="m-note"'), ("attention", "m-note m-note-attention"), ("danger", "m-note m-note-danger")],
)
def test_note_shows_its_tone(tone: str, css: str) -> None:
    html = render("{% note tone %}<b>{{ words }}</b>{% endnote %}", tone=tone, words="<x>")
    assert css in html
    assert "<span><b>&lt;x&gt;</b></span>" in html
    assert "role=" not in html


def test_note_can_be_an_alert_with_its_own_icon() -> None:
    html = render("{% note 'danger' icon='lock' role='alert' %}No{% endnote %}")
    assert 'role="alert"' in html


def test_post_button_sends_hidden_fields_with_the_token_and_names_what_it_is_about() -> None:
    html = render(
        "{% post_button 'Remove' '/drop/' name='do' value='drop' user=3 about=who look='small danger' %}",
        who="<Ana>",
        csrf_token="t" * 32,
    )
    assert '<form method="post" action="/drop/">' in html
    assert 'name="csrfmiddlewaretoken"' in html
    assert '<input type="hidden" name="user" value="3">' in html
    assert 'class="btn btn-outline-danger btn-sm" name="do" value="drop"' in html
    assert 'aria-label="Remove &lt;Ana&gt;"' in html


def test_post_button_keeps_a_value_of_zero_and_sends_to_its_own_page_by_default() -> None:
    assert (
        '<form method="post"><button class="btn btn-primary" name="to" value="0" type="submit">Go</button>'
        in render("{% post_button 'Go' name='to' value=0 look='primary' %}")
    )


def test_crumbs_link_rows_and_pages() -> None:
    cohort = SimpleNamespace(name="Spring <1>", get_absolute_url=lambda: "/c/spring/")
    html = render("{% crumb cohort %}{% crumb 'Sign in' 'account_login' %}{% crumb 'Run' %}", cohort=cohort)
    assert html == '<a href="/c/spring/">Spring &lt;1&gt;</a><a href="/accounts/login/">Sign in</a><span>Run</span>'


def test_filter_select_marks_what_is_chosen_and_counts() -> None:
    html = render(
        "{% filter_select 'status' statuses 'sent' 'Status' 'Every status' %}",
        statuses=[("sent", "sent", 1200), ("held", "held", 2)],
    )
    assert '<option value="">Every status</option>' in html
    assert '<option value="sent" selected>Sent (1,200)</option>' in html
    assert '<option value="held">Held (2)</option>' in html


def test_filter_select_of_rows_takes_their_key() -> None:
    rows = [SimpleNamespace(slug="spring", name="Spring"), SimpleNamespace(slug="autumn", name="Autumn")]
    html = render("{% filter_select 'cohort' rows rows.1 'Cohort' key='slug' text='name' %}", rows=rows)
    assert '<option value="spring">Spring</option><option value="autumn" selected>Autumn</option>' in html


def test_filter_tabs_keep_the_other_filters_and_forget_the_page() -> None:
    html = render("{% filter_tabs 'status' tabs 'held' 'All' total=7 %}", tabs=[("held", "held", 2)])
    assert '<a href="?q=an">All (7)</a>' in html
    assert '<a href="?q=an&amp;status=held" aria-current="page">Held (2)</a>' in html


def test_the_tab_of_this_page_is_marked() -> None:
    source = "{% tab 'Sign in' 'account_login' %}{% tab 'Other' 'account_logout' %}"
    html = render(source, path="/accounts/login/")
    assert '<a href="/accounts/login/" aria-current="page">Sign in</a>' in html
    assert html.count("aria-current") == 1


def test_toolbar_searches_counts_and_hides_its_button_only_beside_filters() -> None:
    html = render("{% toolbar 'Search people' 'Name' count=1 noun='person,people' %}<i></i>{% endtoolbar %}")
    assert 'name="q" value="an"' in html
    assert "data-autosubmit-hide" in html
    assert '<p class="m-count">1 person</p>' in html
    assert "data-autosubmit-hide" not in render("{% toolbar 'Search people' %}{% endtoolbar %}")


def test_ticks_of_a_table() -> None:
    html = render("{% select_all 'ids' %}{% select_row 'ids' 7 who checked=True %}", who='Ana "A" Silva')
    assert 'data-select-all="ids"' in html
    assert 'name="ids" value="7" aria-label="Select Ana &quot;A&quot; Silva" checked' in html


def test_fact_without_a_value_is_left_out_and_a_date_is_a_date() -> None:
    assert render("{% fact 'Next call' none %}", none=None) == ""
    assert "<dd>none yet</dd>" in render("{% fact 'Next call' none empty='none yet' %}", none="")
    assert "<dd>0</dd>" in render("{% fact 'Calls' 0 %}")
    assert "9 May 2027" in render("{% fact 'Next call' day %}", day=date(2027, 5, 9))


def test_stat_links_where_there_is_a_list() -> None:
    assert '<a class="m-stat" href="/l/">' in render("{% stat 'Accepted' 1234 '/l/' note='of 2,000' %}")
    assert "1,234" in render("{% stat 'Accepted' 1234 %}")


@pytest.mark.parametrize(
    ("value", "noun", "shown"),
    [
        (1, "mentee", "1 mentee"),
        (1200, "mentee", "1,200 mentees"),
        ([1, 2], "person,people", "2 people"),
        (0, "email", "0 emails"),
    ],
)
def test_counted(value: object, noun: str, shown: str) -> None:
    assert render("{{ value|counted:noun }}", value=value, noun=noun) == shown


def test_names_of_people_are_escaped_and_end_with_and() -> None:
    people = [SimpleNamespace(user=name) for name in ("A&", "B", "C")]
    assert render("{{ people|names:'user' }}", people=people) == "A&amp;, B, C"
    assert render("{{ people|names_and:'user' }}", people=people) == "A&amp;, B and C"
    assert render("{{ people|names_and }}", people=["A"]) == "A"
    assert render("{{ people|names_and }}", people=[]) == ""


class LineForm(forms.Form):
    text = forms.CharField()


def test_page_form_has_one_primary_button() -> None:
    html = render(
        "{% page_form form 'Save' note='Nobody gets an email' cancel='/back/' upload=True %}", form=LineForm()
    )
    assert html.count("btn-primary") == 1
    assert 'enctype="multipart/form-data"' in html
    assert 'href="/back/"' in html


def test_rows_that_grow_have_a_template_for_a_new_one() -> None:
    lines = forms.formset_factory(LineForm, extra=1, can_delete=False)(prefix="lines")
    html = render("{% repeat_rows lines 'Add a line' most=9 %}", lines=lines)
    assert 'data-repeat="lines" data-repeat-max="9"' in html
    assert 'name="lines-0-text"' in html
    assert 'name="lines-__prefix__-text"' in html
    assert html.count("data-repeat-remove hidden") == 1


def test_whoever_has_no_name_is_counted_not_left_as_a_gap() -> None:
    assert render("{{ people|names:'name' }}", people=[SimpleNamespace(name=n) for n in ("", "Ana", "")]) == (
        "Ana, 2 without a name"
    )
    assert render("{{ people|names }}", people=["", "", "", ""]) == "4 without a name"
    assert render("{{ people|names_and }}", people=[""]) == "name not given"


def test_no_template_puts_a_list_or_a_paragraph_into_a_note():
    # A note is a paragraph: browsers end it there, so that the rest would be below an empty box.
    notes = re.compile(r"{% note\b.*?{% endnote %}", re.DOTALL)
    for path in (Path(settings.BASE_DIR) / "templates").rglob("*.html"):
        for note in notes.findall(path.read_text()):
            assert not re.search(r"<(ul|ol|p|div|form|h\d)\b", note), f"{path}: {note}"


def test_a_score_in_a_row_has_its_number_and_is_marked_when_low() -> None:
    assert render("{% score_meter 0.497 %}").count("m-bar-low") == 1
    good = render("{% score_meter 0.5 %}")
    assert "<strong>0.50</strong>" in good
    assert "m-bar-low" not in good
    assert render("{% score_meter none %}", none=None) == ""


@pytest.mark.parametrize(
    ("used", "places", "taken", "free", "words"),
    [
        (1, 2, 1, 1, "1 of 2 places taken"),
        (0, 1, 0, 1, "0 of 1 place taken"),
        (4, 4, 4, 0, "4 of 4 places taken"),
    ],
)
def test_places_are_dots_with_words_for_who_does_not_see_them(used, places, taken, free, words) -> None:
    html = render("{% place_dots used places %}", used=used, places=places)
    assert (html.count("<i></i>"), html.count('<i class="m-free"></i>')) == (taken, free)
    assert f'<span class="visually-hidden">{words}</span>' in html


def test_many_places_and_too_many_taken_are_digits() -> None:
    assert "6 of 8<span" in render("{% place_dots 6 8 %}")
    over = render("{% place_dots 3 2 %}")
    assert "m-places-over" in over
    assert "3 of 2<span" in over
