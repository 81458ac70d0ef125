from django.apps import AppConfig


class CohortsConfig(AppConfig):
    name = "cohorts"
    label = "cohorts"

    def ready(self) -> None:
        from cohorts.querysets import names_of_scopes
        from mentorship.outbox.scopes import add_namer

        add_namer(names_of_scopes)
