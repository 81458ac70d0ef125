"""The search that every list shares."""

import pytest

from cohorts.models import Enrollment
from mentorship.core.ui.search import has_every_word
from mentorship.devtools.testing.factories import EnrollmentFactory


@pytest.mark.django_db
def test_every_word_is_in_one_of_the_places():
    one = EnrollmentFactory(title="Soil maps", user__full_name="Ana Luz")
    EnrollmentFactory(title="Soil", user__full_name="Ben")
    # What no keyboard types and no database takes: a NUL byte, and words without an end.
    for text, found in (("SOIL luz", True), ("ana\0", True), ("soil ana moon", False), ("soil ana " * 800, True)):
        assert list(Enrollment.objects.search(text)) == ([one] if found else [])
        assert has_every_word("Soil maps Ana Luz", text) == found
    assert Enrollment.objects.search(" \0").count() == 2
    assert not Enrollment.objects.search("x" * 100_000)
    assert Enrollment.objects.search(" ".join(f"w{n}" for n in range(2000))).count() == 0
