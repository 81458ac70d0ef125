from django.apps import AppConfig


class CohortsConfig(AppConfig):
    name = "cohorts"
    label = "cohorts"

    def ready(self) -> None:
        """Provide what this app adds to those below it."""
        import cohorts.questions.kinds
        import cohorts.questions.named_person  # noqa: F401 the registry is filled before models are used
        from cohorts.bulk_actions.services import BULK_KINDS
        from cohorts.enrollment import audience
        from cohorts.histories import HISTORIES_OF_APP
        from cohorts.invitations.services import INVITATIONS
        from cohorts.mailings import still_recipients
        from cohorts.mailings.opted_out import opted_out
        from cohorts.mailings.planned_mail import MAILINGS
        from cohorts.personal_data import PERSONAL_DATA_RULES
        from cohorts.places.planned_mail import OFFERS
        from cohorts.selection.services import DECISIONS
        from cohorts.setup import team
        from cohorts.setup.scopes import home_of_person, names_of_scopes
        from cohorts.sharing.services import SHARING_QUESTIONS
        from mentorship.core.history.subjects import HISTORIES
        from mentorship.core.outbox.delivery.still_for import STILL_FOR
        from mentorship.core.outbox.delivery.suppression import OPTED_OUT
        from mentorship.core.outbox.planned.planned_mail import PLANNED_MAIL
        from mentorship.core.outbox.scope_names import HOME_SCOPES, SCOPE_NAMES
        from mentorship.core.personal_data import PERSONAL_DATA

        BULK_KINDS.provide("signup-invitations", INVITATIONS, by=self.name)
        BULK_KINDS.provide("selection", DECISIONS, by=self.name)
        BULK_KINDS.provide("sharing-questions", SHARING_QUESTIONS, by=self.name)
        SCOPE_NAMES.provide("cohorts", names_of_scopes, by=self.name)
        HOME_SCOPES.provide("cohorts", home_of_person, by=self.name)
        PLANNED_MAIL.provide("mailings", MAILINGS, by=self.name)
        PLANNED_MAIL.provide("offers", OFFERS, by=self.name)
        OPTED_OUT.provide("cohorts", opted_out, by=self.name)
        STILL_FOR.provide(audience.RULE, audience.still_enrolled, by=self.name)
        STILL_FOR.provide(audience.COHORT_RULE, audience.still_in_cohort, by=self.name)
        STILL_FOR.provide(still_recipients.RULE, still_recipients.still_recipients, by=self.name)
        STILL_FOR.provide(team.TEAM_RULE, team.still_in_team, by=self.name)
        HISTORIES.provide("cohorts", HISTORIES_OF_APP, by=self.name)
        PERSONAL_DATA.provide("cohorts", PERSONAL_DATA_RULES, by=self.name)
