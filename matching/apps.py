from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "matching"
    label = "matching"

    def ready(self) -> None:
        """Earlier rooms show what this one knows, without knowing it."""
        from cohorts.people.filters import add_filter
        from matching.events.calendar import register_calendar_source
        from matching.events.planned_mail import planned_mail_of_matching
        from matching.groups.people_filters import register_filters
        from matching.intro.undo import undone_intro_guard
        from matching.pauses.people_filter import PAUSE_FILTER
        from mentorship.core.outbox.delivery.resend_guards import add_veto
        from mentorship.core.outbox.planned.planned_mail import add_source

        add_filter("pause", PAUSE_FILTER)
        add_veto(undone_intro_guard)
        add_source(planned_mail_of_matching)
        register_calendar_source()
        register_filters()
