from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PartnersConfig(AppConfig):
    name = "partners"
    label = "partners"

    def ready(self) -> None:
        from partners import facts
        from partners.triggers import install

        post_migrate.connect(install, sender=self, dispatch_uid="partners.triggers")
        facts.register()
