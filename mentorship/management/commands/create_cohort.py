"""Make a cohort, and its programme where that is new."""

from argparse import ArgumentParser
from datetime import date, timedelta
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from cohorts.models import Cohort, Programme
from cohorts.services import create_cohort, create_programme

WEEKS = 16


class Command(BaseCommand):
    help = "Make a cohort by slug, as a draft; the programme too where it is new. Prints what it made."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("programme", help="slug of the programme")
        parser.add_argument("cohort", help="slug of the new cohort")
        parser.add_argument("--starts", type=date.fromisoformat, help="first day, as 2027-02-01; by default today")
        parser.add_argument("--like", metavar="COHORT", help="slug of a cohort to repeat: its length, zone and topics")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        starts = options["starts"] or date.today()  # noqa: DTZ011  (a day on the operator's calendar)
        like = None
        if options["like"]:
            like = Cohort.objects.filter(slug=options["like"]).first()
            if like is None:
                raise CommandError(f"There is no cohort {options['like']} to repeat.")
        length = like.ends_on - like.starts_on if like else timedelta(weeks=WEEKS)
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
            cohort = create_cohort(
                programme=programme,
                name=options["cohort"],
                slug=options["cohort"],
                starts_on=starts,
                ends_on=starts + length,
                by=None,
                like=like,
            )
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        self.stdout.write(f"Made the cohort {cohort.slug}: {cohort.starts_on} to {cohort.ends_on}, draft.")
