"""URLs of the weights that earlier rounds suggest."""

from django.urls import path

from matching.past_weights import views

urlpatterns = [
    path(
        "cohorts/<slug:cohort_slug>/matching/weights/earlier-rounds/",
        views.PastWeightsPage.as_view(),
        name="past-weights",
    ),
]
