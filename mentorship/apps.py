from django.apps import AppConfig


class MentorshipConfig(AppConfig):
    name = "mentorship"
    label = "mentorship"

    def ready(self) -> None:
        from mentorship import checks  # noqa: F401  (importing it registers the checks)
        from mentorship.pair_page import register

        register()
