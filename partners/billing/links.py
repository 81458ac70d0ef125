"""The signed link with which a partner opens the PDF of an issued invoice."""

from mentorship.core.links import SignedLink

INVOICE_PDF = SignedLink("partners:invoice-by-link", "partners.paper")  # the id of the invoice
