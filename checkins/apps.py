from django.apps import AppConfig


class CheckinsConfig(AppConfig):
    name = "checkins"
    label = "checkins"

    def ready(self) -> None:
        """Earlier rooms show what this one knows, without knowing it."""
        from checkins.coming import digests_to_come, mails_of_checkins
        from checkins.reaching import register
        from mentorship.outbox.coming import add_source

        register()
        add_source(mails_of_checkins)
        add_source(digests_to_come)
