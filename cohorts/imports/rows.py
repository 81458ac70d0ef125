"""Read the rows of a sheet as enrollment input. Writes nothing."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from cohorts.enrollment.upsert import EnrollmentInput
from cohorts.imports.columns import QUESTION, check_mapping, fields_for
from cohorts.imports.header_words import FAMILY_NAME, GIVEN_NAME, ROLE
from cohorts.imports.people_cells import CellError, read_people, words_of_name
from cohorts.imports.role_cells import check_role
from cohorts.models import Cohort, Enrollment, Programme, SignupQuestion
from cohorts.questions.kinds import yes_or_no
from cohorts.setup.interaction_styles import styles_of
from cohorts.signup_form.form_definition import current_questions
from cohorts.signup_form.topic_names import LONGEST_TOPIC, split_topics, too_long_topics
from cohorts.weekly_hours import WeeklyHours
from mentorship.core.reference_data import country_code, language_code
from mentorship.core.sheets import SheetTable
from mentorship.core.text import clean_name
from mentorship.core.timezones import SeveralZonesError, zone_from_text

# The lengths of the database columns.
LONGEST_ID = 80


class RowError(ValueError):
    """A row can't become an enrollment; the text says why."""


@dataclass(frozen=True)
class ImportRow:
    """One row of a sheet as enrollment input, or the reason why it can't be used. `line` is its line in the file.

    `question`: what a coordinator has to decide about it, or has decided, see `identity`; `about`: the id of the
    enrollment in question; `asks`: the kind of question, if it is not about an id.
    """

    line: int
    said: EnrollmentInput | None
    error: str = ""
    warnings: tuple[str, ...] = ()
    question: str = ""
    about: int = 0
    asks: str = ""


def parse_rows(
    *, cohort: Cohort, role: str, table: SheetTable, mapping: Mapping[str, str], consented: bool = False
) -> list[ImportRow]:
    """Parse the rows below the headers, without empty ones. Raises SheetError for a mapping that can't be used."""
    check_mapping(table.headers, mapping, fields_for(cohort, role), role)
    questions = [q for q in current_questions(cohort, role) if QUESTION + q.key in mapping.values()]
    readers = _readers_of(cohort.programme)
    found: list[ImportRow] = []
    for line, row in table.body():
        if not any(text.strip() for text in row):
            continue
        cells = {mapping[h]: text.strip() for h, text in zip(table.headers, row, strict=False) if h in mapping}
        try:
            left = _other_role(cells.get(ROLE, ""), role, cohort.programme)
            said, warnings = _said(cells, role, consented, questions, left, readers)
        except RowError as error:
            found.append(ImportRow(line, None, str(error)))
        else:
            found.append(ImportRow(line, said, warnings=tuple(warnings)))
    return found


def _said(
    cells: Mapping[str, str],
    role: str,
    consented: bool,
    questions: Sequence[SignupQuestion],
    work: str,
    readers: Mapping[str, "Reader"],
) -> tuple[EnrollmentInput, list[str]]:
    warnings: list[str] = []
    leftovers: list[str] = []
    if work:
        _keep("Role", work, warnings, leftovers)
    people = _people(cells, role, warnings, leftovers)
    values: dict[str, Any] = {}
    for name, read in readers.items():
        if (text := cells.get(name, "")) and (value := read(text, warnings, leftovers)) is not None:
            values[name] = value
    if hours := _hours(cells.get("availability", ""), values.get("time_zone", ""), warnings, leftovers):
        values["availability"] = hours
    if consented:
        values["shares_address"] = True
    own = {}
    for question in questions:
        text = cells.get(QUESTION + question.key, "")
        if text and (value := _own_answer(question, text, warnings, leftovers)) is not None:
            own[question.key] = value
    said = EnrollmentInput(
        email=people[0][1],
        full_name=people[0][0],
        pronouns=_text(60, "Pronouns")(cells.get("pronouns", ""), warnings, leftovers),
        external_id=_external_id(cells.get("external_id", ""), warnings, leftovers),
        values=values,
        topics=_topics(cells["topics"], warnings, leftovers) if "topics" in cells else None,
        members=people[1:] if role == Enrollment.Role.MENTEE else None,
        members_share=consented,
        own=own,
        # Nothing is dropped: text that fits no field goes to the note.
        remarks=[*filter(None, [cells.get("note", "")]), *leftovers],
    )
    return said, warnings


def _people(cells: Mapping[str, str], role: str, warnings: list[str], leftovers: list[str]) -> list[tuple[str, str]]:
    """The people of a row. Leftovers are reported: names without an address, a mentor's second address."""
    try:
        found = read_people(cells.get("email", ""), _names(cells))
    except CellError as error:
        raise RowError(str(error)) from error
    if found.names_left:
        _keep("Names without an address", ", ".join(found.names_left), warnings, leftovers)
    if found.text_left:
        _keep("Beside the address", " ".join(found.text_left), warnings, leftovers)
    if role == Enrollment.Role.MENTOR and len(found.people) > 1:
        further = ", ".join(f"{name} <{email}>" if name else email for name, email in found.people[1:])
        _keep("Further people, while a mentor is one person", further, warnings, leftovers)
    return found.people


def _names(cells: Mapping[str, str]) -> str:
    """The names of a row, joined if first and last names have their own columns."""
    whole, first, last = (cells.get(field, "") for field in ("full_name", GIVEN_NAME, FAMILY_NAME))
    if not (first or last):
        return whole
    parts = (re.split(r"[;\n]", text) for text in (first, whole, last))
    return "; ".join(_joined_name(*map(str.strip, found)) for found in zip_longest(*parts, fillvalue=""))


def _joined_name(first: str, whole: str, last: str) -> str:
    """A name from its parts, each word of it once: a column called "Name" may hold all of it or a part."""
    said = words_of_name(whole or last)
    first = "" if words_of_name(first) <= said else first
    last = "" if whole and words_of_name(last) <= said else last
    return " ".join(filter(None, (first, whole, last)))


def _other_role(text: str, role: str, programme: Programme) -> str:
    """The text of a role cell beside the known roles; a row for another role is refused."""
    try:
        return check_role(text, role, programme)
    except ValueError as error:
        raise RowError(str(error)) from error


def _keep(what: str, text: str, warnings: list[str], leftovers: list[str]) -> None:
    """Add text that fits no field to the note, and say so."""
    warnings.append(f"{what}: “{_shortened(text)}”. It is in the note.")
    leftovers.append(f"{what}: {text}")


def _shortened(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"


def _external_id(text: str, warnings: list[str], leftovers: list[str]) -> str:
    if len(text) <= LONGEST_ID:
        return text
    _keep(f"An id of more than {LONGEST_ID} characters, which isn't used", text, warnings, leftovers)
    return ""


def _topics(text: str, warnings: list[str], leftovers: list[str]) -> list[str]:
    for topic in too_long_topics(text, of_sheet=True):
        _keep(f"A topic of more than {LONGEST_TOPIC} characters, cut there", topic, warnings, leftovers)
    return split_topics(text, of_sheet=True)


Reader = Callable[[str, list[str], list[str]], Any]


def _text(limit: int | None = None, label: str = "") -> Reader:
    def read(text: str, warnings: list[str], leftovers: list[str]) -> str:
        text = clean_name(text) if limit else text
        if limit and len(text) > limit:
            _keep(f"{label} of more than {limit} characters, cut there", text, warnings, leftovers)
            return text[:limit]
        return text

    return read


_WHOLE = re.compile(
    r"(?:ca\.?|about|approx\.?|~|≈)?\s*(\d{1,4}(?:[.,]\d{1,2})?)\s*(?:h|hrs?|hours?|std\.?|stunden|x)?\.?",
    re.IGNORECASE,
)
_DAY = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?:[ T].*)?")


def _number(label: str, low: int, high: int, *, required: bool) -> Reader:
    """Parse a whole number. Other text rejects the row if the number is `required`, otherwise it goes to the note."""

    def read(text: str, warnings: list[str], leftovers: list[str]) -> int | None:
        found = _WHOLE.fullmatch(text)
        exact = float(found[1].replace(",", ".")) if found else None
        if exact is None or (required and not exact.is_integer()):
            why = "is a date, perhaps made by a spreadsheet" if _DAY.fullmatch(text) else "isn't a whole number"
            if required:
                raise RowError(f"{label}: “{text[:40]}” {why}.")
            warnings.append(f"{label}: “{text[:40]}” {why}; it is in the note.")
            leftovers.append(f"{label}: {text}")
            return None
        number = min(max(int(exact), low), high)
        if number != exact:
            kept = "" if exact.is_integer() else " The original text is in the note."
            warnings.append(f"{label}: “{text[:40]}” is read as {number}.{kept}")
            if kept:
                leftovers.append(f"{label}: {text}")
        return number

    return read


def _choice(label: str, choices: Iterable[tuple[str, Any]]) -> Reader:
    known = {text.casefold(): value for value, name in choices for text in (value, str(name))}

    def read(text: str, warnings: list[str], leftovers: list[str]) -> str | None:
        found = known.get(text.casefold())
        if found is None:
            warnings.append(f"{label}: “{text[:40]}” isn't one of the choices; it is in the note.")
            leftovers.append(f"{label}: {text}")
        return found

    return read


def _country(text: str, warnings: list[str], leftovers: list[str]) -> str | None:
    code = country_code(text)
    if not code:
        warnings.append(f"“{text[:60]}” isn't a country we know; it is in the note.")
        leftovers.append(f"Country: {text}")
    return code or None


def _zone(text: str, warnings: list[str], leftovers: list[str]) -> str | None:
    try:
        return zone_from_text(text)
    except SeveralZonesError as error:
        warnings.append(f"{error} Write the nearest city instead of “{text[:60]}”; until then it is in the note.")
        leftovers.append(f"Time zone: {text}")
        return None
    except ValueError:
        warnings.append(f"“{text[:60]}” isn't a time zone we know; it is in the note.")
        leftovers.append(f"Time zone: {text}")
        return None


def _languages(text: str, warnings: list[str], leftovers: list[str]) -> list[str]:
    codes = []
    for name in split_topics(text):
        if code := language_code(name):
            codes.append(code)
        else:
            warnings.append(f"“{name[:60]}” isn't a language we know; it is in the note.")
            leftovers.append(f"Language: {name}")
    return list(dict.fromkeys(codes))


def _yes_no(label: str) -> Reader:
    def read(text: str, warnings: list[str], leftovers: list[str]) -> bool | None:
        answer = yes_or_no(text)
        if answer is None:
            _keep(f"{label}, neither yes nor no", text, warnings, leftovers)
        return answer

    return read


READERS: dict[str, Reader] = {
    "title": _text(300, "A title"),
    "description": _text(),
    "goals": _text(),
    "mentoring_type": _choice("Kind of mentoring", Enrollment.MentoringType.choices),
    "interaction_style": _choice("Way to work together", Enrollment.InteractionStyle.choices),
    "hours_per_month": _number("Hours a month", 0, 200, required=False),
    "capacity": _number("Places", 0, 50, required=True),
    "mentors_wanted": _number("Mentors wanted", 1, 5, required=True),
    "country": _country,
    "city": _text(80, "City or region"),
    "time_zone": _zone,
    "languages": _languages,
    "private_needs": _text(),
    "listed_publicly": _yes_no("Public listing"),
}


def _readers_of(programme: Programme) -> dict[str, Reader]:
    """The readers, with the programme's own ways to work together."""
    ways: list[tuple[str, Any]] = [*Enrollment.InteractionStyle.choices, *styles_of(programme)]
    return READERS | {"interaction_style": _choice("Way to work together", ways)}


def _hours(text: str, zone: str, warnings: list[str], leftovers: list[str]) -> str:
    """The stored form of hours of the week, on the clock of the row's time zone unless the text names another."""
    if not text:
        return ""
    try:
        return str(WeeklyHours.read(text, zone))
    except ValueError as error:
        warnings.append(f"Hours of the week: {error}. The original text is in the note.")
        leftovers.append(f"Hours of the week: {text}")
        return ""


def _own_answer(question: SignupQuestion, text: str, warnings: list[str], leftovers: list[str]) -> Any:
    """Parse an answer to one of the cohort's own questions. Text that does not fit goes to the note."""
    value = question.behaviour.read_cell(question, text)
    if value is None:
        warnings.append(f"{question.text}: “{text[:40]}” isn't an answer to it; it is in the note.")
        leftovers.append(f"{question.text}: {text}")
    return value
