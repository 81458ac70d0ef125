"""URLs of sharing, and of the pages of guests."""

from django.urls import path

from training.sharing import request_views, views

TRAINING = "cohorts/<slug:cohort_slug>/training/"
SHARE = TRAINING + "<int:pk>/share/"
urlpatterns = [
    path(TRAINING + "ask/", request_views.AskForSeats.as_view(), name="seats-ask"),
    path(TRAINING + "seats/", request_views.SeatRequestList.as_view(), name="seat-request-list"),
    path(TRAINING + "seats/<int:pk>/decline/", request_views.SeatRequestDecline.as_view(), name="seat-request-decline"),
    path(
        TRAINING + "seats/<int:pk>/withdraw/", request_views.SeatRequestWithdraw.as_view(), name="seat-request-withdraw"
    ),
    path(TRAINING + "offered/<int:pk>/", views.AnswerShare.as_view(), name="share-answer"),
    path(SHARE, views.Share.as_view(), name="share-list"),
    path(SHARE + "<int:hold_pk>/stop/", views.StopSharing.as_view(), name="share-delete"),
    path(SHARE + "link/<int:organisation_pk>/", views.RenewLink.as_view(), name="guest-link-renew"),
    path("training/guest/<str:token>/", views.GuestChoose.as_view(), name="guest-slot-list"),
    path("training/with/<str:token>/", views.OrganisationPage.as_view(), name="guest-create"),
    path("training/confirm/<str:token>/", views.GuestConfirm.as_view(), name="guest-confirm"),
]
