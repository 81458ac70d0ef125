"""Addresses of partners. Those that begin with a word of our own come first; see RESERVED in services.records."""

from django.urls import path

from partners.billing.views import bank as bank_views
from partners.billing.views import biller as biller_views
from partners.billing.views import documents as documents_views
from partners.billing.views import invoices as invoices_views
from partners.billing.views import payments as payments_views
from partners.contributions import views as contributions_views
from partners.costs.views import costs as costs_views
from partners.costs.views import funds as funds_views
from partners.costs.views import outstanding as outstanding_views
from partners.costs.views import split as split_views
from partners.records import views as records_views
from partners.reports import views as reports_views
from partners.sponsorships import views as sponsorships_views

app_name = "partners"
urlpatterns = [
    path("", records_views.PartnerList.as_view(), name="list"),
    path("new/", records_views.PartnerCreate.as_view(), name="create"),
    path("my-hours/", contributions_views.MyHours.as_view(), name="my-hours"),
    path("funds/", funds_views.FundList.as_view(), name="funds"),
    path("funds/new/", funds_views.FundCreate.as_view(), name="fund-create"),
    path("funds/<int:pk>/", funds_views.FundEdit.as_view(), name="fund-edit"),
    path("costs/", costs_views.CostList.as_view(), name="costs"),
    path("costs/owing/", outstanding_views.WhoOwes.as_view(), name="owing"),
    path("costs/new/", costs_views.CostCreate.as_view(), name="cost-create"),
    path("costs/<int:pk>/", costs_views.CostDetail.as_view(), name="cost"),
    path("costs/<int:pk>/edit/", costs_views.CostEdit.as_view(), name="cost-edit"),
    path("costs/<int:pk>/file/", costs_views.CostFile.as_view(), name="cost-file"),
    path("costs/<int:pk>/split/", split_views.CostSplit.as_view(), name="cost-split"),
    path("shares/<int:pk>/", split_views.ShareAnswer.as_view(), name="share-answer"),
    path("invoices/", invoices_views.InvoiceList.as_view(), name="invoices"),
    path("invoices/<int:pk>/", invoices_views.InvoiceDetail.as_view(), name="invoice"),
    path("invoices/<int:pk>/edit/", invoices_views.DraftEdit.as_view(), name="invoice-edit"),
    path("invoices/<int:pk>/do/", invoices_views.InvoiceDo.as_view(), name="invoice-do"),
    path("invoices/<int:pk>/pay/", payments_views.PaymentAdd.as_view(), name="invoice-pay"),
    path(
        "invoices/<int:pk>/payments/<int:payment>/",
        payments_views.PaymentRemove.as_view(),
        name="invoice-payment-remove",
    ),
    path("invoices/<int:pk>/pdf/", documents_views.InvoicePaper.as_view(), name="invoice-pdf"),
    path("invoices/<int:pk>/xml/", documents_views.InvoicePaper.as_view(kind="xml"), name="invoice-xml"),
    path("paper/<str:token>/", documents_views.PaperByLink.as_view(), name="paper"),
    path("biller/<slug:programme_slug>/", biller_views.BillerEdit.as_view(), name="biller"),
    path("bank/<slug:programme_slug>/", bank_views.Bank.as_view(), name="bank"),
    path("bank-lines/<int:pk>/", bank_views.BankMatch.as_view(), name="bank-match"),
    path("reports/", reports_views.ReportList.as_view(), name="reports"),
    path("reports/new/", reports_views.ReportCreate.as_view(), name="report-create"),
    path("reports/<int:pk>/", reports_views.ReportDetail.as_view(), name="report"),
    path("reports/<int:pk>/edit/", reports_views.ReportEdit.as_view(), name="report-edit"),
    path("reports/<int:pk>/publish/", reports_views.ReportPublish.as_view(), name="report-publish"),
    path("reports/<int:pk>/links/<int:link>/", reports_views.LinkRevoke.as_view(), name="report-link-revoke"),
    path("reports/<int:pk>/<int:number>/", reports_views.VersionPage.as_view(), name="version"),
    path("reports/<int:pk>/<int:number>/share/", reports_views.VersionShare.as_view(), name="version-share"),
    path(
        "reports/<int:pk>/<int:number>/beside/<int:other>/",
        reports_views.VersionCompare.as_view(),
        name="version-compare",
    ),
    path("shared/<str:token>/", reports_views.SharedVersion.as_view(), name="shared"),
    path("quotes/<slug:cohort_slug>/", reports_views.Quotes.as_view(), name="quotes"),
    path("sponsorships/<int:pk>/", sponsorships_views.SponsorshipDetail.as_view(), name="sponsorship"),
    path("sponsorships/<int:pk>/edit/", sponsorships_views.SponsorshipEdit.as_view(), name="sponsorship-edit"),
    path("sponsorships/<int:pk>/instalments/", sponsorships_views.InstalmentAdd.as_view(), name="instalment-add"),
    path(
        "sponsorships/<int:pk>/instalments/<int:instalment>/",
        sponsorships_views.InstalmentRemove.as_view(),
        name="instalment-remove",
    ),
    path("sponsorships/<int:pk>/deliverables/", sponsorships_views.DeliverableAdd.as_view(), name="deliverable-add"),
    path(
        "sponsorships/<int:pk>/deliverables/<int:deliverable>/",
        sponsorships_views.DeliverableEdit.as_view(),
        name="deliverable",
    ),
    path("sponsorships/<int:pk>/ask/", records_views.SponsoredAsk.as_view(), name="sponsored-ask"),
    path("people/<int:pk>/", records_views.PersonAnswer.as_view(), name="person-answer"),
    path("<slug:slug>/", records_views.PartnerDetail.as_view(), name="partner"),
    path("<slug:slug>/edit/", records_views.PartnerEdit.as_view(), name="edit"),
    path("<slug:slug>/logo/", records_views.LogoFile.as_view(), name="logo"),
    path("<slug:slug>/logo/change/", records_views.LogoEdit.as_view(), name="logo-edit"),
    path("<slug:slug>/people/", records_views.PersonLend.as_view(), name="person-lend"),
    path("<slug:slug>/bill/", invoices_views.Bill.as_view(), name="bill"),
    path("<slug:slug>/statement/", documents_views.Statement.as_view(), name="statement"),
    path("<slug:slug>/contacts/invite/", records_views.ContactInvite.as_view(), name="contact-invite"),
    path("<slug:slug>/contacts/<int:pk>/remove/", records_views.ContactRemove.as_view(), name="contact-remove"),
    path("<slug:slug>/sponsorships/add/", sponsorships_views.SponsorshipAdd.as_view(), name="sponsorship-add"),
    path(
        "<slug:slug>/sponsorships/<int:pk>/remove/",
        sponsorships_views.SponsorshipRemove.as_view(),
        name="sponsorship-remove",
    ),
    path("<slug:slug>/contributions/", contributions_views.ContributionList.as_view(), name="contributions"),
    path("<slug:slug>/contributions/add/", contributions_views.ContributionAdd.as_view(), name="contribution-add"),
    path("<slug:slug>/contributions/<int:pk>/given/", contributions_views.GivenAdd.as_view(), name="given-add"),
    path("<slug:slug>/contributions/<int:pk>/thanked/", contributions_views.Acknowledge.as_view(), name="acknowledge"),
    path("<slug:slug>/entries/<int:pk>/", contributions_views.EntryDo.as_view(), name="entry"),
    path("<slug:slug>/impact/<slug:cohort_slug>/", reports_views.ImpactPage.as_view(), name="impact"),
]
