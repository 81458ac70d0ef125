from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "training"
    label = "training"

    def ready(self) -> None:
        """Earlier rooms show what this one knows, without knowing it."""
        from training import calendars, credit

        calendars.register()
        credit.register()
