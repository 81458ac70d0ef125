"""Addresses of partners, by subject.

A partner's own pages begin with its slug. They come last, because other addresses begin with fixed words, which are
RESERVED in `partners.records.services`.
"""

from django.urls import include, path

from partners.billing import urls as billing
from partners.contacts import urls as contacts
from partners.contributions import urls as contributions
from partners.costs import urls as costs
from partners.records import urls as records
from partners.reports import urls as reports
from partners.requirements import urls as requirements
from partners.sponsorships import urls as sponsorships
from partners.testimonials import urls as testimonials

app_name = "partners"
urlpatterns = [
    path("", include(records.urlpatterns)),
    path("", include(sponsorships.urlpatterns)),
    path("", include(contributions.urlpatterns)),
    path("", include(costs.urlpatterns)),
    path("", include(billing.urlpatterns)),
    path("", include(reports.urlpatterns)),
    path("", include(testimonials.urlpatterns)),
    path("", include(requirements.urlpatterns)),
    path("<slug:slug>/", include(records.partner_urlpatterns)),
    path("<slug:slug>/", include(contacts.partner_urlpatterns)),
    path("<slug:slug>/", include(requirements.partner_urlpatterns)),
    path("<slug:slug>/", include(sponsorships.partner_urlpatterns)),
    path("<slug:slug>/", include(contributions.partner_urlpatterns)),
    path("<slug:slug>/", include(billing.partner_urlpatterns)),
    path("<slug:slug>/", include(reports.partner_urlpatterns)),
]
