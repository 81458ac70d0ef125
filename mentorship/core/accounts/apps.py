from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "mentorship.core.accounts"
    label = "accounts"
