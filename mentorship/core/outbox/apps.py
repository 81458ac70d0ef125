from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "mentorship.core.outbox"
    label = "outbox"

    def ready(self) -> None:
        """Listen to what mail providers report, and provide the rules of personal data of messages."""
        from anymail.signals import tracking

        from mentorship.core.history.subjects import HISTORIES
        from mentorship.core.outbox.delivery.provider_webhook import on_tracking
        from mentorship.core.outbox.histories import HISTORIES_OF_APP
        from mentorship.core.outbox.personal_data import PERSONAL_DATA_RULES
        from mentorship.core.personal_data import PERSONAL_DATA

        tracking.connect(on_tracking, dispatch_uid="mentorship.core.outbox.delivery.provider_webhook")
        HISTORIES.provide("outbox", HISTORIES_OF_APP, by=self.name)
        PERSONAL_DATA.provide("outbox", PERSONAL_DATA_RULES, by=self.name)
