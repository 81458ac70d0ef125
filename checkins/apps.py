from django.apps import AppConfig


class CheckinsConfig(AppConfig):
    name = "checkins"
    label = "checkins"

    def ready(self) -> None:
        """Earlier rooms show what this one knows, without knowing it."""
        from checkins.coming import digests_to_come, mails_of_checkins
        from checkins.reaching import register
        from checkins.vetoes import not_any_more
        from mentorship.outbox.coming import add_source
        from mentorship.outbox.vetoes import add_veto

        register()
        add_source(mails_of_checkins)
        add_source(digests_to_come)
        add_veto(not_any_more)
