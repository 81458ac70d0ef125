"""The pages of the board: what a change costs, two coordinators at once, candidates and runs."""

import pytest
from django.test import Client

from cohorts.models import Enrollment
from matching.board import advice
from matching.board import services as board_services
from matching.board.candidates import cheapest_way
from matching.board.news import board_version
from matching.board.state import read_state
from matching.consent.policy import save_confirm_policy
from matching.consent.services import ask_pairs
from matching.engine import run_result
from matching.engine import services as engine_services
from matching.models import BoardChange, ConfirmPolicy, HeldBack, Match, MatchPin, MatchRun
from matching.pauses.services import pause_mentor
from matching.policy import services as policy_services
from matching.scoring.factors import default_weights
from matching.tests.board import url
from mentorship.devtools.testing.factories import (
    EnrollmentFactory,
    MatchFactory,
    RoleFactory,
    UserFactory,
)
from mentorship.devtools.testing.pages import words_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_wake_up")]


@pytest.fixture
def market(cohort):
    """Two near, two far: the run pairs them so, and a swap costs something."""
    near, far = {"time_zone": "Europe/Berlin"}, {"time_zone": "Asia/Tokyo"}
    birds = EnrollmentFactory(cohort=cohort, title="Birds", **near)
    maps = EnrollmentFactory(cohort=cohort, title="Maps", **far)
    ada = EnrollmentFactory(cohort=cohort, role="mentor", user__full_name="Ada", **near)
    bo = EnrollmentFactory(cohort=cohort, role="mentor", user__full_name="Bo", **far)
    run, _ = engine_services.run_now(cohort=cohort, by=None)
    return {"run": run, "birds": birds, "maps": maps, "ada": ada, "bo": bo}


def swap_of(market, version=0):
    ids = {"mentee": "birds", "mentor": "ada", "other": "maps", "theirs": "bo"}
    return {"do": "swap", **{name: market[who].pk for name, who in ids.items()}, "version": version}


def test_a_swap_shows_the_board_before_and_after_and_is_then_made(coordinator, market):
    state = read_state(market["run"])
    response = coordinator.get(url("board-change", 1), swap_of(market))
    plan = response.context["plan"]
    assert plan.before == state.figures()
    assert plan.cost.score > 0
    text = response.text
    for words in ("“Birds” loses Ada", f"{plan.before.total:.2f}", f"{plan.after.total:.2f}", plan.cost.short):
        assert words in text, words
    back = f"q=birds&sort=best&evil=1&mentee={market['birds'].pk}"
    response = coordinator.post(url("board-change", 1), {**swap_of(market), "back": back})
    assert response["Location"] == f"{url('board')}?q=birds&sort=best&mentee={market['birds'].pk}&run=1"
    text = words_in(coordinator.get(response["Location"]))
    said = (
        "swapped the mentors of “Birds” and “Maps”",
        "changed by hand",
        "1 manual change</a>: total",
        "with</small> Bo",
        "by hand −",
        "Undo",
    )
    for words in said:
        assert words in text, words
    coordinator.post(url("board-undo", 1), {"version": 1})
    text = coordinator.get(url("board")).text
    assert "proven best" in text
    assert "swapped the mentors" not in text


def test_a_change_that_is_not_possible_says_why(coordinator, market):
    wish = {"do": "choose", "mentee": market["birds"].pk, "mentor": market["bo"].pk, "version": 0}
    for response in (coordinator.get(url("board-change", 1), wish), coordinator.post(url("board-change", 1), wish)):
        assert response.status_code == 422
        assert "Bo has no free place" in response.text
    assert coordinator.post(url("board-undo", 1), {"version": 0}).status_code == 422
    assert coordinator.post(url("board-change", 1), {**wish, "do": "dance"}).status_code == 404
    assert coordinator.post(url("board-change", 1), {**wish, "version": ""}).status_code == 404
    assert not BoardChange.objects.exists()


def test_a_stale_change_is_refused_with_what_changed_and_can_be_made_from_there(coordinator, cast, market):
    other = Client()
    ben = UserFactory(full_name="Ben")
    RoleFactory(workspace=cast.programme.workspace, user=ben)
    other.force_login(ben)
    other.post(
        url("board-change", 1), {"do": "lock", "mentee": market["maps"].pk, "mentor": market["bo"].pk, "version": 0}
    )
    hold = {"do": "hold", "mentee": market["birds"].pk, "version": 0}
    response = coordinator.post(url("board-change", 1), hold)
    assert response.status_code == 409
    for words in ("Somebody else changed the board", "Ben locked “Maps” with Bo", "Your change has not been made"):
        assert words in response.text, words
    assert not HeldBack.objects.exists()
    assert response.context["version"] == 1
    coordinator.post(url("board-change", 1), {**hold, "version": response.context["version"]})
    assert HeldBack.objects.get().enrollment == market["birds"]
    response = other.post(url("board-undo", 1), {"version": 1})
    assert response.status_code == 409
    assert "Nothing was undone" in response.text


def test_only_changes_by_others_are_announced(coordinator, cast, market):
    board = coordinator.get(url("board"))
    seen = {"seen": str(board.context["seen"])}
    assert coordinator.get(url("board-news", 1), seen).status_code == 204
    coordinator.post(url("board-change", 1), {"do": "hold", "mentee": market["birds"].pk, "version": 0})
    response = coordinator.get(url("board-news", 1), seen)
    assert "board-moved" in response["HX-Trigger"]
    assert "Birds" not in response.text
    theirs = Client()
    theirs.force_login(cast.viewer)
    told = theirs.get(url("board-news", 1), seen)
    assert "The coordinator left “Birds” for later." in told.text
    # What was told already is not told again while the reader is in the middle of something.
    assert theirs.get(url("board-news", 1), {**seen, "told": str(told.context["told"])}).status_code == 204
    assert coordinator.get(url("board-news", 1), {"seen": "nonsense"}).status_code == 200


def test_the_version_of_a_board_changes_with_everything_that_it_shows(coordinator, cast, market):
    cohort, news = market["run"].cohort, []

    def news_since(change):
        seen = str(board_version(cohort, MatchRun.objects.get(number=1)))
        assert coordinator.get(url("board-news", 1), {"seen": seen}).status_code == 204
        change()
        response = coordinator.get(url("board-news", 1), {"seen": seen})
        assert response.status_code == 200
        news.append(" ".join(response.context["news"]))

    news_since(lambda: MatchRun.objects.create(cohort=cohort, number=2, created_by=cast.owner))
    news_since(lambda: MatchRun.objects.filter(number=2).update(status="ready"))
    news_since(lambda: MatchRun.objects.filter(number=1).update(status="confirmed"))
    news_since(lambda: MatchFactory(mentee=market["birds"], mentor=market["bo"]))
    news_since(lambda: Match.objects.update(status="ended"))
    news_since(lambda: Enrollment.objects.filter(pk=market["ada"].pk).update(capacity=3))
    news_since(lambda: pause_mentor(enrollment=market["ada"], by=cast.owner))
    assert news[0] == "The owner started Run 2."
    assert news[1] == "Run 2 is ready."
    assert news[3] == "Somebody matched “Birds” with Bo."
    assert news[4] == "A match ended or was undone."
    assert news[5] == news[6] == "Somebody’s sign-up, places or pause changed."


def test_asking_for_news_is_cheap(coordinator, market, django_assert_max_num_queries):
    seen = {"seen": str(board_version(market["run"].cohort, market["run"]))}
    coordinator.get(url("board-news", 1), seen)
    with django_assert_max_num_queries(13):
        assert coordinator.get(url("board-news", 1), seen).status_code == 204


def test_who_is_left_for_later_is_listed_and_comes_back(coordinator, market):
    coordinator.post(url("board-change", 1), {"do": "hold", "mentor": market["ada"].pk, "version": 0})
    text = words_in(coordinator.get(url("board")))
    for words in ("Left for later", "Bring back", "Their mentor was removed by hand", "1 of 2 mentees"):
        assert words in text, words
    assert "Run again to take that into account" in text
    coordinator.post(url("board-change", 1), {"do": "bring_back", "mentor": market["ada"].pk, "version": 1})
    assert "Bring back" not in coordinator.get(url("board")).text


def test_filters_for_what_was_changed_and_what_is_locked(coordinator, market):
    assert "No results" in coordinator.get(url("board"), {"state": "changed"}).text
    coordinator.post(url("board-change", 1), swap_of(market))
    assert "Birds" in coordinator.get(url("board"), {"state": "changed"}).text


def test_the_board_is_exported_as_it_is_filtered(coordinator, market):
    coordinator.post(
        url("board-change", 1), {"do": "remove", **{k: v for k, v in swap_of(market).items() if k != "do"}}
    )
    lines = coordinator.get(url("board"), {"format": "csv"}).text.splitlines()
    assert lines[0] == "mentee,people,mentor,score,why,locked,changed by hand,matched"
    assert len(lines) == 3
    assert lines[1].startswith(f'Birds,{market["birds"].user.email},,,"Their mentor was removed by hand.')
    only = coordinator.get(url("board"), {"format": "csv", "q": "maps"}).text.splitlines()
    assert [line.split(",")[2] for line in only[1:]] == [market["bo"].user.email]


def test_a_row_says_whose_answer_a_pair_waits_for(coordinator, market, cast):
    assert "waiting for the mentor" not in coordinator.get(url("board")).text
    save_confirm_policy(policy=ConfirmPolicy(cohort=market["run"].cohort, ask="mentors"), by=cast.coordinator)
    ask_pairs(run=market["run"], mentee_ids=[market["birds"].pk], by=cast.coordinator)
    text = coordinator.get(url("board"), {"mentee": market["birds"].pk}).text
    assert text.count('title="Waiting for the mentor"') == 1
    assert text.count("Waiting for the mentor</span>") == 1


def test_candidates_stand_side_by_side_and_any_mentor_is_found(coordinator, market):
    for n in range(5):
        EnrollmentFactory(cohort=market["run"].cohort, role="mentor", user__full_name=f"Cy {n}", languages=["pt"])
    engine_services.run_now(cohort=market["run"].cohort, by=None)
    address = url("candidate-list", 2, market["birds"].pk)
    response = coordinator.get(address)
    assert [c.mentor.user.full_name for c in response.context["columns"]] == ["Ada", "Bo"]
    assert response.context["columns"][0].chosen
    assert "Swap" in response.text
    response = coordinator.get(address, {"q": "cy"})
    ((why, cys, more),) = response.context["ruled_out"]
    assert (why, len(cys), more) == ("no shared language", 5, 0)
    assert words_in(response).count("o shared language") == 1
    extra = cys[0]
    assert f'href="?q=cy&amp;with={extra.pk}"' in response.text
    response = coordinator.get(address, {"with": extra.pk})
    assert extra in [c.mentor for c in response.context["columns"]]
    assert f'href="?with={extra.pk}&amp;with=' in response.text
    assert "No results" in coordinator.get(address, {"q": "nobody like it"}).text
    late = EnrollmentFactory(cohort=market["run"].cohort)
    assert "joined after the run" in coordinator.get(url("candidate-list", 2, late.pk)).text
    assert coordinator.get(url("candidate-list", 2, market["ada"].pk)).status_code == 404


def test_what_people_wrote_is_not_put_into_the_programme_s_words(coordinator, market):
    """A project called “A mentor for everybody” stays so where mentors are called guides."""
    run = market["run"]
    type(run.cohort.programme).objects.update(mentor_label="guide", mentee_label="fellow")
    Enrollment.objects.filter(pk=market["birds"].pk).update(title="A mentor for every mentee")
    page = coordinator.get(url("board"), {"mentee": market["maps"].pk})
    assert "Full, with “A mentor for every mentee” (" in page.text
    assert "Other guides" in page.text
    wish = {"do": "swap", "mentee": market["birds"].pk, "mentor": market["ada"].pk, "other": market["maps"].pk}
    coordinator.post(url("board-change", 1), {**wish, "theirs": market["bo"].pk, "version": 0})
    assert BoardChange.objects.get().words == "swapped the guides of “A mentor for every mentee” and “Maps”"
    coordinator.post(url("board-change", 1), {"do": "hold", "mentor": market["bo"].pk, "version": 1})
    assert "Their guide was removed by hand." in coordinator.get(url("board")).text


def test_a_minimum_score_that_excludes_everybody_is_told_on_the_board_and_in_the_settings(coordinator, market, cast):
    cohort = market["run"].cohort
    for role, kind in (("mentee", "technical"), ("mentor", "career")):
        Enrollment.objects.filter(cohort=cohort, role=role).update(mentoring_type=kind)
    engine_services.run_now(cohort=cohort, by=None)
    weights, rules = default_weights(), {"least_score": 0.99}
    policy_services.save_weights(
        cohort=cohort, weights=weights, require_common_language=True, by=cast.coordinator, rules=rules
    )
    said = "excludes 4 of 4 possible pairs, and leaves 2 mentees without a mentor"
    settings = coordinator.get(url("policy-edit")).text
    assert f"By the scores of Run 2, a minimum of 0.99 {said}." in settings
    engine_services.run_now(cohort=cohort, by=None)
    board = coordinator.get(url("board")).text
    assert f"the minimum score of 0.99 {said}." in board
    assert "The best is Ada (" in board
    policy_services.save_weights(
        cohort=cohort, weights=weights, require_common_language=True, by=cast.coordinator, rules={"least_score": 0.1}
    )
    assert "By the scores of" not in coordinator.get(url("policy-edit")).text


def test_notices_share_one_box_and_the_pressing_ones_come_first(coordinator, market):
    EnrollmentFactory(cohort=market["run"].cohort)
    board_services.set_pin(mentee=market["birds"], mentor=market["bo"], kind="forbid", by=None)
    pause_mentor(enrollment=market["ada"], by=None)
    page = coordinator.get(url("board"))
    assert [notice.pressing for notice in page.context["notices"]] == [True, False, False]
    assert page.text.count('class="m-notices"') == 1
    assert "1 proposed pair is no longer possible" in page.context["notices"][0].words


def test_the_table_of_a_candidate_adds_up_to_its_score(coordinator, market):
    response = coordinator.get(url("candidate-list", 1, market["birds"].pk))
    for at, column in enumerate(response.context["columns"]):
        parts = sum(cells[at].part for _, cells in response.context["rows"])
        assert parts == pytest.approx(column.score, abs=0.01)


def test_a_mentor_whom_the_run_did_not_put_into_words_is_described_as_it_would_have_been(coordinator, market):
    written = market["run"].proposals.select_related("mentor").first()
    written.delete()
    address = url("candidate-list", 1, written.mentee_id)
    page = coordinator.get(address, {"with": written.mentor_id}).context
    at = [c.mentor for c in page["columns"]].index(written.mentor)
    assert {label: cells[at].phrase for label, cells in page["rows"] if cells[at].known} == {
        part["label"]: part["phrase"] for part in written.factors
    }


def add_people(cohort):
    """118 mentees and 82 mentors, accepted."""
    users = [UserFactory.build() for _ in range(200)]
    users = type(users[0]).objects.bulk_create(users)
    people = [
        Enrollment(
            cohort=cohort,
            user=user,
            status="accepted",
            role="mentee" if n < 118 else "mentor",
            title=f"Project {n}" if n < 118 else "",
            capacity=2,
            languages=["en"],
        )
        for n, user in enumerate(users)
    ]
    Enrollment.objects.bulk_create(people)


def test_120_mentees_take_as_many_queries_as_two(coordinator, market, django_assert_max_num_queries):
    pages = (
        url("candidate-list", 1, market["birds"].pk),
        url("run-list"),
        f"{url('run-compare')}?a=1&b=2",
    )
    cohort = market["run"].cohort
    engine_services.run_now(cohort=cohort, by=None)
    for address in pages:
        coordinator.get(address)
    add_people(cohort)
    for _ in range(2):
        engine_services.run_now(cohort=cohort, by=None)
    many = (
        url("candidate-list", 3, market["birds"].pk),
        url("run-list"),
        f"{url('run-compare')}?a=3&b=4",
    )
    for address, most in zip(many, (36, 20, 20), strict=True):
        with django_assert_max_num_queries(most):
            assert coordinator.get(address).status_code == 200
    change = url("board-change", 3)
    way, _ = cheapest_way(read_state(MatchRun.objects.get(number=3)), market["birds"].pk, market["bo"].pk)
    wish = {name: getattr(way.wish, name) for name in ("do", "mentee", "mentor", "other", "theirs")}
    with django_assert_max_num_queries(24):
        assert coordinator.get(change, wish).status_code == 200


# --- runs ---


def test_runs_are_named_and_compared(coordinator, market):
    board_services.set_pin(mentee=market["birds"], mentor=market["bo"], kind="lock", by=None)
    engine_services.run_now(cohort=market["run"].cohort, by=None)
    coordinator.post(url("run-rename", 2), {"name": " With a lock "})
    text = coordinator.get(url("run-list")).text
    assert "Run 2: With a lock" in text
    response = coordinator.get(url("run-compare"), {"a": 1, "b": 2})
    assert [d.mentee for d in response.context["differences"]] == [market["maps"], market["birds"]] or [
        d.mentee for d in response.context["differences"]
    ] == [market["birds"], market["maps"]]
    assert "2 mentees matched differently" in words_in(response)
    assert "No differences" in coordinator.get(url("run-compare"), {"a": 2, "b": 2}).text
    assert "Choose two runs" in coordinator.get(url("run-compare"), {"a": "x"}).text
    coordinator.post(url("run-rename", 2), {"name": "x" * 61})
    assert MatchRun.objects.get(number=2).name == "With a lock"


def test_the_board_tells_goal_rules_and_what_other_goals_would_give(coordinator, market):
    text = coordinator.get(url("board")).text
    for words in ("Goals compared", "Fairest", "Stable", "Require a language in common", "Best total"):
        assert words in text, words


def test_a_run_keeps_its_objective_and_rules(market, cast):
    policy_services.save_weights(
        cohort=market["run"].cohort,
        weights=default_weights(),
        require_common_language=False,
        by=cast.coordinator,
        rules={"least_hours": 2},
        objective="stable",
    )
    run, answer = engine_services.run_now(cohort=market["run"].cohort, by=None)
    assert isinstance(answer, run_result.RunResult)
    told = advice.rules_of_run(run)
    assert told["goal"].startswith("Stable")
    assert "Minimum shared waking hours a day: 2" in told["rules"]
    assert "Require a language in common" not in told["rules"]
    assert MatchPin.objects.count() == 0
