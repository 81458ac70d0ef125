"""Splitting money: nothing is lost, nothing is made up."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentorship.core.errors import ServiceError
from partners.money.currency import MINOR_DIGITS, converted, exact, quantum, rounded
from partners.money.split import SplitShare, split

currencies = st.sampled_from(["EUR", "USD", "JPY", "ISK", "KWD", "TND"])


@st.composite
def amounts(draw, currency):
    return draw(st.integers(1, 10**9)) * quantum(currency)


@st.composite
def cases(draw):
    """An amount with shares that make up the whole: some fixed, percentages, the rest by head."""
    currency = draw(currencies)
    amount = draw(amounts(currency))
    left = int(amount / quantum(currency))
    shares = []
    for _ in range(draw(st.integers(0, 3))):
        part = draw(st.integers(0, left))
        left -= part
        shares.append(SplitShare("fixed", part * quantum(currency)))
    percent = Decimal(0)
    for _ in range(draw(st.integers(0, 3))):
        part = Decimal(draw(st.integers(0, int((100 - percent) * 1000)))) / 1000
        percent += part
        shares.append(SplitShare("percent", part))
    shares += [SplitShare("head", Decimal(n)) for n in draw(st.lists(st.integers(1, 40), min_size=1, max_size=4))]
    return currency, amount, draw(st.permutations(shares))


@given(cases())
def test_the_parts_make_the_whole_and_none_is_off_by_a_minor_unit(case):
    currency, amount, shares = case
    parts = split(amount, currency, shares)
    unit = quantum(currency)
    assert sum(parts) == amount
    assert all(part % unit == 0 and part >= 0 for part in parts)
    fixed = sum((s.value for s in shares if s.kind == "fixed"), Decimal(0))
    percent = sum((Fraction(s.value) for s in shares if s.kind == "percent"), Fraction(0))
    heads = sum(s.value for s in shares if s.kind == "head")
    left = Fraction(amount - fixed)
    for share, part in zip(shares, parts, strict=True):
        wanted = {
            "fixed": Fraction(share.value),
            "percent": left * Fraction(share.value) / 100,
            "head": left * (1 - percent / 100) * Fraction(share.value) / Fraction(heads),
        }[share.kind]
        assert abs(Fraction(part) - wanted) < Fraction(unit), (share, part)
    assert split(amount, currency, shares) == parts  # the same, every time


@given(currencies, st.data())
def test_equal_heads_differ_by_one_minor_unit_at_most(currency, data):
    amount = data.draw(amounts(currency))
    parts = split(amount, currency, [SplitShare("head", Decimal(1))] * data.draw(st.integers(1, 30)))
    assert max(parts) - min(parts) <= quantum(currency)
    assert parts == sorted(parts, reverse=True)  # of equals the first get the rest


@given(st.lists(st.integers(1, 50), min_size=2, max_size=6), st.data())
def test_percentages_that_make_a_hundred_need_nobody_else(weights, data):
    total = sum(weights)
    percents = [Decimal(w * 100_000 // total) / 1000 for w in weights]
    percents[0] += 100 - sum(percents)
    amount = data.draw(amounts("EUR"))
    assert sum(split(amount, "EUR", [SplitShare("percent", p) for p in percents])) == amount


def test_odd_cents_go_to_who_lost_most_and_then_to_the_first():
    half = [SplitShare("percent", Decimal(50))] * 2
    assert split(Decimal("100.01"), "EUR", half) == [Decimal("50.01"), Decimal("50.00")]
    thirds = [SplitShare("head", Decimal(1))] * 3
    assert split(Decimal("100"), "JPY", thirds) == [34, 33, 33]
    assert split(Decimal("0.002"), "KWD", half) == [Decimal("0.001"), Decimal("0.001")]


@pytest.mark.parametrize(
    ("shares", "words"),
    [
        ([], "Nobody pays"),
        ([SplitShare("percent", Decimal(50))], "must make 100"),
        ([SplitShare("percent", Decimal(101))], "more than the whole"),
        ([SplitShare("fixed", Decimal(11))], "more than"),
        ([SplitShare("fixed", Decimal(9))], "1.00 EUR of 10.00 EUR have no payer"),
        ([SplitShare("head", Decimal(0))], "Nobody was there"),
        ([SplitShare("fixed", Decimal("-1")), SplitShare("head", Decimal(1))], "less than zero"),
        ([SplitShare("fixed", Decimal("0.001")), SplitShare("head", Decimal(1))], "2 decimals"),
    ],
)
def test_shares_that_are_not_the_whole_are_refused_in_words(shares, words):
    with pytest.raises(ServiceError, match=words):
        split(Decimal(10), "EUR", shares)


def test_currencies():
    assert {MINOR_DIGITS[c] for c in ("JPY", "EUR", "KWD")} == {0, 2, 3}
    assert rounded(Decimal("2.345"), "EUR") == Decimal("2.35")
    assert converted(Decimal("100.00"), Decimal("162.345"), "JPY") == Decimal(16235)
    with pytest.raises(ServiceError):
        exact(Decimal("1.5"), "JPY")
    with pytest.raises(ServiceError):
        quantum("XYZ")
