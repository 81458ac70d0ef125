from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "mentorship.portal"
    label = "portal"

    def ready(self) -> None:
        """Matching shows on a pair's page what check-ins know, without knowing them."""
        from mentorship.portal.pair_page import register

        register()
