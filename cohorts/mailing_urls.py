"""Addresses of the mails to many, the weekly mail, and the calendar."""

from django.urls import path

from cohorts.views import calendar, mailing

urlpatterns = [
    path("cohorts/<slug:cohort_slug>/mailings/", mailing.MailingList.as_view(), name="mailings"),
    path("cohorts/<slug:cohort_slug>/mailings/new/", mailing.MailingCreate.as_view(), name="mailing-create"),
    path("cohorts/<slug:cohort_slug>/mailings/<int:pk>/", mailing.MailingDetail.as_view(), name="mailing"),
    path("cohorts/<slug:cohort_slug>/mailings/<int:pk>/edit/", mailing.MailingEdit.as_view(), name="mailing-edit"),
    path("cohorts/<slug:cohort_slug>/weekly/", mailing.Weekly.as_view(), name="weekly"),
    path("necessary-mails-only/<str:token>/", mailing.NecessaryOnly.as_view(), name="opt-out"),
    path("calendar/", calendar.Calendar.as_view(), name="calendar"),
    path("calendar/<str:token>.ics", calendar.CalendarFeed.as_view(), name="calendar-feed"),
]
