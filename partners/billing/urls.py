"""Addresses of invoices, payments, bank statements and the biller."""

from django.urls import path

from partners.billing.views import bank, biller, documents, invoices, journal, payments

urlpatterns = [
    path("invoices/", invoices.InvoiceList.as_view(), name="invoice-list"),
    path("invoices/<int:pk>/", invoices.InvoiceDetail.as_view(), name="invoice-detail"),
    path("invoices/<int:pk>/edit/", invoices.InvoiceEdit.as_view(), name="invoice-edit"),
    path("invoices/<int:pk>/issue/", invoices.InvoiceIssue.as_view(), name="invoice-issue"),
    path("invoices/<int:pk>/delete/", invoices.InvoiceDelete.as_view(), name="invoice-delete"),
    path("invoices/<int:pk>/credit/", invoices.InvoiceCredit.as_view(), name="invoice-credit"),
    path("invoices/<int:pk>/carry-over/", invoices.InvoiceCarryOver.as_view(), name="invoice-carry-over"),
    path("invoices/<int:pk>/pay/", payments.PaymentCreate.as_view(), name="payment-create"),
    path("invoices/<int:pk>/pay-back/", payments.RefundCreate.as_view(), name="refund-create"),
    path("invoices/<int:pk>/payments/<int:payment>/", payments.PaymentDelete.as_view(), name="payment-delete"),
    path("invoices/<int:pk>/pdf/", documents.InvoiceDocument.as_view(), name="invoice-pdf"),
    path("invoices/<int:pk>/draft.pdf", documents.DraftDocument.as_view(), name="invoice-draft-pdf"),
    path("invoices/<int:pk>/xml/", documents.InvoiceDocument.as_view(kind="xml"), name="invoice-xml"),
    path("paper/<str:token>/", documents.InvoiceByLink.as_view(), name="invoice-by-link"),
    path("biller/<slug:programme_slug>/", biller.BillerEdit.as_view(), name="biller-edit"),
    path("journal/<slug:programme_slug>/", journal.JournalPage.as_view(), name="journal-export"),
    path("bank/<slug:programme_slug>/", bank.BankPage.as_view(), name="bank-import"),
    path("bank-statements/<int:pk>/", bank.BankStatementDetail.as_view(), name="bank-statement-detail"),
    path("bank-layouts/<int:pk>/", bank.BankLayoutForget.as_view(), name="bank-layout-forget"),
    path("bank-lines/<int:pk>/", bank.BankLineMatch.as_view(), name="bank-line-match"),
]

# Below the address of one partner.
partner_urlpatterns = [
    path("bill/", invoices.InvoiceCreate.as_view(), name="invoice-create"),
    path("statement/", documents.StatementPage.as_view(), name="statement-detail"),
]
