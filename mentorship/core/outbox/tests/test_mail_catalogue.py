"""Every mail has a folder with an entry and a call that sends it; for a new one, the failure names the missing part."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

from mentorship.core.outbox.mail_templates.catalogue import catalogue, entry_of
from mentorship.core.outbox.mail_templates.placeholders import fill_placeholders, unknown_placeholders

APPS = ("mentorship", "cohorts", "training", "matching", "checkins", "partners")
FOLDER = Path(settings.BASE_DIR) / "templates/emails"
MAILS = sorted(f"{path.parent.name}/{path.name}" for path in FOLDER.glob("*/*") if path.is_dir())


def nodes_of_code() -> Iterator[ast.AST]:
    """All syntax nodes of the product's own code."""
    for app in APPS:
        for path in (Path(settings.BASE_DIR) / app).rglob("*.py"):
            if "tests" not in path.parts:
                yield from ast.walk(ast.parse(path.read_text()))


@cache
def texts_in_code() -> tuple[set[str], list[str]]:
    """Every text that is written out, and every one with gaps such as "matching/match_ended_{side}" as a pattern."""
    texts, patterns = set(), []
    for node in nodes_of_code():
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            texts.add(node.value)
        elif isinstance(node, ast.JoinedStr):
            parts = [re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+" for part in node.values]
            patterns.append("".join(parts))
    return texts, [pattern for pattern in patterns if re.match(r"[a-z]+/[a-z]", pattern)]


def missing_files(kind: str) -> Iterator[str]:
    for name in ("subject.txt", "body.txt", "placeholders.txt"):
        if not (FOLDER / kind / name).exists():
            yield f"templates/emails/{kind}/{name} is missing."


@pytest.mark.parametrize("kind", MAILS)
def test_a_mail_has_its_three_files_and_begins_with_its_entry(kind):
    assert list(missing_files(kind)) == []
    entry = entry_of(kind)
    assert kind in catalogue()
    assert entry.placeholders, f"templates/emails/{kind}/placeholders.txt names no placeholder."


@pytest.mark.parametrize("kind", MAILS)
def test_placeholders_that_a_mail_uses_are_explained(kind):
    known = {p.token.strip("{}") for p in entry_of(kind).placeholders}
    # Mailings and weekly mails replace these two for each reader.
    known |= {"name", "dates"}
    for file in ("subject.txt", "body.txt"):
        unknown = set(re.findall(r"\{([a-z_]+)\}", (FOLDER / kind / file).read_text())) - known
        assert not unknown, f"templates/emails/{kind}/{file} uses {unknown}, which placeholders.txt doesn't explain."


# In German the sentence goes on after the comma of the greeting.
@pytest.mark.parametrize("kind", [kind for kind in MAILS if not kind.endswith("_de")])
def test_the_first_sentence_after_the_greeting_begins_with_a_capital(kind):
    samples = {p.name: p.sample.strip() for p in entry_of(kind).placeholders}
    body = fill_placeholders((FOLDER / kind / "body.txt").read_text(), samples)
    _, first, *_ = [line for line in body.splitlines() if line.strip()]
    assert not first[0].islower(), first


def test_every_mail_is_sent_by_somebody():
    texts, patterns = texts_in_code()
    unsent = [
        kind
        for kind in MAILS
        # Some senders put the folder together: the name alone will do then.
        if not {kind, kind.rpartition("/")[2]} & texts and not any(re.fullmatch(one, kind) for one in patterns)
    ]
    assert not unsent, f'Nobody sends these: call send_mail("{unsent[0]}", …) or delete its folder.'


def test_every_mail_that_is_sent_has_a_folder():
    folders = "|".join({kind.partition("/")[0] for kind in MAILS})
    texts, _ = texts_in_code()
    missing = [text for text in texts if re.fullmatch(rf"({folders})/[a-z_]*[a-z]", text) and text not in MAILS]
    assert not missing, f"There is no folder templates/emails/{missing[0]}/."


def test_no_two_mails_stand_at_one_place_of_the_list():
    places = [entry.place for entry in catalogue().values()]
    assert len(set(places)) == len(places)


def test_a_mail_without_an_entry_says_which_line_is_missing(tmp_path, settings):
    folder = tmp_path / "emails/cohorts/half_time"
    folder.mkdir(parents=True)
    for name in ("subject.txt", "body.txt"):
        (folder / name).write_text("Half time")
    (folder / "placeholders.txt").write_text("name: Half-time hello\nwhen: in the middle\n== x | y | z\nx")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    with pytest.raises(ValueError, match=r"half_time/placeholders.txt must begin with a line “place: …”"):
        entry_of("cohorts/half_time")


def test_only_known_placeholders_are_replaced_and_the_others_named():
    assert fill_placeholders("{a} {b} {{a}} {c}", {"a": "{b}", "b": "{a}"}) == "{b} {a} {{b}} {c}"
    assert unknown_placeholders("{name} {nmae} {nmae} {{name}} { name } {full name} {0} a{b", ["name"]) == [
        "{nmae}",
        "{{name}}",
        "{ name }",
        "{full name}",
        "{0}",
    ]
