"""Split an amount so that the parts add up to the whole. Pure; no Django."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from mentorship.core.errors import ServiceError
from partners.money.currency import exact, quantum


@dataclass(frozen=True)
class SplitShare:
    """One payer's share.

    `kind` is "fixed" (an amount), "percent" (of the rest after fixed amounts) or "head" (a number of people who share
    the remaining rest equally).
    """

    kind: str
    value: Decimal


def split(amount: Decimal, currency: str, shares: Sequence[SplitShare]) -> list[Decimal]:
    """The parts in the order of the shares; they add up to `amount` to the last minor unit.

    Units left over by rounding go, one each, to the parts that lost most by it, the first one among equals. Raises
    ServiceError if the shares don't make up the whole.
    """
    unit = quantum(currency)
    whole = int(exact(amount, currency) / unit)
    fixed = [int(exact(s.value, currency) / unit) if s.kind == "fixed" else 0 for s in shares]
    wanted = _wanted(whole - _checked(whole, fixed, shares, currency), shares)
    units = [fixed[n] + int(wanted[n]) for n in range(len(shares))]
    over = whole - sum(units)
    by_loss = sorted(range(len(shares)), key=lambda n: (-(wanted[n] - int(wanted[n])), n))
    for n in by_loss[:over]:
        units[n] += 1
    return [number * unit for number in units]


def _checked(whole: int, fixed: Sequence[int], shares: Sequence[SplitShare], currency: str) -> int:
    """The total of the fixed parts, after checking all shares."""
    if whole < 0 or any(s.value < 0 for s in shares):
        raise ServiceError("Nothing here may be less than zero.")
    if not shares:
        raise ServiceError("Nobody pays. Say who does.")
    unit, taken = quantum(currency), sum(fixed)
    percent = sum((s.value for s in shares if s.kind == "percent"), Decimal(0))
    heads = sum((s.value for s in shares if s.kind == "head"), Decimal(0))
    if taken > whole:
        raise ServiceError(f"The fixed parts make {taken * unit} {currency}, more than {whole * unit} {currency}.")
    if percent > 100:
        raise ServiceError(f"The percentages make {percent:f} %, more than the whole.")
    if any(s.kind == "head" for s in shares):
        if not heads and percent < 100 and taken < whole:
            raise ServiceError("Nobody was there: a cost by head needs people.")
    elif percent != 100 and taken != whole:
        left = (whole - taken) * unit
        raise ServiceError(
            f"The percentages make {percent:f}% of {left} {currency}; they must make 100%."
            if percent
            else f"{left} {currency} of {whole * unit} {currency} have no payer."
        )
    return taken


def _wanted(left: int, shares: Sequence[SplitShare]) -> list[Fraction]:
    """Each share before rounding, in minor units; fixed ones are exact already."""
    heads = sum((Fraction(s.value) for s in shares if s.kind == "head"), Fraction(0))
    percent = sum((Fraction(s.value) for s in shares if s.kind == "percent"), Fraction(0))
    by_head = left * (100 - percent) / 100
    wanted = []
    for share in shares:
        value = Fraction(share.value)
        if share.kind == "percent":
            wanted.append(left * value / 100)
        elif share.kind == "head" and heads:
            wanted.append(by_head * value / heads)
        else:
            wanted.append(Fraction(0))
    return wanted
