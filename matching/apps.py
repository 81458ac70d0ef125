from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "matching"
    label = "matching"

    def ready(self) -> None:
        """Earlier rooms show what this one knows, without knowing it."""
        from matching.event_calendar import register_source
        from matching.people_filters import register_filters

        register_source()
        register_filters()
