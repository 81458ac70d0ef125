"""Links by which one person acts are kept apart from the words, and signed as the mail leaves."""

import pytest

from mentorship.core.links import TOKEN, LinkFormat, SignedLink, without_tokens
from mentorship.core.own_links import put_in, put_in_to, take_out, take_out_of, unknown_links

SITE = "http://127.0.0.1:8000"
DATED = SignedLink("checkins:checkin-answer", "tests.own.dated")
PLAIN = SignedLink("checkins:checkin-answer", "tests.own.plain", (int, int), optional=1, format=LinkFormat.PLAIN)
WORDS = SignedLink("checkins:checkin-answer", "tests.own.words", (int, str))
FOR_ALL = SignedLink("checkins:checkin-answer", "tests.own.for-all", (str,), compress=True, personal=False)


@pytest.mark.parametrize(
    ("kind", "values"), [(DATED, (7,)), (PLAIN, (7, 12)), (PLAIN, (7,)), (WORDS, (7, "a@example.org"))]
)
@pytest.mark.parametrize("around", ["{}", "Here:\n\n{}\n\nBye", "({})", "Look at {}.", "<{}>", "{}concern/?a=b&c=d#e"])
def test_a_link_goes_out_of_a_text_and_comes_back_as_it_was(kind, values, around):
    link = kind.url(*values)
    text, links = around.format(link), {}
    shown = take_out(text, links)
    assert "(their own link)" in shown
    assert not TOKEN.search(shown + str(links))
    back = put_in(shown, links)
    assert without_tokens(back) == without_tokens(text)
    assert kind.read(TOKEN.search(back)[0]) == kind.read(TOKEN.search(link)[0])


def test_each_link_has_a_name_of_its_own_and_the_same_one_has_the_same():
    links = {}
    answers = [f"{DATED.url(7)}?met={value}" for value in ("often", "never", "often")]
    shown = take_out("\n".join([*answers, DATED.url(8)]), links)
    assert shown == "(their own link)\n(their own link 2)\n(their own link)\n(their own link 3)"
    assert unknown_links(f"{shown} (their own link 4)", links) == ["(their own link 4)"]
    assert put_in("(their own link 4)", links) == "(their own link 4)"


def test_what_is_for_everybody_stays_and_what_we_cannot_read_does_not():
    text = f"{FOR_ALL.url('who speak Spanish')} https://example.org/page {SITE}/projects/"
    assert take_out(text, links := {}) == text
    assert links == {}
    foreign = f"{SITE}/c/{DATED.sign(7)[:-1]}x/"
    assert take_out(f"Hello {foreign}.", links) == "Hello (their own link)."
    assert put_in("(their own link)", links) == foreign


def test_links_in_what_a_mail_was_rendered_from():
    context = {"link": DATED.url(7), "parts": [{"of": ["Ana", f"{DATED.url(7)}?a=b"]}, 3, None]}
    kept = take_out_of(context, links := {})
    assert kept == {"link": "(their own link)", "parts": [{"of": ["Ana", "(their own link 2)"]}, 3, None]}
    assert DATED.read(TOKEN.search(put_in_to(kept, links)["link"])[0]) == (7,)


def test_html_has_the_escaped_address_and_no_link_that_leads_nowhere():
    links = {}
    take_out(f"{DATED.url(7)}?a=b&c=d", links)
    anchor = '<a href="{0}" rel="nofollow">{0}</a>'
    html = put_in(anchor.format("(their own link)"), links, html=True)
    assert "?a=b&amp;c=d" in html
    assert html.count(f'"{SITE}/c/') == 1
    assert put_in(anchor.format("(their own link 2)"), links, html=True) == "(their own link 2)"
