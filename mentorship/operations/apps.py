from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "mentorship.operations"
    label = "operations"

    def ready(self) -> None:
        from mentorship.operations import checks  # noqa: F401  (importing it registers the checks)
