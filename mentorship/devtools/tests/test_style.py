"""The checks of the house style find their kind of fault, and none in this repository."""

from pathlib import Path

import pytest

from mentorship.devtools import style

RULE = "PLC0415"


@pytest.fixture
def house(tmp_path: Path) -> Path:
    for folder in ("templates/people", "templates/emails", "static/css", "static/js", "cohorts/tests"):
        (tmp_path / folder).mkdir(parents=True)
    return tmp_path


def test_a_long_line_of_html_is_named_and_a_paragraph_of_a_mail_is_not(house: Path) -> None:
    for name in ("people/list.html", "emails/body.txt"):
        (house / "templates" / name).write_text("short\n" + "x" * 161)
    assert [finding.split(":")[:2] for finding in style.long_template_lines(house)] == [
        ["templates/people/list.html", "2"]
    ]


def test_a_template_tag_over_two_lines_is_named(house: Path) -> None:
    (house / "templates/people/list.html").write_text("{% if x %}{{ y }}{# z #}{% else\n%}{% endif %}")
    assert [finding.split(":")[1] for finding in style.split_template_tags(house)] == ["1", "2"]


def test_a_class_that_no_stylesheet_has_is_named(house: Path) -> None:
    (house / "static/css/base.css").write_text(".m-known { color: red } .m-note-good { color: green }")
    (house / "templates/people/list.html").write_text(
        '<p class="m-known btn {% if x %}mt-2{% endif %}">\n<p class="m-note-{{ tone }}">\n<p class="m-unknown odd">'
    )
    (house / "cohorts/forms.py").write_text('Field("x", wrapper_class="m-missing")')
    assert style.classes_without_css(house) == [
        "templates/people/list.html:3: no stylesheet has the class m-unknown",
        "templates/people/list.html:3: no stylesheet has the class odd",
        "cohorts/forms.py:1: no stylesheet has the class m-missing",
    ]


def test_a_class_that_nothing_uses_is_named(house: Path) -> None:
    (house / "static/css/base.css").write_text("/* .m-comment */ .m-used, .m-lost, .m-note-good {}")
    (house / "templates/people/list.html").write_text('<p class="m-used m-note-{{ tone }}">')
    assert style.css_without_use(house) == ["static/css: nothing uses the class m-lost"]


@pytest.mark.parametrize("reason", ["", " because", " slow library", " slow library:", " it is slow: openpyxl"])
def test_an_inline_import_needs_one_of_the_reasons_and_words(house: Path, reason: str) -> None:
    (house / "cohorts/sheets.py").write_text(f"def f():\n    import openpyxl  # noqa: {RULE}{reason}\n")
    assert len(style.imports_without_reason(house)) == 1


def test_an_inline_import_with_its_reason_passes_in_tests_too(house: Path) -> None:
    line = f"    import openpyxl  # noqa: {RULE} slow library: openpyxl, which few requests need\n"
    (house / "cohorts/tests/test_sheets.py").write_text(f"def f():\n{line}")
    assert style.imports_without_reason(house) == []


def test_a_docstring_that_begins_with_a_pronoun_is_named(house: Path) -> None:
    (house / "cohorts/tests/test_x.py").write_text(
        '"""What-if answers."""\nclass Whether:\n    """Who is asked."""\n    def it(self):\n        """It\'s asked."""'
    )
    assert style.docstrings_without_subject(house) == [
        "cohorts/tests/test_x.py:3: a docstring begins with the thing or the verb, not with “Who”",
        "cohorts/tests/test_x.py:5: a docstring begins with the thing or the verb, not with “It”",
    ]


def test_a_status_that_nothing_has_is_named(house: Path) -> None:
    (house / "cohorts/models.py").write_text("\n".join(f'"{status}"' for status in style.STATUS if status != "held"))
    assert style.statuses_without_use(house) == ["mentorship/core/ui/status.py: nothing has the status held"]


def test_the_command_fails_where_a_check_finds_something(monkeypatch, capsys) -> None:
    monkeypatch.setattr(style, "CHECKS", (lambda root: ["here: wrong"],))
    assert style.main() == 1
    assert capsys.readouterr().out == "here: wrong\n"
