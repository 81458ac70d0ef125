"""Addresses of the words of mails."""

from django.urls import path

from cohorts.views import mail_templates

urlpatterns = [
    path("programmes/<slug:programme_slug>/mails/", mail_templates.MailTexts.as_view(), name="mail-texts"),
    path(
        "programmes/<slug:programme_slug>/mails/<slug:room>/<slug:mail>/",
        mail_templates.EditMailText.as_view(),
        name="mail-text",
    ),
]
