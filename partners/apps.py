from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "partners"
    label = "partners"

    def ready(self) -> None:
        """Provide what this app adds to those below it."""
        from mentorship.core.frozen_rows import FROZEN_ROWS
        from mentorship.core.history.subjects import HISTORIES
        from mentorship.core.outbox.delivery.still_for import STILL_FOR
        from mentorship.core.outbox.planned.planned_mail import PLANNED_MAIL
        from mentorship.core.personal_data import PERSONAL_DATA
        from mentorship.core.wording import WORDING_RULES
        from partners.billing import mails as billing_mails
        from partners.billing.planned_mail import INVOICES
        from partners.contacts.services import CONTACT_RULE, still_contacts
        from partners.costs.session_facts import costs_of_holds, costs_of_sessions
        from partners.histories import HISTORIES_OF_APP
        from partners.models.triggers import frozen_rows
        from partners.personal_data import PERSONAL_DATA_RULES
        from partners.records.names import name_objections
        from partners.testimonials import mails as testimonial_mails
        from training.sessions.extensions import BORROWED_SESSION_FACTS, SESSION_FACTS

        FROZEN_ROWS.provide("invoices and reports", frozen_rows, by=self.name)
        SESSION_FACTS.provide("costs", costs_of_sessions, by=self.name)
        BORROWED_SESSION_FACTS.provide("costs", costs_of_holds, by=self.name)
        PLANNED_MAIL.provide("invoices", INVOICES, by=self.name)
        STILL_FOR.provide(billing_mails.RULE, billing_mails.still_billed, by=self.name)
        STILL_FOR.provide(testimonial_mails.RULE, testimonial_mails.still_asked, by=self.name)
        STILL_FOR.provide(CONTACT_RULE, still_contacts, by=self.name)
        WORDING_RULES.provide("names of partners", name_objections, by=self.name)
        HISTORIES.provide("partners", HISTORIES_OF_APP, by=self.name)
        PERSONAL_DATA.provide("partners", PERSONAL_DATA_RULES, by=self.name)
