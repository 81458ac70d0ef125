"""URLs of a programme's channels."""

from django.urls import path

from cohorts.channels import views

urlpatterns = [
    path("programmes/<slug:programme_slug>/channels/", views.ChannelList.as_view(), name="channel-list"),
    path("programmes/<slug:programme_slug>/channels/new/", views.ChannelEdit.as_view(), name="channel-create"),
    path("programmes/<slug:programme_slug>/channels/<int:pk>/", views.ChannelEdit.as_view(), name="channel-edit"),
]
