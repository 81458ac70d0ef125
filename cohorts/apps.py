from django.apps import AppConfig


class CohortsConfig(AppConfig):
    name = "cohorts"
    label = "cohorts"

    def ready(self) -> None:
        from cohorts.mailings.planned_mail import planned_mailings
        from cohorts.places.planned_mail import planned_offer_mails
        from cohorts.setup.scopes import home_of_person, names_of_scopes
        from mentorship.core.outbox.planned.planned_mail import add_source
        from mentorship.core.outbox.scope_names import add_home_finder, add_namer

        add_namer(names_of_scopes)
        add_home_finder(home_of_person)
        add_source(planned_mailings)
        add_source(planned_offer_mails)
