"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path

from mentorship import home, rounds
from mentorship.persons.views import my_data

urlpatterns = [
    path("", home.home, name="home"),
    path("health/", home.health, name="health"),
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
