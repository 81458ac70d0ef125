from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "mentorship.portal"
    label = "portal"

    def ready(self) -> None:
        """Provide facts from check-ins to matching, which does not know them."""
        from checkins.schedule.planning import first_checkin_day
        from matching.intro.extensions import FIRST_CONTACT
        from matching.pairs.extensions import HELP_LINKS, UPCOMING_ITEMS
        from mentorship.portal.pair_page import checkins_of, concern_of

        UPCOMING_ITEMS.provide("check-ins", checkins_of, by=self.name)
        HELP_LINKS.provide("check-ins", concern_of, by=self.name)
        FIRST_CONTACT.provide("check-ins", first_checkin_day, by=self.name)
