"""The ways to work together that a programme offers in its sign-up forms."""

from cohorts.models import Cohort, Enrollment, Programme
from mentorship.core.text import clean_name

LONGEST = 60  # the length of the column
USUAL = (
    Enrollment.InteractionStyle.CALLS,
    Enrollment.InteractionStyle.WRITING,
    Enrollment.InteractionStyle.MIXED,
)
# The labels in English, as programmes list them.
_KNOWN = {
    "calls": Enrollment.InteractionStyle.CALLS,
    "regular calls": Enrollment.InteractionStyle.CALLS,
    "writing": Enrollment.InteractionStyle.WRITING,
    "writing, at our own pace": Enrollment.InteractionStyle.WRITING,
    "mixed": Enrollment.InteractionStyle.MIXED,
    "a mix of both": Enrollment.InteractionStyle.MIXED,
    "in_person": Enrollment.InteractionStyle.IN_PERSON,
    "in person": Enrollment.InteractionStyle.IN_PERSON,
}


def styles_offered(cohort: Cohort) -> list[tuple[str, str]]:
    """Value and label of every way that the form of a cohort offers, in order."""
    own = styles_of(cohort.programme)
    if own:
        return own
    in_person = [Enrollment.InteractionStyle.IN_PERSON] if cohort.meets_in_person else []
    return [(style.value, str(style.label)) for style in (*in_person, *USUAL)]


def styles_of(programme: Programme) -> list[tuple[str, str]]:
    """Value and label of every way that a programme lists: a known one by its value, another by its own text."""
    texts = dict.fromkeys(filter(None, map(clean_name, programme.interaction_styles.splitlines())))
    found: dict[str, str] = {}
    for text in texts:
        style = _KNOWN.get(text.casefold())
        found.setdefault(style.value if style else text[:LONGEST], str(style.label) if style else text[:LONGEST])
    return list(found.items())


def check_styles(text: str) -> str:
    """Tidy a list of ways, one per line. Raises ValueError if people could not choose among them."""
    lines = list(dict.fromkeys(filter(None, map(clean_name, text.splitlines()))))
    if long := next((line for line in lines if len(line) > LONGEST), ""):
        raise ValueError(f"“{long[:40]}…” has more than {LONGEST} characters. Shorten it.")
    if len(lines) == 1:
        raise ValueError("Give at least two, one per line, or leave it empty to offer the usual ones.")
    return "\n".join(lines)
