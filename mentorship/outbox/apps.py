from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "mentorship.outbox"
    label = "outbox"

    def ready(self) -> None:
        from anymail.signals import tracking

        from mentorship.outbox.reports import on_tracking

        tracking.connect(on_tracking, dispatch_uid="mentorship.outbox.reports")
