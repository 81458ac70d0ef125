"""Addresses of the public sign-up and of the import."""

from django.urls import path

from cohorts.views import importing, places, signup

urlpatterns = [
    path("join/edit/<str:token>/", signup.SignupEdit.as_view(), name="signup-edit"),
    path("join/place/<str:token>/", places.PlaceByLink.as_view(), name="place"),
    path("join/confirm/<str:token>/", signup.SignupConfirm.as_view(), name="signup-confirm"),
    path("join/invited/<str:token>/", signup.SignupInvited.as_view(), name="signup-invited"),
    path("join/<slug:cohort_slug>/", signup.Join.as_view(), name="join"),
    path("join/<slug:cohort_slug>/sent/", signup.SignupSent.as_view(), name="signup-sent"),
    path("join/<slug:cohort_slug>/<slug:role>/", signup.Signup.as_view(), name="signup"),
    path("my/enrollments/<int:pk>/edit/", signup.MyEnrollmentEdit.as_view(), name="my-enrollment-edit"),
    path("my/enrollments/<int:pk>/", places.MyPlace.as_view(), name="my-place"),
    path("cohorts/<slug:cohort_slug>/waitlist/<slug:role>/", places.Waitlist.as_view(), name="waitlist"),
    path("cohorts/<slug:cohort_slug>/people/import/", importing.Upload.as_view(), name="import"),
    path("cohorts/<slug:cohort_slug>/people/import/<int:pk>/", importing.Batch.as_view(), name="import-batch"),
    path(
        "cohorts/<slug:cohort_slug>/people/import/<int:pk>/rejected.csv",
        importing.Rejected.as_view(),
        name="import-rejected",
    ),
]
