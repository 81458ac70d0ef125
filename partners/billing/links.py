"""The signed link with which a partner opens the PDF of an issued invoice."""

from datetime import timedelta

from mentorship.core.links import SignedLink

# Holds the id of the invoice. It never expires: auditors ask for invoices after years.
INVOICE_PDF = SignedLink("partners:invoice-by-link", "partners.paper", max_age=timedelta(days=3 * 366))
