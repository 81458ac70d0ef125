from django.apps import AppConfig


class CheckinsConfig(AppConfig):
    name = "checkins"
    label = "checkins"

    def ready(self) -> None:
        from checkins.coming import mails_of_checkins
        from mentorship.outbox.coming import add_source

        add_source(mails_of_checkins)
