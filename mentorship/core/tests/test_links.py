from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import signing

from mentorship.core.links import LinkError, LinkFormat, SignedLink

DATED = SignedLink("home", "tests.dated", max_age=timedelta(days=3))
PAIR = SignedLink("home", "tests.pair", (int, str))
PLAIN = SignedLink("home", "tests.plain", (int, int), optional=1, format=LinkFormat.PLAIN)


@pytest.mark.parametrize(
    ("link", "values"),
    [(DATED, (7,)), (PAIR, (7, "a@example.org")), (PLAIN, (7,)), (PLAIN, (7, 12))],
)
def test_what_was_signed_is_read(link, values):
    assert link.read(link.sign(*values)) == values


def test_links_that_were_mailed_before_stay_valid():
    assert DATED.read_one(signing.dumps(7, salt="tests.dated")) == 7
    assert DATED.read_one(signing.dumps(7, salt="tests.dated", compress=True)) == 7
    assert PLAIN.read(signing.Signer(sep=".", salt="tests.plain").sign("7-12")) == (7, 12)


def wrong_tokens() -> list[str]:
    pair, plain = signing.TimestampSigner(salt="tests.pair"), signing.Signer(sep=".", salt="tests.plain")
    return [
        *("", "x", "7", "7.x", "7:x:y", "\0"),
        signing.dumps(7, salt="tests.other"),
        signing.dumps("7", salt="tests.dated"),
        signing.dumps(True, salt="tests.dated"),
        signing.dumps([7], salt="tests.dated"),
        pair.sign_object([7]),
        pair.sign_object(7),
        signing.Signer(salt="tests.pair").sign_object([7, "x"]),  # of earlier versions, which never ended
        plain.sign("7-8-9"),
        plain.sign("x"),
    ]


@pytest.mark.parametrize("link", [DATED, PAIR, PLAIN])
def test_a_token_that_is_not_ours_or_holds_something_else_is_refused(link):
    for token in wrong_tokens():
        with pytest.raises(LinkError):
            link.read(token)


def test_a_link_expires():
    with time_machine.travel(datetime(2027, 1, 1, tzinfo=UTC), tick=False):
        token = DATED.sign(7)
    with time_machine.travel(datetime(2027, 1, 3, tzinfo=UTC), tick=False):
        assert DATED.read_one(token) == 7
    with time_machine.travel(datetime(2027, 1, 5, tzinfo=UTC), tick=False), pytest.raises(LinkError):
        DATED.read(token)


def test_only_values_of_its_kinds_are_signed():
    with pytest.raises(TypeError):
        DATED.sign("7")
    with pytest.raises(TypeError):
        PAIR.sign(7)


def test_plain_links_are_the_same_at_any_moment():
    with time_machine.travel(datetime(2027, 1, 1, tzinfo=UTC), tick=False):
        first = PLAIN.sign(7)
    assert first == PLAIN.sign(7)


def test_a_link_that_does_not_say_when_it_was_signed_has_nobody_who_can_stop_it():
    with pytest.raises(ValueError, match="can't be stopped"):
        SignedLink("home", "tests.endless", format=LinkFormat.PLAIN, whose=lambda pk: None)
