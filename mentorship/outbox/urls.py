"""Addresses below /messages/."""

from django.urls import path

from mentorship.outbox import coming_views, views

app_name = "outbox"
urlpatterns = [
    path("", views.MessageList.as_view(), name="list"),
    path("demo/", views.DemoMailbox.as_view(), name="demo"),
    path("coming/", coming_views.ComingList.as_view(), name="coming"),
    path("coming/<str:key>/", coming_views.PlannedMessage.as_view(), name="planned"),
    path("<uuid:pk>/source/", views.MessageSource.as_view(), name="source"),
    path("<uuid:pk>/", views.MessageDetail.as_view(), name="message"),
    path("left-out/", views.SuppressionList.as_view(), name="suppressions"),
    path("<uuid:pk>/edit/", views.EditMessage.as_view(), name="edit"),
    path("<uuid:pk>/once-more/", views.SendOnceMore.as_view(), name="once-more"),
    path("<uuid:pk>/cancel/", views.CancelMessage.as_view(), name="cancel"),
    path("<uuid:pk>/resend/", views.ResendMessage.as_view(), name="resend"),
]
