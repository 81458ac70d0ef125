"""A row of the table of promises; print and write the table."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).resolve().parents[3] / "docs/assurance.md"


@dataclass(frozen=True)
class Row:
    """A promise, how it was measured, the figure, and whether it held."""

    number: str
    promise: str
    how: str
    figure: str
    holds: bool

    @property
    def verdict(self) -> str:
        return "yes" if self.holds else "NO"


def as_markdown(rows: Sequence[Row]) -> str:
    """The rows as a table of docs/assurance.md."""
    lines = ["| | promise | how it was measured | figure | holds |", "|---|---|---|---|---|"]
    for row in rows:
        cells = (row.number, row.promise, row.how, row.figure, row.verdict)
        lines.append("| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |")
    return "\n".join(lines)


def write_part(name: str, machine: str, rows: Sequence[Row], page: Path = PAGE) -> None:
    """Put the table of a part into the page, in place of that of its last run."""
    put_part(name, f"{machine}\n\n{as_markdown(rows)}", page)


def put_part(name: str, text: str, page: Path) -> None:
    """Put generated text between the two marks of its part, in place of what was there."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    before, _, rest = page.read_text().partition(begin)
    _, _, after = rest.partition(end)
    page.write_text(f"{before}{begin}\n{text}\n{end}{after}")
