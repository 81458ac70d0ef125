"""Addresses of training."""

from django.urls import path

from training.views import attendance, booking, credit, planning, sessions, sharing

app_name = "training"
OF_COHORT = "cohorts/<slug:cohort_slug>/training/"
OF_SESSION = OF_COHORT + "<int:pk>/"
urlpatterns = [
    path(OF_COHORT, sessions.SessionList.as_view(), name="sessions"),
    path(OF_COHORT + "new/", sessions.SessionCreate.as_view(), name="session-create"),
    path(OF_COHORT + "planning/", planning.Planning.as_view(), name="planning"),
    path(OF_COHORT + "catalogue/", sessions.Catalogue.as_view(), name="catalogue"),
    path(
        OF_COHORT + "catalogue/trainings/<int:pk>/",
        sessions.CatalogueEdit.as_view(kind="training"),
        name="training-edit",
    ),
    path(
        OF_COHORT + "catalogue/providers/<int:pk>/",
        sessions.CatalogueEdit.as_view(kind="provider"),
        name="provider-edit",
    ),
    path(OF_COHORT + "invite/<int:pk>/", sessions.Invite.as_view(), name="invite"),
    path(OF_COHORT + "offered/<int:hold_pk>/", sharing.AnswerShare.as_view(), name="answer-share"),
    path(OF_SESSION, sessions.SessionDetail.as_view(), name="session"),
    path(OF_SESSION + "edit/", sessions.SessionEdit.as_view(), name="session-edit"),
    path(OF_SESSION + "cancel/", sessions.SessionCancel.as_view(), name="session-cancel"),
    path(OF_SESSION + "bookings/<int:booking_pk>/drop/", sessions.DropBooking.as_view(), name="drop"),
    path(OF_SESSION + "share/", sharing.Share.as_view(), name="share"),
    path(OF_SESSION + "share/<int:hold_pk>/stop/", sharing.StopSharing.as_view(), name="stop-sharing"),
    path(OF_SESSION + "share/link/<int:organisation_pk>/", sharing.RenewLink.as_view(), name="renew-link"),
    path(OF_SESSION + "attendance/", attendance.Attendance.as_view(), name="attendance"),
    path(OF_SESSION + "attendance/import/", attendance.MeetingList.as_view(), name="meeting-upload"),
    path(OF_SESSION + "attendance/import/<int:list_pk>/", attendance.MeetingListDecide.as_view(), name="meeting-list"),
    path("my/training/", booking.MySessions.as_view(), name="mine"),
    path("training/choose/<str:token>/", booking.Choose.as_view(), name="choose"),
    path("training/guest/<str:token>/", booking.GuestChoose.as_view(), name="guest"),
    path("training/with/<str:token>/", booking.OrganisationPage.as_view(), name="organisation"),
    path("training/confirm/<str:token>/", booking.GuestConfirm.as_view(), name="guest-confirm"),
    path("training/calendar/<str:token>/", credit.CalendarFile.as_view(), name="ics"),
    path("training/feedback/<str:token>/", credit.Feedback.as_view(), name="feedback"),
    path("training/certificate/<str:token>/", credit.CertificatePage.as_view(), name="certificate"),
]
