from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    name = "mentorship.core.audit"
    label = "audit"

    def ready(self) -> None:
        """Freeze rows after every `migrate`, those of the trail among them."""
        from mentorship.core.audit.append_only import frozen_rows
        from mentorship.core.frozen_rows import FROZEN_ROWS, install

        FROZEN_ROWS.provide("the audit trail", frozen_rows, by=self.name)
        # Any app could do this: all tables exist before the first one hears of a `migrate`.
        post_migrate.connect(install, sender=self, dispatch_uid="mentorship.core.frozen_rows")
