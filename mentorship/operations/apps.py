from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "mentorship.operations"
    label = "operations"

    def ready(self) -> None:
        """Register checks; provide histories, personal-data rules, and a check of a new installation."""
        from mentorship.core.history.subjects import HISTORIES
        from mentorship.core.personal_data import PERSONAL_DATA
        from mentorship.operations import checks, versions  # noqa: F401  (importing them registers the checks)
        from mentorship.operations.first_run import privacy_check
        from mentorship.operations.histories import HISTORIES_OF_APP
        from mentorship.operations.personal_data import PERSONAL_DATA_RULES
        from mentorship.portal.first_run.steps import SETUP_CHECKS

        HISTORIES.provide("operations", HISTORIES_OF_APP, by=self.name)
        SETUP_CHECKS.provide("privacy notice", privacy_check, by=self.name)
        PERSONAL_DATA.provide("operations", PERSONAL_DATA_RULES, by=self.name)
