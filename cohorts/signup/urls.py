"""URLs of the public sign-up. They come last: some end with any word."""

from django.urls import path

from cohorts.signup import coordinator_views, edit_views, views

urlpatterns = [
    path("join/edit/<str:token>/", edit_views.SignupEdit.as_view(), name="signup-edit"),
    path("join/confirm/<str:token>/", views.SignupConfirm.as_view(), name="signup-confirm"),
    path("join/invited/<str:token>/", views.SignupInvited.as_view(), name="signup-accept-invitation"),
    path("join/<slug:cohort_slug>/", views.Join.as_view(), name="signup-start"),
    path("join/<slug:cohort_slug>/sent/", views.SignupSent.as_view(), name="signup-sent"),
    path("join/<slug:cohort_slug>/topics/", views.TopicSuggestions.as_view(), name="topic-suggest"),
    path("join/<slug:cohort_slug>/<slug:role>/", views.Signup.as_view(), name="signup-create"),
    path(
        "cohorts/<slug:cohort_slug>/people/add/<slug:role>/",
        coordinator_views.EnrollmentCreate.as_view(),
        name="enrollment-create",
    ),
    path(
        "cohorts/<slug:cohort_slug>/people/<int:pk>/edit/",
        coordinator_views.EnrollmentEdit.as_view(),
        name="enrollment-edit",
    ),
    path("my/enrollments/<int:pk>/edit/", edit_views.MyEnrollmentEdit.as_view(), name="my-enrollment-edit"),
    path(
        "cohorts/<slug:cohort_slug>/forms/<slug:role>/preview/",
        coordinator_views.FormPreview.as_view(),
        name="signup-form-preview",
    ),
]
