"""Confirm what a run proposed."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cohorts.models import Cohort
from matching.intro.services import confirm_run
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
        try:
            matches = confirm_run(run=run, by=None)
        except ServiceError as error:
            raise CommandError(str(error)) from error
        intros = len({match.intro_id for match in matches})
        self.stdout.write(f"Run {run.number}: {len(matches)} matches confirmed, {intros} intros queued.")
