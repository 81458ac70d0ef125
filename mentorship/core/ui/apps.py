"""Template tags, charts and the shared layouts; no models."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "mentorship.core.ui"
    label = "ui"
