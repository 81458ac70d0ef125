"""Create a cohort, and its programme if that is new."""

from argparse import ArgumentParser
from datetime import date
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from cohorts.models import Cohort, Programme
from cohorts.plan.services import usual_end
from cohorts.setup.services import create_cohort, create_programme
from mentorship.portal.next_round import start_next_round


class Command(BaseCommand):
    help = "Make a cohort by slug, as a draft; the programme too where it is new. Prints what it made."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("programme", help="slug of the programme")
        parser.add_argument("cohort", help="slug of the new cohort")
        parser.add_argument("--starts", type=date.fromisoformat, help="first day, as 2027-02-01; by default today")
        parser.add_argument(
            "--like", metavar="COHORT", help="slug of a cohort to repeat: its dates, forms, rules and checklist"
        )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        starts = options["starts"] or date.today()  # noqa: DTZ011  (a day on the operator's calendar)
        like = None
        if options["like"]:
            like = Cohort.objects.filter(slug=options["like"], programme__slug=options["programme"]).first()
            if like is None:
                raise CommandError(f"There is no cohort {options['like']} to repeat.")
        programme = Programme.objects.filter(slug=options["programme"]).first()
        if programme is None:
            programme = create_programme(
                name=options["programme"].replace("-", " ").capitalize(),
                slug=options["programme"],
                contact_email=parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
                by=None,
            )
            self.stdout.write(f"Made the programme {programme.slug}; answers go to {programme.contact_email}.")
        try:
            named = {"name": options["cohort"], "slug": options["cohort"], "starts_on": starts, "by": None}
            if like is not None:
                cohort = start_next_round(like=like, **named)
            else:
                cohort = create_cohort(programme=programme, ends_on=usual_end(programme, starts), **named)
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        self.stdout.write(f"Made the cohort {cohort.slug}: {cohort.starts_on} to {cohort.ends_on}, draft.")
