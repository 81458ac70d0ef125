"""URLs of sharing, and of the pages of guests."""

from django.urls import path

from training.sharing import views

TRAINING = "cohorts/<slug:cohort_slug>/training/"
SHARE = TRAINING + "<int:pk>/share/"
urlpatterns = [
    path(TRAINING + "offered/<int:pk>/", views.AnswerShare.as_view(), name="answer-share"),
    path(SHARE, views.Share.as_view(), name="share"),
    path(SHARE + "<int:hold_pk>/stop/", views.StopSharing.as_view(), name="stop-sharing"),
    path(SHARE + "link/<int:organisation_pk>/", views.RenewLink.as_view(), name="renew-link"),
    path("training/guest/<str:token>/", views.GuestChoose.as_view(), name="guest"),
    path("training/with/<str:token>/", views.OrganisationPage.as_view(), name="organisation"),
    path("training/confirm/<str:token>/", views.GuestConfirm.as_view(), name="guest-confirm"),
]
