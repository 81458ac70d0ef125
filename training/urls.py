"""URLs of training, by subject."""

from django.urls import include, path

app_name = "training"
urlpatterns = [
    path("", include("training.catalogue.urls")),
    path("", include("training.booking.urls")),
    path("", include("training.attendance.urls")),
    path("", include("training.meeting_list.urls")),
    path("", include("training.sharing.urls")),
    path("", include("training.sessions.urls")),
]
