"""Access to the pages of the board, and their effects."""

import subprocess
import sys
from itertools import chain

import pytest
from django.urls import reverse

from cohorts.models import Enrollment
from matching.engine.services import run_now
from matching.models import BoardChange, Match, MatchPin, MatchRun
from matching.scoring.factors import FACTORS
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory, MatchFactory, RoleFactory
from mentorship.devtools.testing.pages import words_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_wake_up(monkeypatch):
    monkeypatch.setattr("matching.tasks.work_out_run.delay", lambda run_id: None)


@pytest.fixture
def board(cast):
    """A second team that waits, a mentor with room for it, one who is next, and a run."""
    team = EnrollmentFactory(cohort=cast.cohort, title="Bird counts", user__full_name="Lucia")
    near = EnrollmentFactory(cohort=cast.cohort, role="mentor", user__full_name="Near")
    far = EnrollmentFactory(cohort=cast.cohort, role="mentor", user__full_name="Far", time_zone="Asia/Tokyo")
    run, _ = run_now(cohort=cast.cohort, by=None)
    return {"run": run, "team": team, "near": near, "far": far}


def url(name, *args):
    return reverse(f"matching:{name}", args=["seeds-9", *args])


POLICY = {
    **dict.fromkeys(FACTORS, 0),
    "least_hours": 0,
    "least_score": 0,
    "rest_after": 0,
    "most_first_timers": 0,
    "most_of_group": 0,
    "former": "ignore",
    "objective": "total",
}


def test_the_error_of_an_aim_that_is_none_leads_to_the_aims(client, cast, board):
    page = log_in(client, cast.coordinator).post(url("policy-edit"), {**POLICY, "objective": "best"}).content.decode()
    assert 'href="#id_objective_0"' in page
    assert 'id="id_objective_0"' in page


def log_in(client, user):
    client.force_login(user)
    return client


def pages(cast, board):
    number = board["run"].number
    pair = f"?do=choose&mentee={board['team'].pk}&mentor={board['far'].pk}"
    reading = [
        url("board"),
        url("run-list"),
        url("run-compare"),
        url("supply"),
        url("candidate-list", number, board["team"].pk),
        url("match-list"),
        url("match-detail", cast.match.pk),
    ]
    return reading, [url("policy-edit"), url("run-preview", number), url("board-change", number) + pair]


def posts(board):
    pair = {"mentee": board["team"].pk, "mentor": board["far"].pk, "version": 0}
    number = board["run"].number
    return [
        (url("run-create"), {}),
        (url("board-change", number), {**pair, "do": "lock"}),
        (url("board-change", number), {**pair, "do": "choose"}),
        (url("board-undo", number), {"version": 0}),
        (url("run-rename", number), {"name": "Theirs"}),
        (url("supply"), {}),
        (url("policy-edit"), {**POLICY, "interests": 1}),
        (url("run-confirm", number), {"shown": ""}),
    ]


def test_coordinators_see_every_page(client, cast, board):
    log_in(client, cast.coordinator)
    for address in chain(*pages(cast, board)):
        assert client.get(address).status_code == 200, address


def test_viewers_look_on_without_buttons(client, cast, board):
    log_in(client, cast.viewer)
    reading, editing = pages(cast, board)
    for address in reading:
        response = client.get(address)
        assert response.status_code == 200, address
        assert 'method="post"' not in response.text.split("<main")[1], address
    for address in editing:
        assert client.get(address).status_code == 404, address


@pytest.mark.parametrize("who", ["viewer", "stranger", "mentor", "mentee", "contact"])
def test_nobody_else_changes_anything(client, cast, board, who):
    log_in(client, getattr(cast, who))
    for address, data in [*posts(board), (url("match-detail", cast.match.pk), {"to": "ended"})]:
        assert client.post(address, data).status_code == 404, address
    assert (MatchRun.objects.count(), MatchPin.objects.count(), Match.objects.count()) == (1, 0, 1)
    assert not BoardChange.objects.exists()


@pytest.mark.parametrize("who", ["stranger", "mentor", "mentee", "contact"])
def test_outsiders_get_404(client, cast, board, who):
    log_in(client, getattr(cast, who))
    for address in chain(*pages(cast, board)):
        assert client.get(address).status_code == 404, address


def test_anonymous_readers_are_sent_to_the_sign_in(client, cast, board):
    for address in [*chain(*pages(cast, board)), reverse("matching:my-match", args=[cast.match.pk])]:
        assert client.get(address).status_code == 302, address


def test_the_board_tells_pairs_scores_and_reasons(client, cast, board):
    log_in(client, cast.coordinator)
    text = words_in(client.get(url("board")))
    for words in (
        "Run 1",
        "proven best",
        "1 of 1 mentee",
        "Bird counts",
        "Near",
        "Proposed pairs · 1",
        "Confirm 1 mentee",
    ):
        assert words in text, words
    assert 'id="why"' not in client.get(url("board")).text  # reasons are shown on demand
    opened = words_in(client.get(url("board"), {"mentee": board["team"].pk}))
    for words in (
        "1 of 1",
        "Lucia <small>with</small> Near",
        "Why this pair",
        "Other mentors",
        "Lock",
        "Forbid",
        "Later",
    ):
        assert words in opened, words


def test_a_row_opens_its_reasons_alone(client, cast, board):
    """Scripts ask for the panel; without them the same link shows the whole page."""
    log_in(client, cast.coordinator)
    asked = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "why-place"}
    text = client.get(url("board"), {"mentee": board["team"].pk}, **asked).text
    assert "Why this pair" in text
    assert "<html" not in text
    assert "data-board-row" not in text
    places = words_in(client.get(url("board"), {"show": "places"}, **asked))
    for words in ("Mentor places", "2 of 3 places used", "Full · 2", "With places free · 1"):
        assert words in places, words
    assert client.get(url("board"), {"mentee": 10**6}, **asked).text.strip() == ""


def test_filters_and_search_are_in_the_address(client, cast, board):
    log_in(client, cast.coordinator)
    assert "Bird counts" in client.get(url("board"), {"q": "near"}).text
    assert "No results" in client.get(url("board"), {"q": "nothing like it"}).text
    assert "No results" in client.get(url("board"), {"state": "unmatched"}).text
    assert "No results" in client.get(url("board"), {"state": "locked"}).text
    pair = {"mentee": board["team"].pk, "mentor": board["near"].pk}
    client.post(url("board-change", 1), {**pair, "do": "lock", "version": 0})
    assert "Bird counts" in client.get(url("board"), {"state": "locked"}).text
    assert "(keep 1 locked)" in client.get(url("board")).text


def test_without_a_run_the_board_says_what_is_missing(client, cast):
    log_in(client, cast.coordinator)
    cohort = CohortFactory(programme=cast.programme, slug="next")
    address = reverse("matching:board", args=["next"])
    assert "accepted people on both sides" in client.get(address).text
    EnrollmentFactory(cohort=cohort)
    assert "Nobody to match them with yet" in client.get(address).text
    EnrollmentFactory(cohort=cohort, role="mentor")
    assert "Find the best pairs" in client.get(address).text


def test_a_run_under_way_shows_its_progress_until_it_is_done(client, cast, board):
    log_in(client, cast.coordinator)
    client.post(url("run-create"))
    assert "Run 2 is waiting for a worker" in client.get(url("board")).text
    assert "Run 2 is waiting for a worker" in client.get(url("run-state")).text
    MatchRun.objects.filter(number=2).update(status="failed", error="No mentors.")
    assert client.get(url("run-state"))["HX-Refresh"] == "true"
    assert "Run 2 failed. No mentors." in client.get(url("board")).text


def test_the_preview_shows_what_confirming_then_sends(client, cast, board):
    log_in(client, cast.coordinator)
    response = client.get(url("run-preview", 1))
    assert "Lucia" in response.text
    assert not OutboxMessage.objects.exclude(key="intro:cast").exists()
    client.post(url("run-confirm", 1), {"shown": response.context["shown"]})
    message = OutboxMessage.objects.exclude(key="intro:cast").get()
    assert message.full_text == response.context["mail"].text
    assert set(message.to) == {board["team"].user.email, board["near"].user.email}
    assert "There’s nothing to confirm" in client.get(url("run-preview", 1)).text


def test_asking_for_names_and_addresses_asks_first_and_says_how_many(client, cast, board):
    Enrollment.objects.filter(pk__in=[board["team"].pk, board["near"].pk]).update(shares_address=False)
    log_in(client, cast.coordinator)
    page = client.post(url("run-ask-sharing", 1))
    assert "2 people get an email." in page.text
    asked = OutboxMessage.objects.filter(key__startswith="sharing-asked:")
    assert not asked.exists()
    assert client.post(url("run-ask-sharing", 1), {"confirmed": "yes"}).status_code == 302
    assert asked.count() == 2


def test_who_is_left_out_waits_and_a_change_since_the_preview_stops(client, cast, board):
    log_in(client, cast.coordinator)
    shown = client.get(url("run-preview", 1)).context["shown"]
    client.post(url("run-confirm", 1), {"shown": shown, "leave": board["team"].pk})
    client.post(url("run-confirm", 1), {"shown": "something else"})
    assert Match.objects.count() == 1
    client.post(url("run-confirm", 1), {"shown": shown})
    assert Match.objects.count() == 2


def test_matches_are_listed_filtered_and_exported(client, cast):
    log_in(client, cast.coordinator)
    Match.objects.filter(pk=cast.match.pk).update(status="active")
    cast.mentee_enrollment.title = "=1+1"
    cast.mentee_enrollment.save()
    assert "Mona" in client.get(url("match-list"), {"status": "active", "intro": "queued", "q": "mona"}).text
    assert "No match like that" in client.get(url("match-list"), {"status": "ended"}).text
    assert "No match like that" in client.get(url("match-list"), {"intro": "sent"}).text
    response = client.get(url("match-list"), {"format": "csv"})
    assert response["Content-Type"].startswith("text/csv")
    assert response.text.splitlines()[1].startswith("'=1+1,mentee@example.org,mentor@example.org,active,")


def test_the_status_of_a_match_is_changed_on_its_page(client, cast):
    log_in(client, cast.coordinator)
    address = url("match-detail", cast.match.pk)
    assert client.post(address, {"to": "nonsense"}).status_code == 422
    client.post(address, {"to": "ended", "reason": "Moved away"})
    assert "Moved away" in client.get(address).text


def test_lists_take_a_constant_number_of_queries(client, cast, django_assert_max_num_queries):
    for _ in range(8):
        EnrollmentFactory(cohort=cast.cohort)
        EnrollmentFactory(cohort=cast.cohort, role="mentor")
        MatchFactory(mentee=EnrollmentFactory(cohort=cast.cohort))
    run_now(cohort=cast.cohort, by=None)
    log_in(client, cast.coordinator)
    for address, most in ((url("board"), 44), (url("match-list"), 17), (url("run-preview", 1), 36)):
        with django_assert_max_num_queries(most):
            assert client.get(address).status_code == 200


# --- more than one programme ---


def test_a_coordinator_of_two_programmes_can_not_mix_their_people(client, cast, board):
    RoleFactory(workspace=cast.other_cohort.programme.workspace, user=cast.coordinator)
    outsider = EnrollmentFactory(cohort=cast.other_cohort, role="mentor")
    log_in(client, cast.coordinator)
    data = {"mentee": board["team"].pk, "mentor": outsider.pk, "do": "lock", "version": 0}
    assert client.post(url("board-change", 1), data).status_code == 404


def test_pages_do_not_load_slow_libraries():
    code = (
        "import django, sys; django.setup(); import mentorship.urls, matching.intro.services; "
        "print([m for m in ('sklearn', 'ortools', 'scipy', 'icalendar', 'typst', 'openpyxl') if m in sys.modules])"
    )
    env = {"DJANGO_SETTINGS_MODULE": "mentorship.settings", "PATH": ""}
    assert subprocess.run([sys.executable, "-c", code], env=env, check=True, capture_output=True).stdout == b"[]\n"
