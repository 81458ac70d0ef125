"""Confirm what a run proposed."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cohorts.models import Cohort
from matching.intro.confirmation import MOST_IN_REQUEST, request_confirmation, work_confirmation
from matching.intro.services import confirm_run, waiting_proposals
from matching.models import MatchRun
from mentorship.core.errors import ServiceError


class Command(BaseCommand):
    help = "Make matches of a run's proposals and queue the intros. Confirming twice has one effect."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("cohort", help="the cohort's short name (slug)")
        parser.add_argument("--run", type=int, metavar="N", help="number of the run; without it, the newest one")

    def handle(self, *args: Any, **options: Any) -> None:
        cohort = Cohort.objects.filter(slug=options["cohort"]).first()
        if cohort is None:
            raise CommandError(f"There is no cohort {options['cohort']}.")
        runs = MatchRun.objects.filter(cohort=cohort)
        run = runs.filter(number=options["run"]).first() if options["run"] else runs.first()
        if run is None:
            raise CommandError(f"{cohort} has no such run. Run propose_matches {cohort.slug} first.")
        before = set(run.matches.values_list("pk", flat=True))
        try:
            self._confirm(run)
        except ServiceError as error:
            raise CommandError(str(error)) from error
        made = run.matches.exclude(pk__in=before).values_list("intro", flat=True)
        intros = len(set(made))
        self.stdout.write(f"Run {run.number}: {len(made)} matches confirmed, {intros} intros queued.")

    def _confirm(self, run: MatchRun) -> None:
        """Confirm few at once, many some at a time, each time with a line that says how far it is."""
        if waiting_proposals(run).count() <= MOST_IN_REQUEST:
            confirm_run(run=run, by=None)
            return
        confirmation = request_confirmation(run=run, by=None)
        work_confirmation(confirmation.pk, lambda c: self.stdout.write(f"{c.done} of {c.total} intros"))
        confirmation.refresh_from_db()
        if confirmation.error:
            raise ServiceError(f"It stopped after {confirmation.done} of {confirmation.total}. {confirmation.error}")
