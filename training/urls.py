"""Addresses of training."""

from django.urls import path

from training.attendance import views as attendance_views
from training.booking import views as booking_views
from training.catalogue import views as catalogue_views
from training.sessions.views import invitations as invitations_views
from training.sessions.views import planning as planning_views
from training.sessions.views import sessions as sessions_views
from training.sharing import views as sharing_views

app_name = "training"
OF_COHORT = "cohorts/<slug:cohort_slug>/training/"
OF_SESSION = OF_COHORT + "<int:pk>/"
urlpatterns = [
    path(OF_COHORT, sessions_views.SessionList.as_view(), name="sessions"),
    path(OF_COHORT + "new/", sessions_views.SessionCreate.as_view(), name="session-create"),
    path(OF_COHORT + "planning/", planning_views.Planning.as_view(), name="planning"),
    path(OF_COHORT + "catalogue/", catalogue_views.Catalogue.as_view(), name="catalogue"),
    path(
        OF_COHORT + "catalogue/trainings/<int:pk>/",
        catalogue_views.CatalogueEdit.as_view(kind="training"),
        name="training-edit",
    ),
    path(
        OF_COHORT + "catalogue/providers/<int:pk>/",
        catalogue_views.CatalogueEdit.as_view(kind="provider"),
        name="provider-edit",
    ),
    path(OF_COHORT + "invite/<int:pk>/", invitations_views.Invite.as_view(), name="invite"),
    path(OF_COHORT + "offered/<int:hold_pk>/", sharing_views.AnswerShare.as_view(), name="answer-share"),
    path(OF_SESSION, sessions_views.SessionDetail.as_view(), name="session"),
    path(OF_SESSION + "edit/", sessions_views.SessionEdit.as_view(), name="session-edit"),
    path(OF_SESSION + "cancel/", sessions_views.SessionCancel.as_view(), name="session-cancel"),
    path(OF_SESSION + "bookings/<int:booking_pk>/drop/", sessions_views.DropBooking.as_view(), name="drop"),
    path(OF_SESSION + "share/", sharing_views.Share.as_view(), name="share"),
    path(OF_SESSION + "share/<int:hold_pk>/stop/", sharing_views.StopSharing.as_view(), name="stop-sharing"),
    path(OF_SESSION + "share/link/<int:organisation_pk>/", sharing_views.RenewLink.as_view(), name="renew-link"),
    path(OF_SESSION + "attendance/", attendance_views.Attendance.as_view(), name="attendance"),
    path(OF_SESSION + "attendance/import/", attendance_views.MeetingList.as_view(), name="meeting-upload"),
    path(
        OF_SESSION + "attendance/import/<int:list_pk>/",
        attendance_views.MeetingListDecide.as_view(),
        name="meeting-list",
    ),
    path("my/training/", booking_views.MySessions.as_view(), name="mine"),
    path("training/choose/<str:token>/", booking_views.Choose.as_view(), name="choose"),
    path("training/guest/<str:token>/", sharing_views.GuestChoose.as_view(), name="guest"),
    path("training/with/<str:token>/", sharing_views.OrganisationPage.as_view(), name="organisation"),
    path("training/confirm/<str:token>/", sharing_views.GuestConfirm.as_view(), name="guest-confirm"),
    path("training/calendar/<str:token>/", booking_views.CalendarFile.as_view(), name="ics"),
    path("training/feedback/<str:token>/", attendance_views.Feedback.as_view(), name="feedback"),
    path("training/certificate/<str:token>/", attendance_views.CertificatePage.as_view(), name="certificate"),
]
