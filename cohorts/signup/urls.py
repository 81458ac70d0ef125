"""URLs of the public sign-up."""

from django.urls import path

from cohorts.imports import views as imports_views
from cohorts.places import views as places_views
from cohorts.signup import views as signup_views

urlpatterns = [
    path("join/edit/<str:token>/", signup_views.SignupEdit.as_view(), name="signup-edit"),
    path("join/place/<str:token>/", places_views.PlaceByLink.as_view(), name="place"),
    path("join/confirm/<str:token>/", signup_views.SignupConfirm.as_view(), name="signup-confirm"),
    path("join/invited/<str:token>/", signup_views.SignupInvited.as_view(), name="signup-invited"),
    path("join/<slug:cohort_slug>/", signup_views.Join.as_view(), name="join"),
    path("join/<slug:cohort_slug>/sent/", signup_views.SignupSent.as_view(), name="signup-sent"),
    path("join/<slug:cohort_slug>/<slug:role>/", signup_views.Signup.as_view(), name="signup"),
    path("my/enrollments/<int:pk>/edit/", signup_views.MyEnrollmentEdit.as_view(), name="my-enrollment-edit"),
    path("my/enrollments/<int:pk>/", places_views.MyPlace.as_view(), name="my-place"),
    path("cohorts/<slug:cohort_slug>/waitlist/<slug:role>/", places_views.Waitlist.as_view(), name="waitlist"),
    path("cohorts/<slug:cohort_slug>/people/import/", imports_views.ImportUpload.as_view(), name="import"),
    path(
        "cohorts/<slug:cohort_slug>/people/import/<int:pk>/",
        imports_views.ImportBatchDetail.as_view(),
        name="import-batch",
    ),
    path(
        "cohorts/<slug:cohort_slug>/people/import/<int:pk>/rejected.csv",
        imports_views.RejectedRows.as_view(),
        name="import-rejected",
    ),
]
