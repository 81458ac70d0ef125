"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path

from mentorship import home, rounds
from mentorship.outbox import health
from mentorship.outbox.reports import mail_report
from mentorship.persons.views import my_data

urlpatterns = [
    path("", home.home, name="home"),
    path("health/", health.answer, name="health"),
    path("health/page/", health.HealthPage.as_view(), name="health-page"),
    path("mail-reports/<slug:provider>/", mail_report, name="mail-report"),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("profile/data/", my_data, name="my-data"),
    path("profile/", include("mentorship.accounts.urls")),
    path("messages/", include("mentorship.outbox.urls")),
    path("operator/", admin.site.urls),
    path("partners/", include("partners.urls")),
    path("", include("checkins.urls")),
    path("", include("training.urls")),
    path("", include("matching.urls")),
    path("cohorts/<slug:cohort_slug>/repeat/", rounds.Repeat.as_view(), name="repeat"),
    path("", include("cohorts.urls")),
]
