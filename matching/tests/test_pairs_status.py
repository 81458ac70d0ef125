"""The status of a match."""

import pytest
from django.urls import reverse

from cohorts.models import Enrollment
from matching.pairs import services as pairs_services
from matching.tests.enrolled import mentee
from mentorship.core.audit.services import history_of
from mentorship.core.errors import ServiceError
from mentorship.devtools.testing.factories import MatchFactory
from mentorship.devtools.testing.pages import words_in

pytestmark = pytest.mark.django_db


def test_status_changes_of_a_match_are_in_the_audit_trail(cast):
    pairs_services.set_match_status(match=cast.match, to="active", by=cast.coordinator)
    ended = pairs_services.set_match_status(match=cast.match, to="ended", by=cast.coordinator, reason="Moved away")
    assert ended.ended_reason == "Moved away"
    assert [e.verb for e in history_of(ended)][:2] == ["made ended", "made active"]
    with pytest.raises(ServiceError, match="is ended"):
        pairs_services.set_match_status(match=cast.match, to="graduated", by=cast.coordinator)


def test_an_ended_match_goes_on_only_while_its_place_is_free(cast):
    pairs_services.set_match_status(match=cast.match, to="ended", by=None)
    MatchFactory(mentee=mentee(cast.cohort, "New"), mentor=cast.mentor_enrollment)
    with pytest.raises(ServiceError, match="no free place"):
        pairs_services.set_match_status(match=cast.match, to="active", by=None)


def test_a_pair_without_a_project_is_titled_by_both(client, cast):
    Enrollment.objects.filter(pk=cast.mentee_enrollment.pk).update(title="")
    client.force_login(cast.coordinator)
    page = client.get(cast.match.get_absolute_url()).content.decode()
    title = f"{cast.mentee} with {cast.mentor}"
    assert title in page.split("<h1", 1)[1].split("</h1>", 1)[0]
    row = words_in(client.get(reverse("matching:match-list", args=[cast.cohort.slug])))
    assert f"{cast.mentee} {cast.mentee}" not in row
