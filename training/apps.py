from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "training"
    label = "training"

    def ready(self) -> None:
        """Earlier rooms show what this one knows, without knowing it."""
        from mentorship.core.outbox.planned.planned_mail import add_source
        from training.attendance import training_status
        from training.booking import calendar as booking_calendar
        from training.sessions.planned_mail import planned_training_mails

        booking_calendar.register()
        training_status.register()
        add_source(planned_training_mails)
