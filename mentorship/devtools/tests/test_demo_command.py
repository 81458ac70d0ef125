"""The command that fills the demo: once, and never where real people are."""

import pytest
from django.core.management import CommandError, call_command

from cohorts.models import Programme
from mentorship.devtools.demo import fill
from mentorship.devtools.testing.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_the_command_fills_once_and_prints_the_sign_ins(capsys, settings):
    for _ in range(2):
        call_command("demo")
        printed = capsys.readouterr().out
        assert settings.SITE_URL in printed
        assert printed.count(f"@{fill.DOMAIN}") == 5
    assert Programme.objects.filter(slug=fill.SLUG).count() == 1


def test_the_demo_command_refuses_where_real_people_are():
    UserFactory(email="real@example.com")
    with pytest.raises(CommandError, match="not made up"):
        call_command("demo")
    assert not Programme.objects.exists()
