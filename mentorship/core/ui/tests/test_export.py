"""Lists as files: no spreadsheet reads a text as a formula, and numbers stay numbers."""

from decimal import Decimal
from unicodedata import category

import pytest

from mentorship.core.ui.downloads.export import safe_cell

FORMULA = "=HYPERLINK(A1)"


@pytest.mark.parametrize(
    "before",
    ["", " ", "\n", "\r\n", "\t", "\u00a0", "\ufeff", "\u200b", "\u3000", '"', "\n \u00a0", "\u2028"],
)
@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "﹣", "−"])
def test_a_text_that_a_spreadsheet_may_read_as_a_formula_begins_with_an_apostrophe(before, sign):
    assert safe_cell(f"{before}{sign}cmd|A0") == f"'{before}{sign}cmd|A0"


def test_nothing_invisible_hides_a_formula():
    """Programs may leave such characters out when they open a file. The signs of Arabic numbers can be seen."""
    invisible = [c for c in map(chr, range(0x10000)) if category(c) in ("Cc", "Cf", "Zs", "Zl", "Zp")]
    seen = set("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2")
    hidden = {*invisible, "\u3164", "\ufe0f"} - seen
    assert [hex(ord(c)) for c in hidden if not safe_cell(f"{c}=A0").startswith("'")] == []


@pytest.mark.parametrize("separator", [";", "\t", "|", "\n", "\r\n", "; ", ';"', "\n\u00a0", "\v", "\u2029"])
def test_a_formula_after_a_separator_is_a_text_too(separator):
    assert safe_cell(f"Ana{separator}{FORMULA}") == f"Ana{separator}'{FORMULA}"


@pytest.mark.parametrize(
    "value", [-5, 3, -1.5, Decimal("-20.00"), 0, "-5", "+3", "-0.25", "-1,5", "Ana, Ben", "a = b", "me@example.org", ""]
)
def test_numbers_and_plain_texts_stay_as_they_are(value):
    assert safe_cell(value) == str(value)


def test_what_only_begins_like_a_number_is_guarded():
    assert [safe_cell(text) for text in ("-2+3+cmd|A0", "+49 30 123", "-", "--5")] == [
        "'-2+3+cmd|A0",
        "'+49 30 123",
        "'-",
        "'--5",
    ]
    assert safe_cell("-2;-3") == "'-2;'-3"
