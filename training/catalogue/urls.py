"""URLs of the catalogue."""

from django.urls import path

from training.catalogue import views

CATALOGUE = "cohorts/<slug:cohort_slug>/training/catalogue/"
urlpatterns = [
    path(CATALOGUE, views.Catalogue.as_view(), name="catalogue-list"),
    path(CATALOGUE + "trainings/<int:pk>/", views.TrainingEdit.as_view(), name="training-edit"),
    path(CATALOGUE + "providers/<int:pk>/", views.ProviderEdit.as_view(), name="provider-edit"),
]
