"""Addresses of quotes and of their people's answers."""

from django.urls import path

from partners.testimonials import views

urlpatterns = [
    path("testimonials/<str:token>/", views.QuoteAnswer.as_view(), name="quote-answer"),
    path("quotes/<slug:cohort_slug>/", views.QuoteList.as_view(), name="quote-list"),
    path("quotes/<slug:cohort_slug>/<int:pk>/", views.QuoteEdit.as_view(), name="quote-edit"),
]
