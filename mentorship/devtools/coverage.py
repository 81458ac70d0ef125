"""How much of each app the tests run, and whether it is enough: `python -m mentorship.devtools.coverage FILE`.

Slipcover writes the file as JSON; the floors are in pyproject.toml.
"""

import json
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def main(path: str) -> int:
    """Print the percentages by app; 1 if one is below its floor."""
    floors = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["coverage-floors"]
    found = percentages(json.loads(Path(path).read_text()), floors)
    low = [app for app, floor in floors.items() if found[app] < floor]
    for app, floor in floors.items():
        print(f"{app:12} {found[app]:5.1f} %, at least {floor}{'  TOO LOW' if app in low else ''}")
    return 1 if low else 0


def percentages(report: dict[str, Any], apps: dict[str, float]) -> dict[str, float]:
    """App → percent of its lines that were run. An app without a line in the report has none."""
    return {
        app: _percent(sum(run for run, _ in lines), sum(missed for _, missed in lines))
        for app in apps
        for lines in [_lines_of(report, app)]
    }


def _lines_of(report: dict[str, Any], app: str) -> list[tuple[int, int]]:
    """Numbers of lines run and missed in each file of an app."""
    return [
        (len(file["executed_lines"]), len(file["missing_lines"]))
        for name, file in report["files"].items()
        if name.startswith(f"{app}/")
    ]


def _percent(run: int, missed: int) -> float:
    return 100 * run / (run + missed) if run + missed else 0.0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
