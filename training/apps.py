from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "training"
    label = "training"

    def ready(self) -> None:
        """Earlier rooms show what this one knows, without knowing it."""
        from mentorship.outbox.coming import add_source
        from training import calendars, credit
        from training.coming import mails_of_training

        calendars.register()
        credit.register()
        add_source(mails_of_training)
