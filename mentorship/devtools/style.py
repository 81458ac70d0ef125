"""Checks of the house style that no other tool makes: `python -m mentorship.devtools.style`, a part of `make lint`.

Each check returns its findings as lines of `place: fault`.
"""

import re
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

from mentorship.core.ui.status import STATUS

ROOT = Path(__file__).resolve().parents[2]
APPS = ("mentorship", "cohorts", "training", "matching", "checkins", "partners")
LINE_LENGTH = 160
# Why an import may stand inside a function; CONTRIBUTING.md explains each.
IMPORT_REASONS = ("circular by design", "slow library", "optional dependency", "apps not ready")
# The first word of a docstring that leaves open which thing it is about.
PRONOUN = re.compile(
    r"(?:\A|:(?: *#[^\n]*)?\n)\s*\"\"\"\s*"
    r"((?:i|you|he|she|it|we|they|who|whom|whose|what|which|whoever|whatever|whichever|this|that|these|those|its|our|their|"
    r"others|(?:some|any|every|no)(?:body|thing)|(?:some|any|every)one)\b)(?!-)",
    re.IGNORECASE,
)


def main() -> int:
    """Print what all checks find; 1 if there is anything."""
    findings = [finding for check in CHECKS for finding in check(ROOT)]
    for finding in findings:
        print(finding)
    return 1 if findings else 0


def long_template_lines(root: Path) -> list[str]:
    """Lines of templates that nobody can read without scrolling sideways."""
    return [
        f"{place}: {len(line)} characters; a template line has at most {LINE_LENGTH}, see docs/ui.md"
        for path in templates(root)
        for place, line in lines_of(root, path)
        if len(line) > LINE_LENGTH
    ]


def split_template_tags(root: Path) -> list[str]:
    """Template tags that run over two lines: Django takes them for text."""
    whole = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}")
    return [
        f"{place}: a template tag must end on the line on which it begins"
        for path in templates(root)
        for place, line in lines_of(root, path)
        if re.search(r"\{[%{#]|[%}#]\}", whole.sub("", line))
    ]


def classes_without_css(root: Path) -> list[str]:
    """Classes in templates and Python that no stylesheet knows, ours or Bootstrap's."""
    known, prefixes = css_classes(root) | bootstrap_classes(), families(root)
    return [
        f"{place}: no stylesheet has the class {name}"
        for path in (*templates(root), *python_files(root))
        for place, line in lines_of(root, path)
        for name in sorted(classes_in(line))
        if name not in known and not name.startswith(prefixes)
    ]


def css_without_use(root: Path) -> list[str]:
    """Classes of ours that a stylesheet has and no template, Python or script names."""
    texts = [path.read_text() for path in (*templates(root), *python_files(root), *root.glob("static/js/*.js"))]
    used = {name for text in texts for name in re.findall(r"(?<![\w-])m-[a-z0-9-]*[a-z0-9]", text)}
    prefixes = families(root)
    return [
        f"static/css: nothing uses the class {name}"
        for name in sorted(css_classes(root) - used)
        if not name.startswith(prefixes)
    ]


def statuses_without_use(root: Path) -> list[str]:
    """Statuses that have a pill and that no code or page names."""
    paths = [path for path in (*templates(root), *python_files(root)) if path.name != "status.py"]
    text = "\n".join(path.read_text() for path in paths)
    return [
        f"mentorship/core/ui/status.py: nothing has the status {status}"
        for status in STATUS
        if f'"{status}"' not in text and f"'{status}'" not in text
    ]


def imports_without_reason(root: Path) -> list[str]:
    """Inline imports that don't say why: `# noqa: PLC0415 slow library: openpyxl`."""
    reason = re.compile(rf"# noqa: PLC0415(?:, F401)? ({'|'.join(IMPORT_REASONS)}): \w")
    return [
        f"{place}: write `# noqa: PLC0415 <reason>: <words>` with one of {', '.join(IMPORT_REASONS)}"
        for path in python_files(root, with_tests=True)
        for place, line in lines_of(root, path)
        if re.search(r"# noqa:[^#]*\bPLC0415\b", line) and not reason.search(line)
    ]


def docstrings_without_subject(root: Path) -> list[str]:
    """Docstrings that begin with a pronoun instead of the thing or the verb."""
    return [
        f"{path.relative_to(root)}:{text.count(chr(10), 0, found.start(1)) + 1}: "
        f"a docstring begins with the thing or the verb, not with “{found[1]}”"
        for path in python_files(root, with_tests=True)
        for text in [path.read_text()]
        for found in PRONOUN.finditer(text)
    ]


def templates(root: Path) -> list[Path]:
    """The HTML templates. The texts of mails are no HTML: there a paragraph is a line."""
    return sorted(root.glob("templates/**/*.html"))


def python_files(root: Path, *, with_tests: bool = False) -> list[Path]:
    """Python modules of this repository, without migrations and this one."""
    found = [path for app in APPS for path in root.glob(f"{app}/**/*.py") if "migrations" not in path.parts]
    return sorted(path for path in found if path != Path(__file__) and (with_tests or "tests" not in path.parts))


def lines_of(root: Path, path: Path) -> Iterator[tuple[str, str]]:
    """Each line with its place, such as `templates/home/today.html:12`."""
    for number, line in enumerate(path.read_text().split("\n"), 1):
        yield f"{path.relative_to(root)}:{number}", line


def css_classes(root: Path) -> set[str]:
    """The classes that begin with m- in our stylesheets."""
    text = "\n".join(re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S) for path in root.glob("static/css/*.css"))
    return set(re.findall(r"\.(m-[\w-]+)", text))


def bootstrap_classes() -> set[str]:
    """The classes of the Bootstrap that is installed."""
    spec = find_spec("js_lib_bootstrap5")
    folder = Path(next(iter(spec.submodule_search_locations or ()))) if spec else Path()
    files = folder.glob("static/js-lib-bootstrap5/css/bootstrap.min.css")
    return {name for path in files for name in re.findall(r"\.([a-zA-Z][\w-]*)", path.read_text())}


def families(root: Path) -> tuple[str, ...]:
    """Beginnings of classes that a page completes, such as `m-note-` in `m-note-{{ tone }}`."""
    texts = (path.read_text() for path in (*templates(root), *python_files(root)))
    return tuple(sorted({name for text in texts for name in re.findall(r"(?<![\w-])(m-[a-z]+-)(?=\{)", text)}))


def classes_in(line: str) -> set[str]:
    """The class names of a line: what stands in class attributes, and every word that begins with m-."""
    named = re.findall(r"(?<![\w-])m-[a-z0-9-]*[a-z0-9](?![\w-]*-\{)", re.sub(r"[\w-]+-\{[{%]?", "", line))
    attributes = " ".join(re.findall(r"""\bclass="([^"{}]*)["{]""", line)).split()
    return {*named, *attributes}


CHECKS: tuple[Callable[[Path], list[str]], ...] = (
    long_template_lines,
    split_template_tags,
    classes_without_css,
    css_without_use,
    statuses_without_use,
    imports_without_reason,
    docstrings_without_subject,
)

if __name__ == "__main__":
    sys.exit(main())
