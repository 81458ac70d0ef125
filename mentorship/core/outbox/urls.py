"""Addresses below /messages/."""

from django.urls import path

from mentorship.core.outbox import views as outbox_views
from mentorship.core.outbox.planned import views as planned_views

app_name = "outbox"
urlpatterns = [
    path("", outbox_views.MessageList.as_view(), name="list"),
    path("demo/", outbox_views.DemoMailbox.as_view(), name="demo"),
    path("coming/", planned_views.ComingList.as_view(), name="coming"),
    path("coming/<str:key>/", planned_views.PlannedMessage.as_view(), name="planned"),
    path("<uuid:pk>/source/", outbox_views.MessageSource.as_view(), name="source"),
    path("<uuid:pk>/", outbox_views.MessageDetail.as_view(), name="message"),
    path("left-out/", outbox_views.SuppressionList.as_view(), name="suppressions"),
    path("<uuid:pk>/edit/", outbox_views.EditMessage.as_view(), name="edit"),
    path("<uuid:pk>/once-more/", outbox_views.SendOnceMore.as_view(), name="once-more"),
    path("<uuid:pk>/cancel/", outbox_views.CancelMessage.as_view(), name="cancel"),
    path("<uuid:pk>/resend/", outbox_views.ResendMessage.as_view(), name="resend"),
]
