from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "mentorship.operations"
    label = "operations"

    def ready(self) -> None:
        """Register the checks, and provide the personal-data rules of operators' texts."""
        from mentorship.core.history.subjects import HISTORIES
        from mentorship.core.personal_data import PERSONAL_DATA
        from mentorship.operations import checks, versions  # noqa: F401  (importing them registers the checks)
        from mentorship.operations.histories import HISTORIES_OF_APP
        from mentorship.operations.personal_data import PERSONAL_DATA_RULES

        HISTORIES.provide("operations", HISTORIES_OF_APP, by=self.name)
        PERSONAL_DATA.provide("operations", PERSONAL_DATA_RULES, by=self.name)
