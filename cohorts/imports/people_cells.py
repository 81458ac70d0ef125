"""Read the people of a row from its address and name cells: "Ada Vogt <ada@x.org>; bo@x.org". Pure: no database."""

import re
from dataclasses import dataclass, field

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from mentorship.core.text import clean_name, tidy_address, without_accents

# The lengths of the database columns, as in cohorts and accounts.
LONGEST_ADDRESS, LONGEST_NAME = 254, 200
# A name, quoted or not, before an address in angle brackets; or an address that stands alone.
LONGEST = 2_000  # a team of a dozen, with names; the time that a pattern takes grows with the square of the length
_MAILBOX = re.compile(
    r"""(?P<name>"[^"]*"\s*|'[^'@]*'\s*|[^<>@;/|\n"]*)<\s*(?P<framed>[^<>]*)>"""
    r"""|(?P<bare>[^\s<>;,/|"()\[\]]*@[^\s<>;,/|"()\[\]]*)"""
)
_WORDS_BETWEEN = re.compile(r"[\s;,/|&+()\[\]]+|\b(?:and|und|et|y|e|or|oder)\b|mailto:", re.IGNORECASE)
_SURE_SEPARATORS = re.compile(r"[;\n\r|]")
_SEPARATORS = re.compile(r"[;\n\r|/,&]|\s(?:and|und|et|y)\s", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"\s*\(([^()@<>]+)\)")
# A slash may be part of an address, so the text before it must not be dropped.
_GLUED = re.compile(r"[^\s;,|/@<>]+/$")
# Words before an address that are not a name: "Work Email ada@x.org".
_NO_NAME = re.compile(r"mail|work|private|home|office|contact|personal|address|[\d:@]", re.IGNORECASE)


class CellError(ValueError):
    """A cell that can't be read; the text says why."""


@dataclass
class PeopleInCells:
    """The people of a row in order, each (name, address), and text that belongs to nobody."""

    people: list[tuple[str, str]]
    names_left: list[str] = field(default_factory=list)
    text_left: list[str] = field(default_factory=list)


def read_people(addresses: str, names: str) -> PeopleInCells:
    """Read the people from a cell of addresses, with names in another cell or beside the addresses.

    Raises CellError if there is no address, or one that can't receive mail.
    """
    if len(addresses) > LONGEST:
        raise CellError(f"The cell has {len(addresses):,} characters, too many for email addresses.")
    found: dict[str, str] = {}
    rest = addresses
    matches = list(_MAILBOX.finditer(addresses))
    for n, match in enumerate(matches):
        begin = matches[n - 1].end() if n else 0
        if glued := _GLUED.search(addresses[begin : match.start()]):
            raise CellError(f"“{glued[0]}{match[0]}” may be one address or two things. Put a blank between them if so.")
        address = _checked(match["framed"] if match["framed"] is not None else match["bare"])
        name = clean_name((match["name"] or "").strip(" \t,&\"'"))
        if match["framed"] is None:
            text, name = _name_beside(addresses, begin, match, alone=len(matches) == 1)
            rest = rest.replace(text, " ", 1)
        found[address] = found.get(address) or name
        rest = rest.replace(match[0], " ", 1)
    left = [part for part in _WORDS_BETWEEN.split(rest) if part and part.strip(" .:\"'-")]
    if not found:
        if left:
            raise CellError(f"“{addresses[:80]}” isn't an email address. It should look like name@example.org.")
        raise CellError("This row has no email address.")
    named = _split_names(names, len(found))
    people = [
        (named[n] if n < len(named) and named[n] else own, address) for n, (address, own) in enumerate(found.items())
    ]
    for (name, _), own in zip(people, found.values(), strict=True):
        if own and words_of_name(own) != words_of_name(name):
            left.append(own)
    if too_long := next((name for name, _ in people if len(name) > LONGEST_NAME), ""):
        raise CellError(f"The name “{too_long[:40]}…” has {len(too_long)} characters; at most {LONGEST_NAME} fit.")
    return PeopleInCells(people, [name for name in named[len(found) :] if name], left)


def _name_beside(cell: str, begin: int, match: re.Match[str], *, alone: bool) -> tuple[str, str]:
    """The text and the name beside an address without angle brackets: "ada@x.org (Ada Vogt)", "Ada Vogt ada@x.org".

    Two or more words with initial capitals count as a name; anything else may be a remark.
    """
    in_brackets = _IN_BRACKETS.match(cell, match.end())
    beside = [in_brackets[1]] if in_brackets else []
    beside.append(re.split(r"[;\n|/,]", cell[begin : match.start()])[-1])
    if alone:
        beside.append(re.split(r"[;\n|/,]", cell[match.end() :])[0])
    for text in beside:
        name = clean_name(text.strip(" \t-–—()[]\"'"))
        words = name.split()
        if len(words) > 1 and not _NO_NAME.search(name) and not any(word[0].islower() for word in words):
            return text, name
    return "", ""


def words_of_name(name: str) -> set[str]:
    """The words of a name, for comparison: "Vogt, Ada" has those of "Ada Vogt"."""
    return set(re.findall(r"\w+", without_accents(name.casefold())))


def _checked(text: str) -> str:
    address = tidy_address(text)
    if not settings.EMAIL_SMTPUTF8 and not address.rpartition("@")[0].isascii():
        raise CellError(f"“{address[:80]}” can't be mailed: the part before the @ has letters other than a to z.")
    try:
        validate_email(address)
    except ValidationError:
        raise CellError(
            f"“{text.strip()[:80]}” isn't an email address. It should look like name@example.org."
        ) from None
    if len(address) > LONGEST_ADDRESS:
        raise CellError(f"The address “{address[:40]}…” has {len(address)} characters; at most {LONGEST_ADDRESS} fit.")
    return address


def _split_names(text: str, people: int) -> list[str]:
    """The names of a cell: a comma or an "and" separates them only if that gives a name to each address."""
    sure = [clean_name(part) for part in _SURE_SEPARATORS.split(text)]
    if len([name for name in sure if name]) < people:
        every = [clean_name(part) for part in _SEPARATORS.split(text)]
        if len([name for name in every if name]) == people:
            return [name for name in every if name]
    return sure
