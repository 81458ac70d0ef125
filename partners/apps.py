from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PartnersConfig(AppConfig):
    name = "partners"
    label = "partners"

    def ready(self) -> None:
        from mentorship.core.outbox.planned.planned_mail import add_source
        from partners.billing.planned_mail import planned_invoice_reminders
        from partners.costs import session_facts
        from partners.models.triggers import install

        add_source(planned_invoice_reminders)
        post_migrate.connect(install, sender=self, dispatch_uid="partners.models.triggers")
        session_facts.register_session_costs()
