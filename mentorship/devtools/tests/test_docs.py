"""The documentation names modules, commands and settings that exist."""

import re
from pathlib import Path

import pytest
from django.urls import get_resolver, reverse

from mentorship.core.extensions import extension_points
from mentorship.devtools.management.commands.guide_pictures import PICTURES
from mentorship.devtools.style import APPS, ROOT

DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/**/*.md")])


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_and_modules_of_a_document_exist(path: Path) -> None:
    text = path.read_text()
    links = [link for link in re.findall(r"\]\(([^)#:]+)\)", text) if not (path.parent / link).exists()]
    names = re.findall(rf"`((?:{'|'.join(APPS)}|templates|static|docs)/[\w/.-]+)`", text)
    assert links + [name for name in names if not (ROOT / name).exists()] == []


def test_the_architecture_lists_every_extension_point_with_who_asks_and_who_provides() -> None:
    get_resolver().url_patterns  # noqa: B018  loads the modules that declare points
    lines = (ROOT / "docs/architecture.md").read_text().splitlines()
    table = {line.split("|")[1].strip(): line for line in lines if line.startswith("| ")}
    for point in extension_points():
        apps = {provider.by for provider in point.providers if provider.by != "tests"}
        missing = [word for word in (f"`{point.asked_by}`", *apps) if word not in table.get(point.name, "")]
        assert not missing, f"docs/architecture.md, extension point “{point.name}”: {', '.join(missing)}"


def test_every_decision_is_listed() -> None:
    listed = set(re.findall(r"\((\d{4}-[\w-]+\.md)\)", (ROOT / "docs/decisions/README.md").read_text()))
    assert listed == {path.name for path in ROOT.glob("docs/decisions/[0-9]*.md")}


def test_every_picture_of_the_guide_is_one_that_the_command_takes() -> None:
    used = {
        str((path.parent / picture).resolve().relative_to(ROOT))
        for path in [ROOT / "README.md", *ROOT.glob("docs/guide/*.md")]
        for picture in re.findall(r"!\[[^]]*\]\(([^)]+)\)", path.read_text())
    }
    assert {file for file, *_ in PICTURES} == used
    for _, _, (view, *of), _ in PICTURES:
        reverse(view, args=of)
