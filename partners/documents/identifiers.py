"""Numbers of organisations: which one is a VAT number. By format only; VIES knows whether one was issued. Pure."""

import re

# The formats that VIES and the tax offices publish, without the country's letters.
_VAT = {
    "AT": r"U\d{8}",
    "BE": r"[01]\d{9}",
    "BG": r"\d{9,10}",
    "CY": r"\d{8}[A-Z]",
    "CZ": r"\d{8,10}",
    "DE": r"\d{9}",
    "DK": r"\d{8}",
    "EE": r"\d{9}",
    "EL": r"\d{9}",
    "ES": r"[A-Z0-9]\d{7}[A-Z0-9]",
    "FI": r"\d{8}",
    "FR": r"[A-HJ-NP-Z0-9]{2}\d{9}",
    "HR": r"\d{11}",
    "HU": r"\d{8}",
    "IE": r"\d[A-Z0-9+*]\d{5}[A-Z]{1,2}",
    "IT": r"\d{11}",
    "LT": r"\d{9}|\d{12}",
    "LU": r"\d{8}",
    "LV": r"\d{11}",
    "MT": r"\d{8}",
    "NL": r"\d{9}B\d{2}",
    "PL": r"\d{10}",
    "PT": r"\d{9}",
    "RO": r"\d{2,10}",
    "SE": r"\d{12}",
    "SI": r"\d{8}",
    "SK": r"\d{10}",
    "XI": r"\d{9}|\d{12}|GD\d{3}|HA\d{3}",
    "GB": r"\d{9}|\d{12}|GD\d{3}|HA\d{3}",
    "CH": r"E\d{9}(?:MWST|TVA|IVA)?",
    "LI": r"\d{5}",
    "NO": r"\d{9}(?:MVA)?",
    "IS": r"\d{5,6}",
    "RS": r"\d{9}",
    "TR": r"\d{10}",
    "UA": r"\d{12}",
    "MK": r"\d{13}",
}
# Countries whose numbers begin with other letters than their code.
_LETTERS = {"GR": ("EL",), "GB": ("GB", "XI"), "IM": ("GB",), "MC": ("FR",)}


def vat_number(text: str, country: str = "") -> str:
    """The VAT number in plain letters; "" for any other number.

    Beside the format, its letters have to be those of a country with such numbers: SC012345 is a company number of
    Scotland, not a VAT number of the Seychelles. Numbers of another country than `country` count within the EU only.
    """
    plain = re.sub(r"[\s.\-/]", "", text).upper()
    letters, rest = plain[:2], plain[2:]
    if not re.fullmatch(_VAT.get(letters, "(?!)"), rest):
        return ""
    own = _LETTERS.get(country.upper(), (country.upper(),))
    return plain if not country or letters in own or (letters in _EU and set(own) & _EU) else ""


_EU = set(_VAT) - {"XI", "GB", "CH", "LI", "NO", "IS", "RS", "TR", "UA", "MK"}


def is_iban(text: str) -> bool:
    """Whether a text is an IBAN with the right check digits (ISO 13616)."""
    plain = re.sub(r"\s", "", text).upper()
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", plain):
        return False
    return int("".join(str(int(char, 36)) for char in plain[4:] + plain[:4])) % 97 == 1


def e_address(text: str) -> tuple[str, str]:
    """Scheme and number of an address for e-invoices, such as 0204:991-01234-44; ("", "") if it is none."""
    found = re.fullmatch(r"(\d{4}|[A-Z]{2}):(\S+)", text.strip())
    return (found[1], found[2]) if found else ("", "")
