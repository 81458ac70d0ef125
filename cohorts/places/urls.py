"""URLs of people's places and of the waitlist."""

from django.urls import path

from cohorts.places import views

urlpatterns = [
    path("join/place/<str:token>/", views.PlaceDetailByLink.as_view(), name="place-detail"),
    path("join/place/<str:token>/leave/", views.PlaceLeaveByLink.as_view(), name="place-leave"),
    path("my/enrollments/<int:pk>/", views.MyPlace.as_view(), name="my-place-detail"),
    path("my/enrollments/<int:pk>/leave/", views.MyPlaceLeave.as_view(), name="my-place-leave"),
    path("cohorts/<slug:cohort_slug>/waitlist/<slug:role>/", views.Waitlist.as_view(), name="waitlist-edit"),
]
