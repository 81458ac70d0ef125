from django.apps import AppConfig


class SubmissionsConfig(AppConfig):
    name = "mentorship.core.submissions"
    label = "submissions"
