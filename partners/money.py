"""Amounts of money, and how one is split so that its parts add up to the whole. Pure; no Django.

An amount is a Decimal beside an ISO 4217 code; it has as many decimals as the currency has minor digits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction

_NO_MINOR = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
_TWO = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP "
    "CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR "
    "JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN "
    "NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP "
    "SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD YER ZAR ZMW ZWG"
)
MINOR_DIGITS: dict[str, int] = {
    code: digits for codes, digits in ((_NO_MINOR, 0), (_TWO, 2), (_THREE, 3)) for code in codes.split()
}


class MoneyError(ValueError):
    """Amounts or shares that make no sense; the text says why, in a sentence."""


@dataclass(frozen=True)
class Share:
    """What one payer takes.

    `kind` is "fixed" (an amount), "percent" (of what the fixed amounts leave) or "head" (so many people share what
    then is left, each the same).
    """

    kind: str
    value: Decimal


def quantum(currency: str) -> Decimal:
    """The smallest amount of a currency: 0.01, 1 or 0.001. Raises MoneyError for an unknown code."""
    if currency not in MINOR_DIGITS:
        raise MoneyError(f"{currency} is no currency that we know.")
    return Decimal(1).scaleb(-MINOR_DIGITS[currency])


def rounded(amount: Decimal, currency: str) -> Decimal:
    """To the minor unit, halves up."""
    return amount.quantize(quantum(currency), ROUND_HALF_UP)


def exact(amount: Decimal, currency: str) -> Decimal:
    """The amount with the decimals of its currency. Raises MoneyError where it has more."""
    try:
        found = amount.quantize(quantum(currency))
    except InvalidOperation as error:
        raise MoneyError("This is too much to count.") from error
    if found != amount:
        digits = MINOR_DIGITS[currency]
        raise MoneyError(f"{currency} has {digits or 'no'} decimal{'' if digits == 1 else 's'}.")
    return found


def converted(amount: Decimal, rate: Decimal, currency: str) -> Decimal:
    """`amount` in `currency`, of which one unit of the other costs `rate`."""
    return rounded(amount * rate, currency)


def split(amount: Decimal, currency: str, shares: Sequence[Share]) -> list[Decimal]:
    """The parts in the order of the shares; they add up to `amount` to the last minor unit.

    What rounding leaves over goes, one minor unit each, to the parts that lost most by it, of equals to the first.
    Raises MoneyError where the shares don't make up the whole.
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


def _checked(whole: int, fixed: Sequence[int], shares: Sequence[Share], currency: str) -> int:
    """What the fixed parts take of the whole, after a look at all shares."""
    if whole < 0 or any(s.value < 0 for s in shares):
        raise MoneyError("Nothing here may be less than zero.")
    if not shares:
        raise MoneyError("Nobody pays. Say who does.")
    unit, taken = quantum(currency), sum(fixed)
    percent = sum((s.value for s in shares if s.kind == "percent"), Decimal(0))
    heads = sum((s.value for s in shares if s.kind == "head"), Decimal(0))
    if taken > whole:
        raise MoneyError(f"The fixed parts make {taken * unit} {currency}, more than {whole * unit} {currency}.")
    if percent > 100:
        raise MoneyError(f"The percentages make {percent:f} %, more than the whole.")
    if any(s.kind == "head" for s in shares):
        if not heads and percent < 100 and taken < whole:
            raise MoneyError("Nobody was there: a cost by head needs people.")
    elif percent != 100 and taken != whole:
        left = (whole - taken) * unit
        raise MoneyError(
            f"The percentages make {percent:f} % of {left} {currency}; they must make 100 %."
            if percent
            else f"{left} {currency} of {whole * unit} {currency} have no payer."
        )
    return taken


def _wanted(left: int, shares: Sequence[Share]) -> list[Fraction]:
    """What each share is before rounding, in minor units; fixed ones have theirs already."""
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
