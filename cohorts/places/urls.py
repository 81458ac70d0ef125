"""URLs of people's places and of the waitlist."""

from django.urls import path

from cohorts.places import views

urlpatterns = [
    path("join/place/<str:token>/", views.PlaceByLink.as_view(), name="place-detail"),
    path("my/enrollments/<int:pk>/", views.MyPlace.as_view(), name="my-place-detail"),
    path("cohorts/<slug:cohort_slug>/waitlist/<slug:role>/", views.Waitlist.as_view(), name="waitlist-edit"),
]
