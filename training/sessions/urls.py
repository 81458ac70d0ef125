"""URLs of the sessions of a cohort."""

from django.urls import path

from training.sessions.views import borrowed, edit, invitations, planning, sessions

TRAINING = "cohorts/<slug:cohort_slug>/training/"
SESSION = TRAINING + "<int:pk>/"
urlpatterns = [
    path(TRAINING, sessions.SessionList.as_view(), name="session-list"),
    path(TRAINING + "new/", edit.SessionCreate.as_view(), name="session-create"),
    path(TRAINING + "planning/", planning.Planning.as_view(), name="session-plan"),
    path(TRAINING + "borrowed/<int:pk>/", borrowed.BorrowedSession.as_view(), name="borrowed-session-detail"),
    path(TRAINING + "invite/<int:pk>/", invitations.Invite.as_view(), name="training-invite"),
    path(SESSION, sessions.SessionDetail.as_view(), name="session-detail"),
    path(SESSION + "edit/", edit.SessionEdit.as_view(), name="session-edit"),
    path(SESSION + "cancel/", edit.SessionCancel.as_view(), name="session-cancel"),
    path(SESSION + "bookings/<int:booking_pk>/drop/", edit.BookingCancel.as_view(), name="booking-cancel"),
]
