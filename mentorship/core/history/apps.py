from django.apps import AppConfig


class HistoryConfig(AppConfig):
    name = "mentorship.core.history"
    label = "history"
