from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "matching"
    label = "matching"

    def ready(self) -> None:
        """Earlier rooms show what this one knows, without knowing it."""
        from cohorts.filters import add_filter
        from matching.coming import mails_of_matching
        from matching.events.calendar import register_source
        from matching.events.people_filters import register_filters
        from matching.services.pausing import PAUSE_FILTER
        from matching.services.undoing import stays_undone
        from mentorship.outbox.coming import add_source
        from mentorship.outbox.vetoes import add_veto

        add_filter("pause", PAUSE_FILTER)
        add_veto(stays_undone)
        add_source(mails_of_matching)
        register_source()
        register_filters()
