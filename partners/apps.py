from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PartnersConfig(AppConfig):
    name = "partners"
    label = "partners"

    def ready(self) -> None:
        from mentorship.outbox.coming import add_source
        from partners import facts
        from partners.coming import mails_of_invoices
        from partners.triggers import install

        add_source(mails_of_invoices)
        post_migrate.connect(install, sender=self, dispatch_uid="partners.triggers")
        facts.register()
