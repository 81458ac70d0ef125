"""Addresses of mailings, the weekly mail, and the calendar."""

from django.urls import path

from cohorts.calendar import views as calendar_views
from cohorts.mailings.views import mailings as mailings_views
from cohorts.mailings.views import opt_out as opt_out_views
from cohorts.mailings.views import weekly as weekly_views

urlpatterns = [
    path("cohorts/<slug:cohort_slug>/mailings/", mailings_views.MailingList.as_view(), name="mailings"),
    path("cohorts/<slug:cohort_slug>/mailings/new/", mailings_views.MailingCreate.as_view(), name="mailing-create"),
    path("cohorts/<slug:cohort_slug>/mailings/<int:pk>/", mailings_views.MailingDetail.as_view(), name="mailing"),
    path(
        "cohorts/<slug:cohort_slug>/mailings/<int:pk>/edit/", mailings_views.MailingEdit.as_view(), name="mailing-edit"
    ),
    path("cohorts/<slug:cohort_slug>/weekly/", weekly_views.WeeklyMailEdit.as_view(), name="weekly"),
    path("necessary-mails-only/<str:token>/", opt_out_views.OptOutByLink.as_view(), name="opt-out"),
    path("calendar/", calendar_views.CalendarPage.as_view(), name="calendar"),
    path("calendar/<str:token>.ics", calendar_views.CalendarFeed.as_view(), name="calendar-feed"),
]
