"""The tools say the same in every place that names them."""

import re

import pytest
import yaml

from mentorship.devtools import coverage
from mentorship.devtools.style import ROOT


def test_a_commit_is_checked_by_what_make_lint_runs() -> None:
    makefile = (ROOT / "Makefile").read_text()
    parts = dict(re.findall(r"^(lint-[a-z]+): ; (.*)$", makefile, re.MULTILINE))
    listed = re.search(r"^LINTS := (.*)$", makefile, re.MULTILINE)
    assert listed is not None
    assert set(listed[1].split()) == set(parts)
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    commands = [command.replace("$(BIN)", ".venv/bin") for command in parts.values()]
    assert [hook["entry"] for hook in config["repos"][0]["hooks"]] == commands


def report(**files: tuple[int, int]) -> dict:
    return {
        "files": {
            name.replace("__", "/"): {"executed_lines": [*range(run)], "missing_lines": [*range(missed)]}
            for name, (run, missed) in files.items()
        }
    }


def test_the_percentage_of_an_app_counts_lines_and_not_files() -> None:
    found = coverage.percentages(
        report(cohorts__a=(90, 0), cohorts__b=(0, 10), cohorts_other__c=(0, 50)), {"cohorts": 90, "partners": 50}
    )
    assert found == {"cohorts": 90.0, "partners": 0.0}


@pytest.mark.parametrize(("run", "status"), [(1, 1), (99_999, 0)])
def test_an_app_below_its_floor_fails(tmp_path, capsys, run: int, status: int) -> None:
    files = {f"{app}__x": (run, 1) for app in ("cohorts", "training", "matching", "checkins", "partners", "mentorship")}
    (tmp_path / "coverage.json").write_text(coverage.json.dumps(report(**files)))
    assert coverage.main(str(tmp_path / "coverage.json")) == status
    assert ("TOO LOW" in capsys.readouterr().out) == bool(status)
