from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "mentorship.core.audit"
    label = "audit"
