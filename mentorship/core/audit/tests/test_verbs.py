import ast
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from mentorship.core.audit.verbs import Verb

APPS = ("mentorship", "cohorts", "training", "matching", "checkins", "partners")


def texts(node: ast.AST) -> Iterator[str]:
    """The texts that an expression may give, as far as they are written out."""
    if isinstance(node, ast.Constant):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*texts(node.body), *texts(node.orelse))


def recorded() -> Iterator[tuple[str, str]]:
    """Each verb that the code records as a text, with its place."""
    for app in APPS:
        for path in (Path(settings.BASE_DIR) / app).rglob("*.py"):
            if "tests" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("record", "record_many"):
                    for word in node.keywords:
                        if word.arg == "verb":
                            yield from ((text, f"{path}:{node.lineno}") for text in texts(word.value))


def test_every_verb_that_is_recorded_is_listed():
    unknown = [f"{place}: {text}" for text, place in recorded() if text not in Verb.values]
    assert not unknown


def test_verbs_fit_their_column_and_are_found_by_status():
    assert max(map(len, Verb.values)) <= 60
    assert Verb.made("accepted") is Verb.MADE_ACCEPTED
