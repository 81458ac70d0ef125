"""Credit carried over is a kind of payment that names the other invoice, no longer a reference in certain words.

The database checks that kind and counterpart fit together from the next migration on: PostgreSQL refuses to change a
table in the transaction that filled it.
"""

import django.db.models.deletion
from django.db import migrations, models

CARRIED_TO, CARRIED_FROM = "carried over to ", "carried over from "


def find_carried_over(apps, schema_editor):
    """Mark both payments of each credit that was carried over.

    The payment of the invoice that gave is below zero, as no other payment is. The one of the invoice that took names
    the first, has the same amount and day, and came from no bank line: a bank's text that merely begins with the same
    words is a payment that was received.
    """
    Invoice, Payment = apps.get_model("partners", "Invoice"), apps.get_model("partners", "Payment")
    marked = set()
    for given in Payment.objects.filter(amount__lt=0).select_related("invoice").order_by("pk"):
        number = given.reference.removeprefix(CARRIED_TO)
        taking = Invoice.objects.filter(
            workspace=given.invoice.workspace_id, partner=given.invoice.partner_id, currency=given.invoice.currency,
            number=number,
        )
        twins = Payment.objects.filter(
            invoice__in=taking, amount=-given.amount, on=given.on, bank_line=None,
            reference=f"{CARRIED_FROM}{given.invoice.number}",
        )
        # Both were written one after the other; of several alike, the first that follows.
        taken = twins.filter(pk__gt=given.pk).exclude(pk__in=marked).order_by("pk").first()
        counterpart = taken.invoice_id if taken else taking.values_list("pk", flat=True).first()
        _mark(Payment, given.pk, counterpart)
        if taken:
            marked.add(taken.pk)
            _mark(Payment, taken.pk, given.invoice_id)


def _mark(Payment, pk, counterpart):
    Payment.objects.filter(pk=pk).update(kind="carried_over", counterpart=counterpart, reference="")


def write_references(apps, schema_editor):
    """The way back: the words that stood for the kind."""
    Payment = apps.get_model("partners", "Payment")
    for payment in Payment.objects.filter(kind="carried_over").select_related("counterpart"):
        words = CARRIED_TO if payment.amount < 0 else CARRIED_FROM
        Payment.objects.filter(pk=payment.pk).update(reference=f"{words}{payment.counterpart.number}")


class Migration(migrations.Migration):
    dependencies = [("partners", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="payment",
            name="kind",
            field=models.CharField(
                choices=[("received", "received"), ("carried_over", "carried over")],
                default="received",
                editable=False,
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="payment",
            name="counterpart",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                help_text="The other invoice, where credit was carried over.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="carried_payments",
                to="partners.invoice",
            ),
        ),
        migrations.RunPython(find_carried_over, write_references),
    ]
