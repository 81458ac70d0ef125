from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "mentorship.core.outbox"
    label = "outbox"

    def ready(self) -> None:
        from anymail.signals import tracking

        from mentorship.core.outbox.delivery.provider_webhook import on_tracking

        tracking.connect(on_tracking, dispatch_uid="mentorship.core.outbox.delivery.provider_webhook")
