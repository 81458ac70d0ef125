from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "matching"
    label = "matching"

    def ready(self) -> None:
        from cohorts.filters import add_filter
        from matching.pausing import PAUSE_FILTER
        from matching.undoing import stays_undone
        from mentorship.outbox.vetoes import add_veto

        add_filter("pause", PAUSE_FILTER)
        add_veto(stays_undone)
