"""`manage.py personal_data`"""

from typing import Any

from django.core.management.base import BaseCommand

from mentorship.operations.privacy.inventory import markdown


class Command(BaseCommand):
    help = "Prints every field that holds something about people, as docs/privacy.md has it."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(markdown(), ending="")
