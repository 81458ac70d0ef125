"""Addresses of invoices, payments, bank statements and who bills."""

from django.urls import path

from partners.billing.views import bank, biller, documents, invoices, payments

urlpatterns = [
    path("invoices/", invoices.InvoiceList.as_view(), name="invoices"),
    path("invoices/<int:pk>/", invoices.InvoiceDetail.as_view(), name="invoice"),
    path("invoices/<int:pk>/edit/", invoices.DraftEdit.as_view(), name="invoice-edit"),
    path("invoices/<int:pk>/do/", invoices.InvoiceDo.as_view(), name="invoice-do"),
    path("invoices/<int:pk>/pay/", payments.PaymentAdd.as_view(), name="invoice-pay"),
    path("invoices/<int:pk>/payments/<int:payment>/", payments.PaymentRemove.as_view(), name="invoice-payment-remove"),
    path("invoices/<int:pk>/pdf/", documents.InvoicePaper.as_view(), name="invoice-pdf"),
    path("invoices/<int:pk>/xml/", documents.InvoicePaper.as_view(kind="xml"), name="invoice-xml"),
    path("paper/<str:token>/", documents.PaperByLink.as_view(), name="paper"),
    path("biller/<slug:programme_slug>/", biller.BillerEdit.as_view(), name="biller"),
    path("bank/<slug:programme_slug>/", bank.BankPage.as_view(), name="bank"),
    path("bank-lines/<int:pk>/", bank.BankLineMatch.as_view(), name="bank-match"),
]

# Below the address of one partner.
partner_urlpatterns = [
    path("bill/", invoices.Bill.as_view(), name="bill"),
    path("statement/", documents.Statement.as_view(), name="statement"),
]
