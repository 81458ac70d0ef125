from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "training"
    label = "training"

    def ready(self) -> None:
        """Earlier rooms show what this one knows, without knowing it."""
        from mentorship.outbox.coming import add_source
        from training.calendars import register_source
        from training.coming import mails_of_training
        from training.credit import register_filter

        register_filter()
        register_source()
        add_source(mails_of_training)
