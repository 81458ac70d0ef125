import re
from pathlib import Path

from django.conf import settings

from mentorship.core.audit.verbs import Verb

APPS = ("mentorship", "cohorts", "training", "matching", "checkins", "partners")


def code() -> str:
    """All of the product's own code."""
    paths = [path for app in APPS for path in (Path(settings.BASE_DIR) / app).rglob("*.py")]
    return "\n".join(p.read_text() for p in paths if "tests" not in p.parts and p.name != "verbs.py")


def test_every_verb_is_recorded_somewhere():
    text = code()
    statuses = set(re.findall(r"Verb\((?:status|outcome)\)", text))
    assert statuses == {"Verb(status)", "Verb(outcome)"}  # of bookings, and of enrollments that are written
    of_status = {Verb.BOOKED, Verb.WAITLISTED, Verb.OFFERED, Verb.CAME, Verb.CREATED, Verb.UPDATED}
    named = set(re.findall(r"Verb\.([A-Z_]+)", text))
    unused = [
        verb.name
        for verb in Verb
        if verb.name not in named and verb not in of_status and not verb.value.startswith("made ")  # by Verb.made
    ]
    assert not unused


def test_no_verb_is_recorded_as_a_bare_text():
    assert not re.findall(r"\brecord(?:_many)?\(\s*verb=f?\".*", code())


def test_no_verb_is_put_together_from_words():
    assert not re.findall(r'\bVerb\(f?["\'].*', code())


def test_verbs_fit_their_column_and_are_found_by_status():
    assert max(map(len, Verb.values)) <= 60
    assert Verb.made("accepted") is Verb.MADE_ACCEPTED
