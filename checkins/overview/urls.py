"""Addresses of a person's own page."""

from django.urls import path

from checkins.overview import views

urlpatterns = [
    path("my/", views.OwnPage.as_view(), name="own-page"),
]
