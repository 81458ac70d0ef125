from django.apps import AppConfig


class CheckinsConfig(AppConfig):
    name = "checkins"
    label = "checkins"

    def ready(self) -> None:
        """Earlier rooms show what this one knows, without knowing it."""
        from checkins.alumni.cohort_hooks import register
        from checkins.alumni.planned_mail import planned_digests
        from checkins.overview.resend_guards import reason_not_to_resend
        from checkins.waves.planned_mail import planned_checkin_mails
        from mentorship.core.outbox.delivery.resend_guards import add_veto
        from mentorship.core.outbox.planned.planned_mail import add_source

        register()
        add_source(planned_checkin_mails)
        add_source(planned_digests)
        add_veto(reason_not_to_resend)
