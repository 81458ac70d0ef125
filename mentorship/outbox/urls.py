"""Addresses below /messages/."""

from django.urls import path

from mentorship.outbox import views

app_name = "outbox"
urlpatterns = [
    path("", views.MessageList.as_view(), name="list"),
    path("demo/", views.DemoMailbox.as_view(), name="demo"),
    path("<uuid:pk>/", views.MessageDetail.as_view(), name="message"),
    path("<uuid:pk>/cancel/", views.CancelMessage.as_view(), name="cancel"),
    path("<uuid:pk>/resend/", views.ResendMessage.as_view(), name="resend"),
]
