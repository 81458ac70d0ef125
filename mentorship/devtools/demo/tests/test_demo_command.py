"""The command that fills the demo: once, and never where real people are."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from cohorts.models import Enrollment, Programme
from mentorship.devtools.demo import fill
from mentorship.devtools.testing.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_the_command_fills_an_empty_database_as_of_today(monkeypatch):
    days = []
    monkeypatch.setattr(fill, "SLUG", "not-yet-filled")
    monkeypatch.setattr(fill, "fill", days.append)
    monkeypatch.setattr(fill, "sign_ins", list)
    call_command("demo")
    assert days == [timezone.localdate()]


def test_where_a_demo_is_the_command_adds_nothing_and_prints_the_sign_ins(demo, capsys, settings):
    before = Enrollment.objects.count()
    call_command("demo")
    printed = capsys.readouterr().out
    assert settings.SITE_URL in printed
    assert printed.count(f"@{fill.DOMAIN}") == 5
    assert Programme.objects.filter(slug=fill.SLUG).count() == 1
    assert Enrollment.objects.count() == before > 0


def test_the_demo_command_refuses_where_real_people_are():
    UserFactory(email="real@example.com")
    before = set(Programme.objects.values_list("slug", flat=True))
    with pytest.raises(CommandError, match="not made up"):
        call_command("demo")
    assert set(Programme.objects.values_list("slug", flat=True)) == before
