"""URLs of names and addresses."""

from django.urls import path

from cohorts.sharing import views

urlpatterns = [
    path("my/sharing/<int:pk>/", views.MySharingEdit.as_view(), name="my-sharing-edit"),
    path("sharing/<str:token>/", views.SharingEdit.as_view(), name="sharing-edit"),
]
