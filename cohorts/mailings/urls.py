"""URLs of mailings, the weekly mail, opting out, and mail templates."""

from django.urls import path

from cohorts.mailings.views import mailings, opt_out, templates, weekly

urlpatterns = [
    path("cohorts/<slug:cohort_slug>/mailings/", mailings.MailingList.as_view(), name="mailing-list"),
    path("cohorts/<slug:cohort_slug>/mailings/new/", mailings.MailingCreate.as_view(), name="mailing-create"),
    path("cohorts/<slug:cohort_slug>/mailings/<int:pk>/", mailings.MailingDetail.as_view(), name="mailing-detail"),
    path("cohorts/<slug:cohort_slug>/mailings/<int:pk>/edit/", mailings.MailingEdit.as_view(), name="mailing-edit"),
    path("cohorts/<slug:cohort_slug>/weekly/", weekly.WeeklyMailEdit.as_view(), name="weekly-mail-edit"),
    path("necessary-mails-only/<str:token>/", opt_out.OptOutByLink.as_view(), name="opt-out-edit"),
    path("programmes/<slug:programme_slug>/mails/", templates.MailTemplateList.as_view(), name="mail-template-list"),
    path(
        "programmes/<slug:programme_slug>/mails/<slug:room>/<slug:mail>/",
        templates.MailTemplateEdit.as_view(),
        name="mail-template-edit",
    ),
]
