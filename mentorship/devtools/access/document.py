"""docs/access.md: who opens and changes what, as the matrix found it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

PAGE = Path(__file__).resolve().parents[3] / "docs/access.md"
BEGIN, END = "<!-- table -->", "<!-- end of table -->"
Cells = Mapping[str, Mapping[str, set[str]]]


def group_of(module: str) -> str:
    """The group of a view, from its module: cohorts.people.views.leaving is “cohorts: people”."""
    app, *rest = [part for part in module.split(".") if part not in ("mentorship", "core", "views")]
    return f"{app}: {rest[0]}" if rest else app


def cell(found: set[str]) -> str:
    """The access to a group of pages in words: all of them, own ones or none; and whether any is changed."""
    reads = "all" if "a" in found else "own" if "o" in found else "–"
    return f"{reads}, change" if "c" in found else reads


def table(cells: Cells, modules: Mapping[str, str], roles: Iterable[str]) -> dict[tuple[str, str], str]:
    """(group, role) → the words of its cell."""
    groups: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for view, by_role in cells.items():
        for role in roles:
            groups[group_of(modules[view])][role] |= by_role.get(role, set())
    return {(group, role): cell(found) for group in sorted(groups) for role, found in groups[group].items()}


def as_markdown(found: Mapping[tuple[str, str], str], roles: list[str]) -> str:
    """The table, a line for each group."""
    groups = list(dict.fromkeys(group for group, _ in found))
    lines = ["| | " + " | ".join(roles) + " |", "|---" * (len(roles) + 1) + "|"]
    lines += ["| " + " | ".join([group, *(found[group, role] for role in roles)]) + " |" for group in groups]
    return "\n".join(lines)


def read_page(page: Path = PAGE) -> dict[tuple[str, str], str]:
    """Read the table from the page."""
    _, _, rest = page.read_text().partition(BEGIN)
    head, _, *lines = [
        [part.strip() for part in line.strip("|").split("|")] for line in rest.partition(END)[0].strip().split("\n")
    ]
    return {(line[0], role): words for line in lines for role, words in zip(head[1:], line[1:], strict=True)}


def write_page(found: Mapping[tuple[str, str], str], roles: list[str], page: Path = PAGE) -> None:
    """Put the table into the page in place of the last one."""
    before, _, rest = page.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}\n{as_markdown(found, roles)}\n{END}{after}")
