"""Where a sweep looks: at everything, or in a large installation where something changed since the last one."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from cohorts.models import Cohort
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.background.sweep_scope import looking, where_changed
from mentorship.devtools.testing.factories import MessageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def look(cast):
    """The slugs of the cohorts at which a sweep looks that begins so many minutes after the cast was long made."""
    began = timezone.now() + timedelta(hours=1)

    def slugs(minutes, *, large=True, fails=False):
        with looking(began + timedelta(minutes=minutes), lambda: large):
            found = set(where_changed(Cohort.objects.all(), "programme__workspace").values_list("slug", flat=True))
            if fails:
                raise RuntimeError
        return found

    slugs.began = began
    return slugs


def test_what_changed_is_looked_at_until_a_sweep_went_through_and_everything_once_an_hour(cast, look):
    everything = set(Cohort.objects.values_list("slug", flat=True))
    mine = set(Cohort.objects.filter(programme=cast.programme).values_list("slug", flat=True))
    assert look(0) == everything > mine
    assert look(1) == set()
    with time_machine.travel(look.began + timedelta(minutes=2), tick=False):
        record(verb=Verb.EDITED, target=cast.cohort, workspace_id=cast.programme.workspace_id, by=None)
    for minutes in (3, 20, 30):
        with pytest.raises(RuntimeError):
            look(minutes, fails=True)
    assert look(31) == mine
    assert look(32) == set()
    MessageFactory(workspace=cast.programme.workspace, status="sent", sent_at=look.began + timedelta(minutes=40))
    assert look(41) == mine
    assert look(60) == everything


def test_people_count_by_their_own_changes_and_a_small_installation_is_looked_at_as_a_whole(cast, look):
    everything = set(Cohort.objects.values_list("slug", flat=True))
    assert look(0, large=False) == look(1, large=False) == everything
    look(61)
    with time_machine.travel(look.began + timedelta(minutes=62), tick=False):
        record(verb=Verb.EDITED, target=cast.mentor, workspace_id=None, by=cast.mentor)
    with looking(look.began + timedelta(minutes=63), lambda: True):
        assert list(where_changed(User.objects.all(), "workspace_roles__workspace", person="pk")) == [cast.mentor]
