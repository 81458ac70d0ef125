"""Read the cell that says in which role somebody takes part."""

import re
from collections.abc import Sequence

from cohorts.models import Enrollment, Programme
from mentorship.core.text import with_article

# Common words for the roles, beside the programme's own.
_WORDS = {
    Enrollment.Role.MENTOR: "mentor, mentora, mentorin, mentore, mentoren, mentores, mentori, mentorinnen",
    Enrollment.Role.MENTEE: "mentee, menti, mentoré, mentorée, mentoré(e), mentorado, mentorada",
    Enrollment.Role.FACILITATOR: "facilitator",
    Enrollment.Role.EXPERT: "expert",
}
_BETWEEN = re.compile(r"[,;/&+|\n]|\s(?:and|und|et|y|e|en|or)\s", re.IGNORECASE)


def role_column(headers: Sequence[str], rows: Sequence[Sequence[str]], programme: Programme) -> str:
    """The header of the column whose cells name roles, and more than one of them; "" if no column does."""
    known = _roles(programme)
    for index, header in enumerate(headers):
        cells = [_key(row[index]) for row in rows if index < len(row) and row[index].strip()]
        if cells and all(cell in known for cell in cells) and len({known[cell] for cell in cells}) > 1:
            return header
    return ""


def check_role(text: str, role: str, programme: Programme) -> str:
    """The rest of the cell if it names no known role, such as a job.

    Raises ValueError, with advice on what to do, if it names only other roles.
    """
    roles = _roles(programme)
    parts = {part: roles.get(_key(part)) for part in _BETWEEN.split(text) if part.strip()}
    if not parts or role in parts.values():
        return ""
    if others := [found for found in parts.values() if found]:
        other, plural = with_article(programme.label_of(others[0])), programme.plural_of(others[0])
        if others[0] in Enrollment.MATCHED_ROLES:
            raise ValueError(f"This row is {other}. To import it, upload the sheet again and choose {plural}.")
        raise ValueError(f"This row is {other}. Sheets can't add {plural}.")
    return text


def _roles(programme: Programme) -> dict[str, str]:
    """Every word for a role → the role. The programme's own words win."""
    known: dict[str, str] = {_key(word): role for role, words in _WORDS.items() for word in words.split(",")}
    known |= {f"{word}s": role for word, role in known.items()}
    for role, _ in programme.roles:
        for word in (programme.label_of(role), programme.plural_of(role)):
            known[_key(word)] = role
    return known


def _key(word: str) -> str:
    return " ".join(word.casefold().split())
