from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "training"
    label = "training"

    def ready(self) -> None:
        """Earlier rooms show what this one knows, without knowing it."""
        from training.calendars import register_source
        from training.credit import register_filter

        register_filter()
        register_source()
