"""Addresses of contributions and their entries."""

from django.urls import path

from partners.contributions import views

urlpatterns = [
    path("my-hours/", views.MyHours.as_view(), name="my-hours"),
]

# Below the address of one partner.
partner_urlpatterns = [
    path("contributions/", views.ContributionList.as_view(), name="contribution-list"),
    path("contributions/add/", views.ContributionCreate.as_view(), name="contribution-create"),
    path("contributions/<int:pk>/given/", views.EntryCreate.as_view(), name="entry-create"),
    path("contributions/<int:pk>/thanked/", views.ContributionAcknowledge.as_view(), name="contribution-acknowledge"),
    path("entries/confirm/", views.EntriesConfirm.as_view(), name="entries-confirm"),
    path("entries/<int:pk>/decline/", views.EntryDecline.as_view(), name="entry-decline"),
    path("entries/<int:pk>/", views.EntryConfirm.as_view(), name="entry-confirm"),
]
