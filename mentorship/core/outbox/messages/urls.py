"""URLs below /messages/."""

from django.urls import path

from mentorship.core.outbox.held.views import HeldList
from mentorship.core.outbox.messages import views as outbox_views
from mentorship.core.outbox.planned import views as planned_views

app_name = "outbox"
urlpatterns = [
    path("", outbox_views.MessageList.as_view(), name="message-list"),
    path("demo/", outbox_views.DemoMailbox.as_view(), name="demo-mailbox"),
    path("coming/", planned_views.PlannedMailList.as_view(), name="planned-list"),
    path("coming/<str:key>/", planned_views.PlannedMessage.as_view(), name="planned-detail"),
    path("held/", HeldList.as_view(), name="held-list"),
    path("<uuid:pk>/source/", outbox_views.MessageSource.as_view(), name="message-source"),
    path("<uuid:pk>/", outbox_views.MessageDetail.as_view(), name="message-detail"),
    path("left-out/", outbox_views.SuppressionList.as_view(), name="suppression-list"),
    path("<uuid:pk>/edit/", outbox_views.MessageEdit.as_view(), name="message-edit"),
    path("<uuid:pk>/once-more/", outbox_views.MessageSendAgain.as_view(), name="message-send-again"),
    path("<uuid:pk>/cancel/", outbox_views.MessageCancel.as_view(), name="message-cancel"),
    path("<uuid:pk>/resend/", outbox_views.MessageResend.as_view(), name="message-resend"),
]
