"""Files as banks really write them, with invented contents: each entry is read as it is meant, or asked about.

The directory bank_files has the sheets, camt and MT940 statements; the names beginning with "nasty" have what misleads.
"""

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest

from mentorship.core.errors import ServiceError
from partners.billing.bank.amounts import read_amount
from partners.billing.bank.days import read_day
from partners.billing.bank.numbers import InvoiceNumber, NumberFinder
from partners.billing.bank.reader import read_statement

FILES = Path(__file__).parent / "bank_files"
TODAY = date(2026, 11, 30)


def read(name, **answers):
    return read_statement((FILES / name).read_bytes(), answers, TODAY)


def entries(statement):
    return [f"{one.on:%d.%m.%y} {one.amount} {one.currency}" for one in statement.entries]


# file → entries, and how many are not booked yet
READ = {
    "de_savings_camt.csv": (["24.11.26 119.00 EUR", "25.11.26 -1048.20 EUR"], 1),
    "de_cooperative_marks.csv": (["03.11.26 1190.00 EUR", "05.11.26 -80.50 EUR"], 0),
    "de_direct.csv": (["24.11.26 250.00 EUR", "23.11.26 -1043.50 EUR"], 1),
    "de_split_negative.csv": (["03.11.26 119.00 EUR", "04.11.26 -80.10 EUR"], 0),
    "de_old_balance.csv": (["30.11.26 119.00 EUR", "28.11.26 -39.95 EUR"], 0),
    "gb_paid_in.csv": (["03.11.26 1119.00 GBP", "05.11.26 -100.00 GBP"], 0),
    "gb_app.csv": (["30.11.26 500.00 GBP", "02.11.26 -45.10 GBP"], 0),
    "nl_af_bij.csv": (["24.11.26 119.00 EUR", "23.11.26 -45.10 EUR"], 0),
    "nl_signed.csv": (["24.11.26 119.00 EUR", "25.11.26 -45.10 EUR"], 0),
    "fr_debit_credit.csv": (["24.11.26 1119.00 EUR", "23.11.26 -45.10 EUR"], 0),
    "es_concepto.csv": (["24.11.26 1119.00 EUR", "23.11.26 -45.10 EUR"], 0),
    "se_valuta_is_currency.csv": (["24.11.26 1119.00 SEK", "23.11.26 -45.10 SEK"], 0),
    "ch_apostrophes.csv": (["24.11.26 1119.00 CHF", "25.11.26 -45.10 CHF"], 0),
    "fintech_states.csv": (["24.11.26 119.00 EUR", "26.11.26 -5.10 EUR"], 2),
    "nasty_value_date_tells.csv": (["05.11.26 100.00 USD", "12.11.26 50.00 USD"], 0),
    "nasty_minus_and_spaces.csv": (["24.11.26 1119.00 EUR", "25.11.26 -45.10 EUR"], 0),
    "nasty_sign_in_a_column.csv": (["24.11.26 119.00 EUR", "25.11.26 -119.00 EUR"], 0),
    "nasty_deep_header.csv": (["24.11.26 119.00 EUR"], 0),
    "camt_batch.xml": (["24.11.26 119.00 EUR", "24.11.26 100.00 EUR"], 0),
    "camt_reversal.xml": (["24.11.26 119.00 EUR", "26.11.26 -119.00 EUR"], 0),
    "camt_own_money_back.xml": (["26.11.26 50.00 EUR"], 0),
    "camt_pending_and_zero.xml": (["25.11.26 1.00 EUR"], 1),
    "camt_latin.xml": (["24.11.26 119.00 EUR"], 0),
    "camt_structured.xml": (["24.11.26 119.00 EUR"], 0),
    "mt940_german.sta": (["01.11.26 100.00 EUR", "06.11.26 -20.50 EUR"], 0),
    "mt940_return.mta": (["05.11.26 -100.00 EUR", "05.11.26 30.00 EUR"], 0),
    "mt940_dutch.940": (["24.11.26 119.00 EUR"], 0),
    "mt940_year_turn.sta": (["30.12.26 1200.00 USD", "02.01.27 5.00 USD"], 0),
}


def test_statements_of_many_banks_are_read_without_a_question():
    found = {name: read(name) for name in READ}
    assert {name: (entries(one), one.pending) for name, one in found.items()} == READ
    assert [name for name, one in found.items() if not one.is_clear] == []
    assert "Müller Stiftung" in {one.payer for one in found["camt_latin.xml"].entries}
    assert "Rechnung INV-0001 vielen Dank" in found["mt940_german.sta"].entries[0].text


# file → the questions that it leaves, an answer to them, and the entries then
ASKED = {
    "gb_debit_credit_amount.csv": ({"currency": "GBP"}, ["13.11.26 500.00 GBP", "12.11.26 -45.10 GBP"]),
    "us_details.csv": ({"currency": "USD"}, ["24.11.26 1200.00 USD", "02.11.26 -45.99 USD"]),
    "us_summary_above.csv": ({"currency": "USD"}, ["13.11.26 1200.00 USD", "24.11.26 -45.99 USD"]),
    "us_unsigned_type.csv": ({"currency": "USD"}, ["24.11.26 1200.50 USD", "20.11.26 -45.99 USD"]),
    "pl_hashes.csv": ({"currency": "PLN"}, ["24.11.26 1119.00 PLN", "25.11.26 -45.10 PLN"]),
    "in_lakhs.csv": ({"days": "dmy", "currency": "INR"}, ["24.11.26 125000.00 INR", "25.11.26 -450.00 INR"]),
    "nasty_two_amounts.csv": ({"amount_column": "4"}, ["24.11.26 115.30 USD"]),
    "nasty_thousands_only.csv": ({"decimal": ","}, ["24.11.26 1200.00 EUR"]),
    "nasty_eleven_may.csv": ({"days": "mdy"}, ["05.11.26 100.00 USD"]),
    "nasty_no_sign_at_all.csv": ({"direction": "in"}, ["24.11.26 119.00 GBP", "25.11.26 119.00 GBP"]),
    "nasty_unknown_words.csv": ({"direction": "in"}, ["24.11.26 119.00 EUR", "25.11.26 119.00 EUR"]),
    "nasty_debits_in_the_text.csv": ({"direction": "in"}, ["24.11.26 119.00 GBP", "25.11.26 119.00 GBP"]),
    "nasty_six_figures.csv": ({"days": "dmy"}, ["10.11.12 119.00 EUR"]),
}


@pytest.mark.parametrize("name", ASKED)
def test_what_can_be_read_in_two_ways_is_asked_once_for_the_file(name):
    answers, then = ASKED[name]
    questions = read(name).questions
    assert {one.name for one in questions} == set(answers)
    assert all(answers[one.name] in dict(one.choices) for one in questions if one.choices)
    answered = read(name, **answers)
    assert (answered.questions, entries(answered)) == ([], then)


def test_money_without_a_sign_that_did_not_all_come_in_is_refused():
    with pytest.raises(ServiceError, match="doesn’t say which amounts came in"):
        read("nasty_no_sign_at_all.csv", direction="mixed")


def test_lines_that_contradict_themselves_are_named_and_left_out():
    found = {
        name: read(name, currency="GBP").problems
        for name in ("nasty_mixed_debits.csv", "nasty_contradiction.csv", "nasty_currencies.csv")
    }
    unclear = "The debit column has amounts with and without a minus, so it isn’t clear which went out."
    assert found == {
        "nasty_mixed_debits.csv": [f"Line 3: {unclear}", f"Line 4: {unclear}"],
        "nasty_contradiction.csv": [
            "Line 3: “-45,10” and “H” contradict each other.",
            "Line 4: “X” is neither debit nor credit.",
        ],
        "nasty_currencies.csv": [
            "Line 2: The line names several currencies: EUR, USD.",
            "Line 4: “XXQ” is not a currency.",
            "Line 5: EUR has 2 decimals.",
        ],
    }


@pytest.mark.parametrize("name", ["camt_lines_missing.xml", "mt940_line_missing.sta"])
def test_entries_that_do_not_lead_to_the_closing_balance_are_noted(name):
    (note,) = read(name).notes
    assert "some may be missing" in note


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("other_bomb.xml", "document type"),
        ("other_payment_order.xml", "orders payments"),
        ("other_cut_off.xml", "XML file is damaged"),
        ("other_quicken.qif", "This is a QIF file"),
        ("mt940_damaged.sta", "“26XX01C100,00NTRFNONREF” is not understood"),
    ],
)
def test_another_kind_of_file_is_refused_by_its_name(name, words):
    with pytest.raises(ServiceError, match=words):
        read(name)


def test_what_the_bank_takes_back_is_known_from_its_codes():
    names = ("camt_reversal.xml", "camt_own_money_back.xml", "mt940_return.mta")
    assert [one.is_return for name in names for one in read(name).entries] == [False, True, True, True, True]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1.234,50", {",": "1234.50"}),
        ("1,234.50", {".": "1234.50"}),
        ("1 234,50", {",": "1234.50"}),
        ("1'234.50", {".": "1234.50"}),
        ("1.234", {".": "1.234", ",": "1234"}),
        ("12.345.678", {",": "12345678"}),
        ("100,00-", {",": "-100.00"}),
        ("(100.00)", {".": "-100.00"}),
        ("-€100", {".": "-100", ",": "-100"}),
        ("100,00 S", {",": "-100.00"}),
        ("1,23,456.00", {".": "123456.00"}),
        ("0,005", {",": "0.005"}),
    ],
)
def test_an_amount_has_every_value_that_it_can_mean(text, values):
    assert {sign: f"{value:f}" for sign, value in read_amount(text).values.items()} == values


@pytest.mark.parametrize("text", ["", "abc", "1e3", "1.2.3", "1,234,5", "1 23", "(-5)", "5 kr", "1.23.456"])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(ValueError, match=r"amount|signs"):
        read_amount(text)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("01.11.2026", {"dmy": "2026-11-01"}),
        ("01/11/2026", {"dmy": "2026-11-01", "mdy": "2026-01-11"}),
        ("11/13/2026", {"mdy": "2026-11-13"}),
        ("2026-11-01T23:59:59Z", {"ymd": "2026-11-01"}),
        ("20261101", {"ymd": "2026-11-01"}),
        ("1er novembre 2026", {"dmy": "2026-11-01"}),
        ("01-Nov-26", {"dmy": "2026-11-01"}),
        ("1.11.26", {"dmy": "2026-11-01"}),
    ],
)
def test_a_day_has_every_reading_that_is_possible(text, days):
    assert {order: str(day) for order, day in read_day(text, TODAY).days.items()} == days


def test_a_figure_that_is_no_digit_is_no_part_of_a_day():
    with pytest.raises(ValueError, match="is not a date"):
        read_day("12 March ፩", TODAY)


# text → the numbers that it names beyond doubt, and those that it may mean
NAMED = {
    "INV-0001": ({1}, {1}),
    "inv 1": ({1}, {1}),
    "SVWZ+INV–0001 danke": ({1}, {1}),
    "Ref INV0001 2026-11-29": ({1}, {1}),
    "INV-0001, INV-0002": ({1, 2}, {1, 2}),
    "INV-0001INV-0002": (set(), {1, 2}),
    "0001": (set(), {1}),
    "Rechnung 1": (set(), {1}),
    "lNV-OOO1": (set(), {1}),
    "INV-00 01": (set(), {1}),
    "INV-00010": (set(), {10}),
    "XINV-0001": (set(), set()),
    "12INV-0001": (set(), set()),
    "INV-0001-2026": (set(), set()),
    "AB-INV-0001": (set(), set()),
    "2026-11-01": (set(), set()),
}


def test_numbers_of_invoices_are_found_as_they_are_written_and_never_within_another():
    finder = NumberFinder(InvoiceNumber("INV-", number) for number in (1, 2, 10, 12))
    found = {text: finder.find(text) for text in NAMED}
    assert {
        text: ({n.sequence for n in one.sure}, {n.sequence for n in one.possible}) for text, one in found.items()
    } == NAMED
    by_year = NumberFinder([InvoiceNumber("RE2026/", 1)])
    assert [len(by_year.find(text).sure) for text in ("RE2026/0001", "re20260001", "RE2026-01", "RE20261")] == [
        1,
        1,
        0,
        0,
    ]


def test_an_archive_whose_data_is_damaged_is_refused_in_words():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("day.xml", "<Document/>" * 50)
    content = bytearray(file.getvalue())
    begin = 30 + len("day.xml")
    content[begin : begin + 8] = b"\xff" * 8
    with pytest.raises(ServiceError, match="archive is damaged"):
        read_statement(bytes(content), {}, date(2027, 3, 1))
