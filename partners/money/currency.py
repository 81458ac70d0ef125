"""Currencies and their minor units: rounding, exact amounts, conversion. Pure; no Django."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from mentorship.core.errors import ServiceError

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


def quantum(currency: str) -> Decimal:
    """The smallest amount of a currency: 0.01, 1 or 0.001. Raises ServiceError for an unknown code."""
    if currency not in MINOR_DIGITS:
        raise ServiceError(f"{currency} is no currency that we know.")
    return Decimal(1).scaleb(-MINOR_DIGITS[currency])


def rounded(amount: Decimal, currency: str) -> Decimal:
    """The amount rounded to the minor unit, halves up."""
    return amount.quantize(quantum(currency), ROUND_HALF_UP)


def exact(amount: Decimal, currency: str) -> Decimal:
    """The amount with the decimals of its currency. Raises ServiceError if it has more."""
    try:
        found = amount.quantize(quantum(currency))
    except InvalidOperation as error:
        raise ServiceError("This is too much to count.") from error
    if found != amount:
        digits = MINOR_DIGITS[currency]
        raise ServiceError(f"{currency} has {digits or 'no'} decimal{'' if digits == 1 else 's'}.")
    return found


def converted(amount: Decimal, rate: Decimal, currency: str) -> Decimal:
    """`amount` in `currency`, of which one unit of the other costs `rate`."""
    return rounded(amount * rate, currency)


def short_price(price: Decimal) -> Decimal:
    """A price with two decimals, or as many more as it needs."""
    short = price.normalize()
    return short if short.as_tuple().exponent < -2 else price.quantize(Decimal("0.01"))  # type: ignore[operator]
