"""Invoices from draft to paid."""

import hashlib
import io
from datetime import date
from decimal import Decimal

import pypdf
import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from mentorship.core import frozen_rows
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import PartnerFactory
from mentorship.devtools.testing.pages import SURE
from partners.billing.services import (
    delete_draft,
    draft_credit_note,
    draft_invoice,
    issue_credit_note,
    issue_invoice,
    set_lines,
)
from partners.costs.services import Payer, add_cost, agree_share, propose_split
from partners.models import Invoice, IssuedDocument, NumberSeries, Partner
from partners.sponsorships.services import add_instalment, save_sponsorship, split_instalments
from partners.tests.invoices import DAY, status

pytestmark = pytest.mark.django_db


def test_issuing_gives_a_number_a_pdf_and_a_mail(cast, issued):
    assert (issued.number, issued.net, issued.tax, issued.gross) == ("INV-0001", 100, 19, 119)
    assert issued.due_on == date(2027, 3, 3)
    document = IssuedDocument.objects.get(invoice=issued)
    assert hashlib.sha256(bytes(document.pdf)).hexdigest() == document.sha256
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(bytes(document.pdf))).pages)
    for word in ("INV-0001", "Open Seeds e.V.", "119.00 EUR", "A workshop", "DE02120300000000202051"):
        assert word in text.replace("\xa0", " ")
    mail = OutboxMessage.objects.get(kind="invoice")
    assert mail.to == ["bills@example.org"]
    assert "119.00" in mail.full_text


def test_a_failed_issue_uses_no_number(cast, biller):
    numbers = []
    for n in range(6):
        draft = draft_invoice(
            partner=cast.partner, by=cast.owner, currency="EUR", lines=[("x", Decimal(1), Decimal(n % 2))]
        )
        try:
            numbers.append(issue_invoice(invoice=draft, by=cast.owner, on=DAY).number)
        except ServiceError:
            assert n % 2 == 0  # nothing to pay
    assert numbers == ["INV-0001", "INV-0002", "INV-0003"]


def test_a_number_that_was_rolled_back_is_used_by_the_next_invoice(cast, draft):
    class Stop(Exception):
        pass

    try:
        with transaction.atomic():
            issue_invoice(invoice=draft, by=cast.owner, on=DAY)
            raise Stop
    except Stop:
        pass
    assert not OutboxMessage.objects.filter(kind="invoice").exists()
    assert not NumberSeries.objects.filter(last__gt=0).exists()
    assert issue_invoice(invoice=Invoice.objects.get(pk=draft.pk), by=cast.owner, on=DAY).number == "INV-0001"


CHANGES = [
    "UPDATE partners_invoice SET gross = 1 WHERE id = {pk}",
    "UPDATE partners_invoice SET number = 'INV-0009' WHERE id = {pk}",
    "UPDATE partners_invoice SET status = 'draft', number = '', sequence = NULL WHERE id = {pk}",
    "UPDATE partners_invoice SET partner_id = {other} WHERE id = {pk}",
    "DELETE FROM partners_invoice WHERE id = {pk}",
    "UPDATE partners_invoiceline SET text = 'else' WHERE invoice_id = {pk}",
    "DELETE FROM partners_invoiceline WHERE invoice_id = {pk}",
    "INSERT INTO partners_invoiceline (invoice_id, position, text, quantity, price, amount) "
    "VALUES ({pk}, 9, 'more', 1, 1, 1)",
    "UPDATE partners_issueddocument SET sha256 = '' WHERE invoice_id = {pk}",
    "DELETE FROM partners_issueddocument WHERE invoice_id = {pk}",
]


@pytest.mark.postgresql
@pytest.mark.parametrize("statement", CHANGES)
def test_raw_sql_cannot_change_an_issued_invoice(cast, issued, statement):
    other = PartnerFactory(workspace=cast.programme.workspace)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(pk=issued.pk, other=other.pk))


def test_without_the_triggers_an_issued_invoice_can_be_changed(cast, issued):
    frozen_rows.remove()
    with connection.cursor() as cursor:
        cursor.execute(CHANGES[0].format(pk=issued.pk))
    assert Invoice.objects.get(pk=issued.pk).gross == 1
    frozen_rows.install()
    frozen_rows.install()  # as often as one likes
    with pytest.raises(DatabaseError), transaction.atomic():
        Invoice.objects.filter(pk=issued.pk).update(gross=2)


def test_a_draft_can_be_changed_and_deleted(cast, draft):
    set_lines(invoice=draft, lines=[("Other", Decimal(3), Decimal("10.10"))], by=cast.owner)
    assert Invoice.objects.get(pk=draft.pk).gross == Decimal("36.06")
    delete_draft(invoice=draft, by=cast.owner)
    assert not Invoice.objects.exists()


def test_a_full_credit_note_closes_the_invoice_and_lets_its_items_be_billed_again(cast, biller):
    cast.sponsorship.amount = Decimal(1000)
    save_sponsorship(sponsorship=cast.sponsorship, by=cast.owner)
    part = add_instalment(
        sponsorship=cast.sponsorship, due_on=DAY, amount=Decimal(400), what="on signing", by=cast.owner
    )
    invoice = draft_invoice(partner=cast.partner, by=cast.owner, instalments=[part])
    with pytest.raises(ServiceError, match="on an invoice already"):
        draft_invoice(partner=cast.partner, by=cast.owner, instalments=[part])
    issue_invoice(invoice=invoice, by=cast.owner, on=DAY)
    note = draft_credit_note(invoice=invoice, by=cast.owner)
    credited = issue_credit_note(note=note, by=cast.owner, on=DAY)
    assert (credited.number, credited.gross, status(invoice)) == ("CN-0001", 476, "credited")
    part.refresh_from_db()
    assert part.invoice is None
    with pytest.raises(ServiceError):
        draft_credit_note(invoice=invoice, by=cast.owner)


def test_a_partial_credit_leaves_the_rest_open_and_cannot_exceed_it(cast, issued):
    note = draft_credit_note(invoice=issued, by=cast.owner, lines=[("One of two", Decimal(1), Decimal(50))])
    issue_credit_note(note=note, by=cast.owner, on=DAY)
    assert (status(issued), Invoice.objects.get(pk=issued.pk).balance) == ("part_paid", Decimal("59.5"))
    more = draft_credit_note(invoice=issued, by=cast.owner, lines=[("Too much", Decimal(1), Decimal(51))])
    with pytest.raises(ServiceError, match=r"59\.50"):
        issue_credit_note(note=more, by=cast.owner, on=DAY)


def test_split_instalments_add_up_to_the_amount_to_the_last_cent(cast):
    cast.sponsorship.amount = Decimal("1000.00")
    save_sponsorship(sponsorship=cast.sponsorship, by=cast.owner)
    split_instalments(sponsorship=cast.sponsorship, number=3, first=date(2027, 1, 31), months=1, by=cast.owner)
    parts = list(cast.sponsorship.instalments.values_list("amount", "due_on"))
    assert parts == [
        (Decimal("333.34"), date(2027, 1, 31)),
        (Decimal("333.33"), date(2027, 2, 28)),
        (Decimal("333.33"), date(2027, 3, 31)),
    ]
    with pytest.raises(ServiceError, match=r"0\.00"):
        add_instalment(sponsorship=cast.sponsorship, due_on=DAY, amount=Decimal(1), what="", by=cast.owner)


def test_agreed_shares_are_billed_in_the_payers_currency(cast, biller, make_cost):
    cost = add_cost(cost=make_cost(), by=cast.owner)
    payer = Payer(cast.partner, "percent", Decimal(100), Decimal("1.17"), DAY)
    cast.partner.currency = "USD"
    cast.partner.save()
    (share,) = propose_split(cost=cost, payers=[payer], by=cast.owner)
    with pytest.raises(ServiceError, match="not agreed"):
        draft_invoice(partner=cast.partner, by=cast.owner, shares=[share])
    agree_share(share=share, by=cast.contact)
    invoice = draft_invoice(partner=cast.partner, by=cast.owner, shares=[share])
    assert (invoice.currency, invoice.net) == ("USD", Decimal("585.00"))
    assert "1.17" in invoice.lines.get().text


def test_the_pages_from_draft_to_paid(client, cast, biller):
    client.force_login(cast.coordinator)
    client.post(reverse("partners:invoice-create", args=[cast.partner.slug]), {})
    invoice = Invoice.objects.get()
    form = {
        "lines-TOTAL_FORMS": "1",
        "lines-INITIAL_FORMS": "0",
        "lines-0-text": "Advice",
        "lines-0-quantity": "2",
        "lines-0-price": "10.00",
        "language": "de",
        "terms_days": "14",
        "tax_category": "S",
        "tax_percent": "19",
        "e_invoice": "on",
        "po_number": "PO-7",
    }
    edit = reverse("partners:invoice-edit", args=[invoice.pk])
    assert client.post(edit, {**form, "tax_percent": "0"}).status_code == 422
    assert client.post(edit, form).status_code == 302
    client.post(reverse("partners:invoice-issue", args=[invoice.pk]), SURE)
    page = client.get(invoice.get_absolute_url()).content.decode()
    assert "INV-0001" in page
    pdf = client.get(reverse("partners:invoice-pdf", args=[invoice.pk]))
    assert "Rechnung" in pypdf.PdfReader(io.BytesIO(pdf.content)).pages[0].extract_text()
    assert b"PO-7" in client.get(reverse("partners:invoice-xml", args=[invoice.pk])).content
    client.post(reverse("partners:payment-create", args=[invoice.pk]), {"amount": "23.80", "on": "2027-03-01"})
    assert status(invoice) == "paid"
    listed = client.get(reverse("partners:invoice-list") + "?status=paid&format=csv").content.decode()
    assert "INV-0001" in listed
    assert "23.8" in listed


def test_who_sees_invoices(client, cast, issued, draft):
    urls = [reverse(f"partners:{name}", args=[issued.pk]) for name in ("invoice-detail", "invoice-pdf", "invoice-xml")]
    for url in [*urls, reverse("partners:statement-detail", args=[cast.partner.slug])]:
        for user, code in [
            (cast.contact, 200),
            (cast.viewer, 200),
            (cast.other_contact, 404),
            (cast.stranger, 404),
            (cast.mentor, 404),
            (cast.mentee, 404),
        ]:
            client.force_login(user)
            assert client.get(url).status_code == code, (url, user)
    client.force_login(cast.contact)
    hidden = draft_invoice(partner=cast.partner, by=cast.owner, currency="EUR", lines=[("z", Decimal(1), Decimal(1))])
    assert client.get(hidden.get_absolute_url()).status_code == 404
    for name in ("fund-list", "cost-list", "report-list"):
        assert client.get(reverse(f"partners:{name}")).status_code == 404
    assert client.post(reverse("partners:invoice-credit", args=[issued.pk])).status_code == 404


def test_the_link_in_the_mail_opens_that_pdf_and_no_other(client, cast, issued):
    link = next(w for w in OutboxMessage.objects.get(kind="invoice").full_text.split() if "/paper/" in w)
    path = link[link.index("/partners/") :]
    assert client.get(path).content == bytes(issued.document.pdf)
    assert client.get(path[:-3] + "xx/").status_code == 404


def test_the_list_takes_constant_queries(client, cast, biller, django_assert_max_num_queries):
    client.force_login(cast.coordinator)
    for _ in range(2):
        for n in range(4):
            lines = [(f"{n}", Decimal(1), Decimal(5))]
            draft_invoice(partner=cast.partner, by=cast.owner, currency="EUR", lines=lines)
        with django_assert_max_num_queries(16):
            assert client.get(reverse("partners:invoice-list")).status_code == 200


def test_a_draft_to_another_country_warns_that_the_usual_rate_may_not_apply(client, cast, biller, draft):
    client.force_login(cast.coordinator)

    def hint():
        return "usual rate in Germany" in client.get(draft.get_absolute_url()).content.decode()

    assert not hint()  # the partner is in Germany, as is the biller
    for country, warns in (("FR", True), ("", True), ("DE", False)):
        Partner.objects.filter(pk=cast.partner.pk).update(country=country)
        assert hint() == warns
    Partner.objects.filter(pk=cast.partner.pk).update(country="FR")
    Invoice.objects.filter(pk=draft.pk).update(tax_category=Invoice.Tax.REVERSE, tax_percent=0, exempt_reason="Reverse")
    assert not hint()
