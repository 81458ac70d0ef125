"""URLs of the sessions of a cohort."""

from django.urls import path

from training.sessions.views import invitations, planning, sessions

TRAINING = "cohorts/<slug:cohort_slug>/training/"
SESSION = TRAINING + "<int:pk>/"
urlpatterns = [
    path(TRAINING, sessions.SessionList.as_view(), name="sessions"),
    path(TRAINING + "new/", sessions.SessionCreate.as_view(), name="session-create"),
    path(TRAINING + "planning/", planning.Planning.as_view(), name="planning"),
    path(TRAINING + "invite/<int:pk>/", invitations.Invite.as_view(), name="invite"),
    path(SESSION, sessions.SessionDetail.as_view(), name="session"),
    path(SESSION + "edit/", sessions.SessionEdit.as_view(), name="session-edit"),
    path(SESSION + "cancel/", sessions.SessionCancel.as_view(), name="session-cancel"),
    path(SESSION + "bookings/<int:booking_pk>/drop/", sessions.DropBooking.as_view(), name="drop"),
]
