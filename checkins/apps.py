from django.apps import AppConfig


class CheckinsConfig(AppConfig):
    name = "checkins"
    label = "checkins"

    def ready(self) -> None:
        """Earlier rooms show what this one knows, without knowing it."""
        from checkins.reaching import register

        register()
