"""Weights from earlier rounds: what is missing is said, nothing changes by itself, and taking them can be undone."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from matching.models import Match, MentorPause, PastWeights
from matching.past_weights import rounds, services
from matching.past_weights.rounds import earlier_rounds, read_round
from matching.past_weights.views import difference_words
from matching.policy.services import save_weights, weights_of
from matching.scoring.factors import default_weights
from mentorship.core.audit.models import AuditEntry
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory, MatchFactory
from mentorship.devtools.testing.pages import text_in

pytestmark = pytest.mark.django_db
STYLES = ("calls", "writing", "mixed")
TODAY = {**default_weights(), "meaning": 0, "style": 0}
PATH = reverse("matching:past-weights", args=["board"])


@pytest.fixture(autouse=True)
def small_rounds(monkeypatch):
    """Rounds of six count."""
    for module in (rounds, services):
        monkeypatch.setattr(module, "LEAST_MENTEES", 6)


def past_round(cohort, number, mentees=6):
    """A round of the programme in which everybody got the mentor who likes to work the same way."""
    past = CohortFactory(
        programme=cohort.programme, name=f"Round {number}", status="completed", starts_on=date(2025, number, 1)
    )
    mentors = [EnrollmentFactory(cohort=past, role="mentor", capacity=5, interaction_style=s) for s in STYLES]
    for n in range(mentees):
        mentee = EnrollmentFactory(cohort=past, title="Maps", interaction_style=STYLES[n % 3])
        MatchFactory(mentee=mentee, mentor=mentors[n % 3], imported=True, intro=None)
    return past


@pytest.fixture
def two_rounds(cohort):
    """Two such rounds, while today's weights look at everything else."""
    save_weights(cohort=cohort, weights=TODAY, require_common_language=False, by=None)
    return [past_round(cohort, 1), past_round(cohort, 2)]


def do(coordinator, what, fit=None):
    return coordinator.post(PATH, {"do": what, "fit": fit.pk if fit else ""}, follow=True)


def worked_out(coordinator):
    do(coordinator, "work out")
    assert services.work_past_weights(PastWeights.objects.first().pk)
    return PastWeights.objects.first()


def test_the_page_says_what_is_missing(coordinator, cohort):
    assert "no earlier round with confirmed pairs" in text_in(coordinator.get(PATH))
    past_round(cohort, 1, mentees=3)
    assert "No earlier round has that many yet" in text_in(coordinator.get(PATH))
    past_round(cohort, 2)
    page = text_in(coordinator.get(PATH))
    assert "Another one with at least 6 matched mentees and 3 mentors is needed" in page
    assert "no, too few pairs" in page
    assert "Another one" in text_in(do(coordinator, "work out"))
    assert not PastWeights.objects.exists()


def test_a_worker_finds_the_factor_that_decided_and_nothing_changes_by_itself(coordinator, cohort, two_rounds):
    before = weights_of(cohort)
    fit = worked_out(coordinator)
    assert fit.status == "ready", fit.error
    assert {name for name, weight in fit.weights.items() if weight > TODAY[name]} == {"style"}
    assert fit.findings["verdict"] == "better"
    page = text_in(coordinator.get(PATH))
    assert "In Round 2, the mentor you chose would have been the first for 6 of 6 mentees" in page
    assert "rests on 2 rounds with 12 pairs, as they were then." in page
    assert "not asked, or the same for everybody" in page
    assert weights_of(cohort) == before


def test_taking_the_weights_is_on_record_and_can_be_undone(coordinator, cohort, two_rounds):
    fit = worked_out(coordinator)
    for _ in range(2):  # a double click
        assert "in use" in text_in(do(coordinator, "take", fit))
    weights, common_language = weights_of(cohort)
    assert (weights, common_language) == (fit.weights, False)
    do(coordinator, "undo", fit)
    assert weights_of(cohort) == (TODAY, False)
    verbs = list(AuditEntry.objects.filter(object_id=str(cohort.pk)).order_by("pk").values_list("verb", flat=True))
    assert verbs[-2:] == ["took the weights of earlier rounds", "undid the weights of earlier rounds"]
    assert verbs.count("took the weights of earlier rounds") == 1


def test_weights_that_were_changed_meanwhile_are_not_replaced(coordinator, cohort, two_rounds):
    fit = worked_out(coordinator)
    own = {**default_weights(), "style": 7}
    save_weights(cohort=cohort, weights=own, require_common_language=True, by=None)
    assert "Work them out again first" in text_in(do(coordinator, "take", fit))
    assert weights_of(cohort)[0] == own
    assert "Your weights have changed since" in text_in(coordinator.get(PATH))


def test_a_second_request_joins_the_first_and_the_sweep_takes_what_nobody_works_on(coordinator, cohort, two_rounds):
    do(coordinator, "work out"), do(coordinator, "work out")
    assert PastWeights.objects.count() == 1
    assert "Waiting for a worker" in text_in(coordinator.get(PATH))
    assert services.sweep_past_weights(timezone.now() + timedelta(minutes=1)) == 1
    assert PastWeights.objects.get().status == "ready"


def test_other_programmes_later_rounds_and_replacements_tell_nothing(cohort, two_rounds):
    past_round(CohortFactory(), 1)
    later = past_round(cohort, 3)
    type(later).objects.filter(pk=later.pk).update(starts_on=cohort.starts_on)
    first = Match.objects.filter(mentee__cohort=two_rounds[0]).first()
    Match.objects.filter(pk=first.pk).update(status="rematched")
    MatchFactory(mentee=first.mentee, replaces=first)
    found = earlier_rounds(cohort)
    assert [(one.cohort, one.mentees, one.pairs, one.as_proposed) for one in found] == [
        (two_rounds[1], 6, 6, 0),
        (two_rounds[0], 6, 6, 0),
    ]


def test_only_mentors_who_were_free_were_candidates(cohort):
    past = CohortFactory(programme=cohort.programme, starts_on=date(2025, 1, 1))
    full, pausing, late, free = (EnrollmentFactory(cohort=past, role="mentor", capacity=1) for _ in range(4))
    early_mentee, mentee = EnrollmentFactory(cohort=past), EnrollmentFactory(cohort=past)
    now = timezone.now()
    for of, mentor, days in ((early_mentee, full, 9), (mentee, free, 2)):
        match = MatchFactory(mentee=of, mentor=mentor)
        Match.objects.filter(pk=match.pk).update(created_at=now - timedelta(days=days))
    type(full).objects.filter(cohort=past).exclude(pk=late.pk).update(created_at=now - timedelta(days=30))
    pause = MentorPause.objects.create(enrollment=pausing)
    MentorPause.objects.filter(pk=pause.pk).update(since=now - timedelta(days=3))
    found = read_round(past, ["style"])
    assert found.free.tolist() == [[True, True, False, True], [False, False, False, True]]
    assert found.chosen.tolist() == [[True, False, False, False], [False, False, False, True]]


def test_a_viewer_reads_and_a_stranger_finds_nothing(client, cast, cohort, two_rounds):
    client.force_login(cast.viewer)
    assert "Work out the weights" not in client.get(PATH).text
    assert client.post(PATH, {"do": "work out"}).status_code in (403, 404)
    client.force_login(cast.stranger)
    assert client.get(PATH).status_code == 404


@pytest.mark.parametrize(
    ("apart", "words"),
    [
        ([2.2, 7.1, 11.8], "7 more (2 to 12 more)"),
        ([-3, 1, 5.4], "1 more (3 fewer to 5 more)"),
        ([-8, -4, -1], "4 fewer (1 to 8 fewer)"),
        ([0, 0, 0], "no difference"),
        ([-2, 0, 2], "no difference (2 fewer to 2 more)"),
    ],
)
def test_differences_are_said_in_people(apart, words):
    assert difference_words(apart) == words
