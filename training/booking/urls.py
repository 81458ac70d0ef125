"""URLs of the pages on which people book, and of calendar files."""

from django.urls import path

from training.booking import views

urlpatterns = [
    path("my/training/", views.MySessions.as_view(), name="my-slot-list"),
    path("training/choose/<str:token>/", views.Choose.as_view(), name="slot-list"),
    path("training/calendar/<str:token>/", views.CalendarFile.as_view(), name="booking-calendar"),
]
