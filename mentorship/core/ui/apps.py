"""Template tags, charts and the shared layouts; no models."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "mentorship.core.ui"
    label = "ui"

    def ready(self) -> None:
        """Give all forms error messages in plain words."""
        from mentorship.core.ui.forms.error_words import set_error_words

        set_error_words()
