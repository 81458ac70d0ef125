from django.apps import AppConfig


class CheckinsConfig(AppConfig):
    name = "checkins"
    label = "checkins"

    def ready(self) -> None:
        """Provide what this app adds to those below it."""
        from checkins.alumni.planned_mail import planned_digests
        from checkins.alumni.services import people_on_break_from, willing_to_return
        from checkins.answering.people_filter import CHECKIN_FILTER
        from checkins.models.personal_data import PERSONAL_DATA_RULES
        from checkins.overview.resend_guards import reason_not_to_resend
        from checkins.waves.planned_mail import planned_checkin_mails
        from cohorts.invitations.services import PEOPLE_LEFT_ALONE, RETURNING_PEOPLE
        from cohorts.people.filters import PEOPLE_FILTERS
        from mentorship.core.outbox.delivery.resend_guards import RESEND_GUARDS
        from mentorship.core.outbox.planned.planned_mail import PLANNED_MAIL
        from mentorship.core.personal_data import PERSONAL_DATA

        PEOPLE_FILTERS.provide("checkin", CHECKIN_FILTER, by=self.name)
        RETURNING_PEOPLE.provide("alumni", willing_to_return, by=self.name)
        PEOPLE_LEFT_ALONE.provide("breaks", people_on_break_from, by=self.name)
        PLANNED_MAIL.provide("check-ins", planned_checkin_mails, by=self.name)
        PLANNED_MAIL.provide("digests", planned_digests, by=self.name)
        RESEND_GUARDS.provide("check-ins", reason_not_to_resend, by=self.name)
        PERSONAL_DATA.provide("checkins", PERSONAL_DATA_RULES, by=self.name)
