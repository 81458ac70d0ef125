"""Every sweep function is a part of the sweep: one that nothing calls would leave its rows lying for good."""

import ast
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from mentorship.operations.sweep import PARTS, RARE, sweep_everything

APPS = ("mentorship", "cohorts", "training", "matching", "checkins", "partners")


def sweeping_functions() -> Iterator[tuple[str, str]]:
    """Module and name of every function whose name says that it sweeps."""
    for app in APPS:
        for path in (Path(settings.BASE_DIR) / app).rglob("*.py"):
            if "tests" not in path.parts:
                module = ".".join(path.relative_to(settings.BASE_DIR).with_suffix("").parts)
                for node in ast.parse(path.read_text()).body:
                    if isinstance(node, ast.FunctionDef) and node.name.startswith("sweep_"):
                        yield module, node.name


def test_every_function_that_sweeps_is_a_part_of_the_sweep():
    parts = {(part.__module__, part.__name__) for part in (*PARTS.values(), sweep_everything)}
    left_out = [f"{module}.{name}" for module, name in sweeping_functions() if (module, name) not in parts]
    assert not left_out, f"Add {left_out[0]} to PARTS in mentorship/operations/sweep.py."
    assert set(RARE) <= set(PARTS)
