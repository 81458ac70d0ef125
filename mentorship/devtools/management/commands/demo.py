"""Fill in the demo programme."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from mentorship.devtools.demo import fill


class Command(BaseCommand):
    help = "Fill in a programme of made-up people, and print who can sign in. Refuses where real people are."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if not fill.has_demo():
                self.stdout.write("Filling in a programme of made-up people …")
                with transaction.atomic():
                    fill.fill(timezone.localdate())
        except fill.RealPeopleError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"\n  {settings.SITE_URL}/\n\n  Sign in with the password “{fill.PASSWORD}” as\n")
        for role, email in fill.sign_ins():
            self.stdout.write(f"    {role:<20} {email}")
        self.stdout.write(f"\n  Every mail of the demo can be read at {settings.SITE_URL}/messages/demo/\n")
