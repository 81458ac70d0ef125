"""The base of pages about a matching run."""

from typing import Any

from cohorts.cohort_view import CohortView
from matching.models import MatchRun
from mentorship.core.accounts.permissions import get_visible_or_404


class RunView(CohortView):
    """A page about the run that `number` names in the address."""

    run: MatchRun

    def look_up(self) -> None:
        super().look_up()
        self.run = get_visible_or_404(MatchRun.objects.filter(cohort=self.cohort), number=self.kwargs["number"])
        self.run.cohort = self.cohort

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "run": self.run}
