"""Bank statements: read, matched with invoices, and set aside."""

import hashlib
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from mentorship.core.errors import ServiceError
from partners.billing.bank.decisions import match_line_by_hand, open_lines
from partners.billing.bank.services import import_bank_statement
from partners.billing.payments import carry_over, delete_payment, record_payment
from partners.billing.services import draft_invoice, issue_invoice
from partners.documents.statements import statement_rows
from partners.models import BankLayout, BankLine, BankStatement, Invoice, Payment

pytestmark = pytest.mark.django_db
DAY = date(2027, 2, 1)
EUR = {"currency": "EUR"}


def status(invoice):
    return Invoice.objects.get(pk=invoice.pk).status


@pytest.fixture
def issued(cast, draft):
    return issue_invoice(invoice=draft, by=cast.owner, on=DAY)


BANK = """Buchungstag;Betrag;Währung;Auftraggeber;Verwendungszweck
01.03.2027;119,00;EUR;Soil Fund;Rechnung INV 0001 vielen Dank
02.03.2027;1.234,50;EUR;Somebody;no number here
03.03.2027;-20,00;EUR;Shop;paper
04.03.2027;5,00;EUR;X;INV-00011
05.03.2027;oops;EUR;X;Y
"""


def test_a_bank_sheet_is_matched_by_number_and_may_come_twice(cast, issued):
    workspace = cast.programme.workspace
    first = import_bank_statement(workspace=workspace, content=BANK.encode(), answers=EUR, by=cast.owner)
    assert (len(first.matched), len(first.open), first.skipped, len(first.rejected)) == (1, 2, 1, 1)
    assert [line.amount for line in first.open] == [Decimal("1234.50"), Decimal("5.00")]
    assert status(issued) == "paid"
    again = import_bank_statement(workspace=workspace, content=BANK.encode(), answers=EUR, by=cast.owner)
    assert (len(again.matched), len(again.open), again.known) == (0, 0, 3)
    assert issued.payments.count() == 1


def test_a_line_is_matched_by_hand_once(cast, issued):
    text = "date,amount,reference\n2027-03-01,100.00,thanks\n"
    (line,) = import_bank_statement(
        workspace=cast.programme.workspace, content=text.encode(), answers=EUR, by=cast.owner
    ).open
    match_line_by_hand(line=line, invoice=issued, by=cast.owner)
    assert status(issued) == "part_paid"
    with pytest.raises(ServiceError, match="already"):
        match_line_by_hand(line=line, invoice=issued, by=cast.owner)


@pytest.mark.parametrize("text", ["carried over from INV-0001", "Carried over", "carried"])
def test_a_payment_whose_bank_text_begins_with_carried_over_can_be_removed(cast, issued, text):
    sheet = f"date,amount,reference\n2027-03-01,119.00,{text}\n"
    found = import_bank_statement(
        workspace=cast.programme.workspace, content=sheet.encode(), answers=EUR, by=cast.owner
    )
    line = (found.open or [payment.bank_line for payment in found.matched])[0]
    if found.open:
        match_line_by_hand(line=line, invoice=issued, by=cast.owner)
    payment = line.payment
    assert (payment.reference, status(issued)) == (text, "paid")
    assert [row.what for row in statement_rows(cast.partner, "EUR")] == ["Invoice INV-0001", "Payment: INV-0001"]
    delete_payment(payment=payment, by=cast.owner)
    assert status(issued) == "issued"
    assert BankLine.objects.get(pk=line.pk) in BankLine.objects.filter(payment=None)


def test_credit_that_was_carried_over_names_the_other_invoice_and_cannot_be_removed(client, cast, issued):
    record_payment(invoice=issued, amount=Decimal(149), on=DAY, by=cast.owner)
    lines = [("More", Decimal(1), Decimal(100))]
    draft = draft_invoice(partner=cast.partner, by=cast.owner, currency="EUR", lines=lines)
    following = issue_invoice(invoice=draft, by=cast.owner, on=DAY)
    carry_over(source=issued, target=following, on=DAY, by=cast.owner)
    given, taken = Payment.objects.filter(kind="carried_over").order_by("amount")
    assert (given.amount, given.description) == (-30, "carried over to INV-0002")
    assert (taken.amount, taken.description) == (30, "carried over from INV-0001")
    for payment in (given, taken):
        with pytest.raises(ServiceError, match="carry it back"):
            delete_payment(payment=payment, by=cast.owner)
    assert [row.what for row in statement_rows(cast.partner, "EUR") if "over" in row.what] == [
        "Carried over: INV-0001",
        "Carried over: INV-0002",
    ]
    client.force_login(cast.coordinator)
    page = client.get(issued.get_absolute_url()).content.decode()
    assert "carried over to INV-0002" in page
    assert reverse("partners:payment-delete", args=[issued.pk, given.pk]) not in page


# ------------------------------------------------------------------ pages


def upload(client, cast, content, currency="EUR"):
    file = SimpleUploadedFile("statement.csv", content, content_type="text/csv")
    return client.post(bank_url(cast), {"file": file, "currency": currency})


def bank_url(cast):
    return reverse("partners:bank-import", args=[cast.programme.slug])


@pytest.fixture
def waiting(cast, issued):
    """A line that names no invoice."""
    sheet = b"date,amount,payer,reference\n2027-03-01,100.00,Soil Fund,thanks\n"
    (line,) = import_bank_statement(workspace=cast.programme.workspace, content=sheet, answers=EUR, by=cast.owner).open
    return line


def test_a_statement_is_uploaded_and_the_page_says_what_came_of_it(client, cast, issued):
    client.force_login(cast.coordinator)
    response = upload(client, cast, BANK.replace("05.03.2027;oops;EUR;X;Y\n", "").encode())
    assert response.status_code == 302
    page = client.get(response.url).content.decode()
    assert "Statement imported: 1 payment recorded, 2 payments to check, 1 outgoing payment left out." in page
    assert "no number here" in page
    assert status(issued) == "paid"


def test_lines_that_cannot_be_read_are_shown_before_anything_is_imported(client, cast, issued):
    client.force_login(cast.coordinator)
    review = upload(client, cast, BANK.encode()).url
    page = client.get(review).content.decode()
    assert "Line 6: “oops” is not an amount." in page
    assert status(issued) == "issued"
    assert "1 line not readable" in client.get(client.post(review).url).content.decode()
    assert status(issued) == "paid"
    assert not BankStatement.objects.exists()
    assert client.get(review).status_code == 404


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"who,how much\nA,1\n", "at least a date and an amount"),
        (b"", "The submitted file is empty"),
        (b"date,amount\n" + b"x" * 10 * 1024 * 1024, "The file is larger than 10 MB."),
        (b"\x00\x01\x02", "This is not a text file."),
    ],
)
def test_a_file_that_is_no_statement_is_refused_with_a_reason(client, cast, content, words):
    client.force_login(cast.coordinator)
    response = upload(client, cast, content)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not BankLine.objects.exists()


@pytest.mark.parametrize(
    "content",
    [
        "Buchungstag;Betrag;Verwendungszweck\n01.03.27;119,00;Müller INV-0001\n".encode("cp1252"),
        "\ufeffFecha\tImporte\tConcepto\n31/03/2027\t119,00\tINV-0001\n".encode(),
        'date,amount,description\r\n\r\n2027/03/01,"119.00","INV-0001, thanks"\r\n'.encode("utf-16"),
    ],
)
def test_statements_are_read_in_the_encodings_and_with_the_delimiters_of_banks(cast, issued, content):
    result = import_bank_statement(workspace=cast.programme.workspace, content=content, answers=EUR, by=cast.owner)
    assert [(payment.amount, payment.on.month) for payment in result.matched] == [(119, 3)]


def test_a_line_keeps_the_key_of_earlier_versions(cast, issued):
    sheet = b"date,amount,reference\n2027-03-01,5,tea\n2027-03-01,5,tea\n"
    import_bank_statement(workspace=cast.programme.workspace, content=sheet, answers=EUR, by=cast.owner)
    keys = {hashlib.sha256(f"2027-03-01|5.00|EUR||tea|{n}".encode()).hexdigest() for n in (1, 2)}
    assert set(BankLine.objects.values_list("key", flat=True)) == keys


def test_a_line_is_matched_on_the_page_and_then_waits_no_more(client, cast, issued, waiting):
    client.force_login(cast.coordinator)
    url = reverse("partners:bank-line-match", args=[waiting.pk])
    for choice in ("", "999999", "x"):
        client.post(url, {"invoice": choice})
        assert "Choose the invoice" in client.get(bank_url(cast)).content.decode()
    client.post(url, {"invoice": issued.pk})
    assert (status(issued), waiting.payment.amount) == ("part_paid", 100)
    assert "Nothing to check" in client.get(bank_url(cast)).content.decode()
    client.post(url, {"invoice": issued.pk})
    assert "already been dealt with" in client.get(bank_url(cast)).content.decode()
    assert issued.payments.count() == 1


def test_a_line_in_another_currency_pays_no_invoice(client, cast, issued):
    sheet = b"date,amount,currency\n2027-03-01,100.00,usd\n"
    (line,) = import_bank_statement(workspace=cast.programme.workspace, content=sheet, answers=EUR, by=cast.owner).open
    client.force_login(cast.coordinator)
    client.post(reverse("partners:bank-line-match", args=[line.pk]), {"invoice": issued.pk})
    assert "The payment is in USD, but the invoice is in EUR." in client.get(bank_url(cast)).content.decode()
    assert status(issued) == "issued"


def test_a_line_that_is_ignored_waits_no_more_and_a_matched_one_stays(client, cast, issued, waiting):
    client.force_login(cast.coordinator)
    url = reverse("partners:bank-line-match", args=[waiting.pk])
    client.post(url, {"ignore": "1"})
    assert BankLine.objects.get(pk=waiting.pk).ignored
    assert "Nothing to check" in client.get(bank_url(cast)).content.decode()
    BankLine.objects.update(ignored=False)
    match_line_by_hand(line=waiting, invoice=issued, by=cast.owner)
    client.post(url, {"ignore": "1"})
    assert not BankLine.objects.get(pk=waiting.pk).ignored


def test_only_coordinators_of_the_programme_see_its_bank(client, cast, waiting):
    url = reverse("partners:bank-line-match", args=[waiting.pk])
    for user in (cast.viewer, cast.contact, cast.mentor, cast.stranger, cast.other_contact):
        client.force_login(user)
        assert client.get(bank_url(cast)).status_code in (403, 404), user
        assert client.post(url, {"ignore": "1"}).status_code in (403, 404), user
    assert not BankLine.objects.get(pk=waiting.pk).ignored


# ------------------------------------------------------------------ returns, refunds, doubts


def book(cast, text, **answers):
    content = text if isinstance(text, bytes) else text.encode()
    return import_bank_statement(
        workspace=cast.programme.workspace, content=content, answers={**EUR, **answers}, by=cast.owner
    )


PAID = "Date;Amount;Payer;Reference\n2027-03-01;119,00;Soil Fund;INV-0001\n"
RETURNED = PAID + "2027-03-05;-119,00;Soil Fund;INV-0001 Rücklastschrift\n"


def test_a_returned_payment_opens_its_invoice_again_and_both_stay_on_record(cast, issued):
    result = book(cast, RETURNED)
    assert (len(result.matched), len(result.returned), status(issued)) == (1, 1, "issued")
    paid, returned = issued.payments.all()
    assert (returned.returned_payment, returned.amount, paid.not_returned) == (paid, -119, 0)
    assert [row.what for row in statement_rows(cast.partner, "EUR")][1:] == [
        "Payment: INV-0001",
        "Returned by the bank: INV-0001",
    ]
    with pytest.raises(ServiceError, match="Take the return back first"):
        delete_payment(payment=paid, by=cast.owner)
    delete_payment(payment=returned, by=cast.owner)
    assert status(issued) == "paid"


def test_the_newest_line_may_come_first_and_a_later_file_may_bring_the_return(cast, issued):
    head, paid, returned = RETURNED.splitlines()
    assert len(book(cast, f"{head}\n{paid}\n").matched) == 1
    result = book(cast, f"{head}\n{returned}\n{paid}\n")
    assert (result.known, len(result.returned), status(issued)) == (1, 1, "issued")


DOUBTS = {
    "2027-03-01;200,00;Soil Fund;INV-0001": "More than the amount open on INV-0001",
    "2027-03-02;119,00;Soil Fund;INV-0001 refund": "a returned payment",
    "2027-03-03;119,00;Soil Fund;Rechnung 1": "Perhaps for INV-0001.",
    "2027-03-04;119,00;Soil Fund;November": "No invoice number.",
    "2027-03-05;-20,00;Soil Fund;INV-0001 Rückgabe": "No payment of this amount is recorded for INV-0001.",
    "2027-03-06;-20,00;Soil Fund;Gutschrift zu INV-0001": "A payment that you made.",
}


def test_what_is_not_beyond_doubt_is_asked_with_the_reason(client, cast, issued):
    result = book(cast, "\n".join(["Date;Amount;Payer;Reference", *DOUBTS]))
    assert (len(result.open), status(issued), issued.payments.count()) == (6, "issued", 0)
    offered = open_lines(cast.programme.workspace, result.open)
    assert [doubt in one.doubt for one, doubt in zip(offered, DOUBTS.values(), strict=True)] == [True] * 6
    assert [one.chosen for one in offered] == [issued.pk] * 4 + [None] * 2
    client.force_login(cast.coordinator)
    page = client.get(bank_url(cast)).content.decode()
    assert all(doubt in page for doubt in DOUBTS.values())


def test_the_same_payment_from_another_file_or_by_hand_is_not_counted_twice(cast, issued):
    record_payment(invoice=issued, amount=Decimal(50), on=date(2027, 3, 1), by=cast.owner, reference="by hand")
    sheet = "Date;Amount;Payer;Reference\n2027-03-01;50,00;Soil Fund;INV-0001\n"
    (line,) = book(cast, sheet).open
    assert "is already recorded for INV-0001" in open_lines(cast.programme.workspace, [line])[0].doubt
    twice = "Date;Amount;Payer;Reference\n2027-03-02;10,00;Soil Fund;INV-0001\n2027-03-02;10,00;Soil Fund;INV-0001\n"
    assert len(book(cast, twice).matched) == 2  # two lines of one file are two payments


def test_too_much_is_matched_by_hand_and_paid_back_by_the_bank_or_recorded(client, cast, issued):
    (line,) = book(cast, "Date;Amount;Payer;Reference\n2027-03-01;200,00;Soil Fund;INV-0001\n").open
    match_line_by_hand(line=line, invoice=issued, by=cast.owner)
    (out,) = book(cast, "Date;Amount;Payer;Reference\n2027-03-09;-50,00;Soil Fund;INV-0001 zu viel\n").open
    client.force_login(cast.coordinator)
    client.post(reverse("partners:bank-line-match", args=[out.pk]), {"invoice": issued.pk})
    assert issued.payments.get(kind="refunded").amount == -50
    form = {"refund-amount": "40", "refund-on": "2027-03-10"}
    url = reverse("partners:refund-create", args=[issued.pk])
    assert "INV-0001 has only 31.00" in client.post(url, form).content.decode().replace("\xa0", " ")
    assert client.post(url, {**form, "refund-amount": "31"}).status_code == 302
    assert (Invoice.objects.get(pk=issued.pk).balance, status(issued)) == (0, "paid")


def test_a_return_with_a_charge_is_chosen_by_hand(client, cast, issued):
    book(cast, PAID)
    (line,) = book(cast, "Date;Amount;Payer;Reference\n2027-03-09;-122,50;Soil Fund;Rücklastschrift\n").open
    (offered,) = open_lines(cast.programme.workspace, [line])
    client.force_login(cast.coordinator)
    client.post(reverse("partners:bank-line-match", args=[line.pk]), {"payment": offered.payments[0].pk})
    assert issued.payments.get(kind="returned").amount == -119
    assert status(issued) == "issued"


ASKING = b"Date,Amount,Currency,Payer,Reference\n05/03/2027,1.190,EUR,Soil Fund,INV-0001\n"


def test_what_a_file_leaves_open_is_asked_once_and_remembered_for_the_banks_layout(client, cast, issued):
    client.force_login(cast.coordinator)
    review = upload(client, cast, ASKING, "").url
    page = client.get(review).content.decode()
    assert "Which day is “05/03/2027”?" in page
    assert "How much is “1.190”?" in page
    assert "Choose one." in client.post(review).content.decode()
    client.post(review, {"days": "dmy", "decimal": ","})
    assert "5 Mar 2027" in client.get(review).content.decode()
    client.post(review)
    (line,) = BankLine.objects.all()
    assert (line.on, line.amount) == (date(2027, 3, 5), 1190)
    again = ASKING.replace(b"05/03", b"06/03").replace(b"1.190", b"1.191")
    assert upload(client, cast, again, "").url == bank_url(cast)
    assert BankLine.objects.get(on=date(2027, 3, 6)).amount == 1191
    assert "Day, month, year; decimal comma" in client.get(bank_url(cast)).content.decode()
    client.post(reverse("partners:bank-layout-forget", args=[BankLayout.objects.get().pk]))
    assert upload(client, cast, ASKING, "").url != bank_url(cast)


def test_answers_can_be_changed_and_the_file_discarded_before_anything_is_booked(client, cast, issued):
    client.force_login(cast.coordinator)
    review = upload(client, cast, ASKING.replace(b"1.190", b"1.195"), "").url
    client.post(review, {"days": "dmy", "decimal": "."})
    assert "EUR has 2 decimals" in client.get(review).content.decode()
    client.post(review, {"reset": "1"})
    assert "Which day is" in client.get(review).content.decode()
    client.post(review, {"discard": "1", "confirmed": "yes"})
    assert not BankStatement.objects.exists()
    assert not BankLine.objects.exists()


def test_only_coordinators_of_the_programme_see_its_uploaded_files(client, cast, issued):
    client.force_login(cast.coordinator)
    review = upload(client, cast, ASKING, "").url
    for user in (cast.viewer, cast.contact, cast.mentor, cast.stranger, cast.other_contact):
        client.force_login(user)
        assert {client.get(review).status_code, client.post(review).status_code} <= {403, 404}, user
