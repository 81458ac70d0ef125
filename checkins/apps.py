from django.apps import AppConfig


class CheckinsConfig(AppConfig):
    name = "checkins"
    label = "checkins"

    def ready(self) -> None:
        """Provide what this app adds to those below it."""
        from checkins.alumni.opportunities import ALUMNI_RULE, DIGEST_TO_ALUMNI, still_alumni
        from checkins.alumni.planned_mail import DIGESTS
        from checkins.alumni.services import ALUMNI_QUESTIONS, people_on_break_from, willing_to_return
        from checkins.answering.people_filter import CHECKIN_FILTER
        from checkins.cases.services import CONDUCT_RULE, still_readers
        from checkins.graduation.farewell import finish_of
        from checkins.graduation.services import CERTIFICATES, QUESTIONS_TO_MENTORS
        from checkins.histories import HISTORIES_OF_APP
        from checkins.overview.resend_guards import reason_not_to_resend
        from checkins.personal_data import PERSONAL_DATA_RULES
        from checkins.waves.mails import MAIL_RULE
        from checkins.waves.planned_mail import CHECKINS
        from checkins.waves.still_asked import still_asked
        from cohorts.bulk_actions.services import BULK_KINDS
        from cohorts.invitations.services import PEOPLE_LEFT_ALONE, RETURNING_PEOPLE
        from cohorts.people.filters import PEOPLE_FILTERS
        from matching.pairs.extensions import PAIR_FINISHES
        from mentorship.core.history.subjects import HISTORIES
        from mentorship.core.outbox.delivery.resend_guards import RESEND_GUARDS
        from mentorship.core.outbox.delivery.still_for import STILL_FOR
        from mentorship.core.outbox.planned.planned_mail import PLANNED_MAIL
        from mentorship.core.personal_data import PERSONAL_DATA

        BULK_KINDS.provide("certificates", CERTIFICATES, by=self.name)
        BULK_KINDS.provide("alumni-questions", ALUMNI_QUESTIONS, by=self.name)
        BULK_KINDS.provide("digest", DIGEST_TO_ALUMNI, by=self.name)
        BULK_KINDS.provide("mentors-ask", QUESTIONS_TO_MENTORS, by=self.name)
        PEOPLE_FILTERS.provide("checkin", CHECKIN_FILTER, by=self.name)
        RETURNING_PEOPLE.provide("alumni", willing_to_return, by=self.name)
        PEOPLE_LEFT_ALONE.provide("breaks", people_on_break_from, by=self.name)
        PLANNED_MAIL.provide("check-ins", CHECKINS, by=self.name)
        PLANNED_MAIL.provide("digests", DIGESTS, by=self.name)
        RESEND_GUARDS.provide("check-ins", reason_not_to_resend, by=self.name)
        STILL_FOR.provide(MAIL_RULE, still_asked, by=self.name)
        STILL_FOR.provide(CONDUCT_RULE, still_readers, by=self.name)
        STILL_FOR.provide(ALUMNI_RULE, still_alumni, by=self.name)
        PAIR_FINISHES.provide("graduation", finish_of, by=self.name)
        HISTORIES.provide("checkins", HISTORIES_OF_APP, by=self.name)
        PERSONAL_DATA.provide("checkins", PERSONAL_DATA_RULES, by=self.name)
