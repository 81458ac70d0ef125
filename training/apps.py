from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "training"
    label = "training"

    def ready(self) -> None:
        """Provide what this app adds to those below it."""
        from cohorts.bulk_actions.services import BULK_KINDS
        from cohorts.calendar.ics import CALENDAR_EVENTS
        from cohorts.enrollment.extensions import ENDINGS
        from cohorts.mailings.weekly_dates import WEEK_DATES
        from cohorts.people.extensions import ENROLLMENT_FACTS
        from cohorts.people.filters import PEOPLE_FILTERS
        from cohorts.signup_form.eligibility import ELIGIBILITY_RULES
        from mentorship.core.history.subjects import HISTORIES
        from mentorship.core.outbox.planned.planned_mail import PLANNED_MAIL
        from mentorship.core.personal_data import PERSONAL_DATA
        from training.attendance.training_status import TRAINED_RULE, TRAINING_FILTER, facts_of_enrollments
        from training.booking.calendar import sessions_of, sessions_of_week
        from training.booking.endings import seats_that_end
        from training.histories import HISTORIES_OF_APP
        from training.personal_data import PERSONAL_DATA_RULES
        from training.sessions.invitations import INVITATIONS
        from training.sessions.planned_mail import TRAININGS

        BULK_KINDS.provide("training-invitations", INVITATIONS, by=self.name)
        CALENDAR_EVENTS.provide("training", sessions_of, by=self.name)
        ENDINGS.provide("training", seats_that_end, by=self.name)
        WEEK_DATES.provide("training", sessions_of_week, by=self.name)
        PEOPLE_FILTERS.provide("training", TRAINING_FILTER, by=self.name)
        ENROLLMENT_FACTS.provide("training", facts_of_enrollments, by=self.name)
        ELIGIBILITY_RULES.provide("trained", TRAINED_RULE, by=self.name)
        PLANNED_MAIL.provide("training", TRAININGS, by=self.name)
        HISTORIES.provide("training", HISTORIES_OF_APP, by=self.name)
        PERSONAL_DATA.provide("training", PERSONAL_DATA_RULES, by=self.name)
