"""Addresses of mail templates."""

from django.urls import path

from cohorts.mailings.views import templates as templates_views

urlpatterns = [
    path("programmes/<slug:programme_slug>/mails/", templates_views.MailTemplateList.as_view(), name="mail-texts"),
    path(
        "programmes/<slug:programme_slug>/mails/<slug:room>/<slug:mail>/",
        templates_views.MailTemplateEdit.as_view(),
        name="mail-text",
    ),
]
