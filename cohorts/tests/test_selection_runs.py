"""Trying the rules on a cohort, correcting by hand, applying: the rows written and the mails sent."""

import pytest

from cohorts.enrollment.services import decide_enrollments
from cohorts.models import Enrollment, SelectionRun, SignupAnswer, SignupQuestion
from cohorts.review.services import declare_conflict
from cohorts.selection.policy import policy_of, policy_problems, rule_questions
from cohorts.selection.results import changes_of, entries_with, quota_totals, track_of, track_totals
from cohorts.selection.services import apply_run, override_outcome, save_policy, try_selection
from mentorship.core.audit.models import AuditEntry
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort(cast):
    """The cast's cohort without anybody in it yet."""
    Enrollment.objects.filter(pk=cast.mentee_enrollment.pk).update(status="declined")
    return cast.cohort


def question(cohort, kind, text, choices=(), key="q1", **fields):
    return SignupQuestion.objects.create(
        cohort=cohort, role="mentee", kind=kind, text=text, options=[[c, c] for c in choices], key=key, **fields
    )


def policy(**parts):
    empty = {"tracks": [{"name": "", "seats": 2}], "quotas": [], "points": [], "priority": [], "override": []}
    return {**empty, "availability_question": None, "seed": "spring", **parts}


def apply_for(cohort, title, said=None, **fields):
    enrollment = EnrollmentFactory(cohort=cohort, status="applied", title=title, **fields)
    for asked, value in (said or {}).items():
        SignupAnswer.objects.create(enrollment=enrollment, question=asked, value=value)
    return enrollment


def entry_of(run, enrollment):
    return next(e for e in run.result["applications"] if e["id"] == enrollment.pk)


def test_rules_use_answers_reviews_first_timers_and_overrides(cast, cohort):
    office = question(cohort, "one", "Is your office new?", ["Yes", "No"])
    earlier = CohortFactory(programme=cast.programme)
    back = apply_for(cohort, "Comes back", {office: "Yes"})
    EnrollmentFactory(cohort=earlier, user=back.user, role="mentor")
    teammate = apply_for(cohort, "Team with one who was here", {office: "Yes"})
    teammate.members.create(user=EnrollmentFactory(cohort=earlier).user)
    new = apply_for(cohort, "New office", {office: "yes"})
    liked = apply_for(cohort, "Well reviewed")
    first = apply_for(cohort, "By the hand")
    criterion = cohort.criteria.create(name="Readiness", lowest=1, highest=3)
    liked.reviews.create(reviewer=cast.coordinator, scores={str(criterion.pk): 3}, recommendation="yes")
    liked.reviews.create(reviewer=cast.owner, scores={str(criterion.pk): 2}, recommendation="yes")
    rules = policy(
        tracks=[{"name": "", "seats": 5}],
        points=[
            {"from": "reviews", "points": 4},
            {"question": office.key, "answer": "Yes", "points": 2},
            {"first_time": True, "points": 0.5},
        ],
        priority=[{"question": office.key, "answer": "yes"}],
        override=[first.pk],
    )
    save_policy(cohort=cohort, policy=rules, by=cast.coordinator)
    run = try_selection(cohort=cohort, by=cast.coordinator)
    points = {e["id"]: e["points"] for e in run.result["applications"]}
    assert points == {back.pk: 2, teammate.pk: 2, new.pk: 2.5, liked.pk: 3.5, first.pk: 0.5}
    order = [e["id"] for e in run.result["applications"]]
    assert order[:2] == [first.pk, new.pk]
    assert order[-1] == liked.pk
    assert not OutboxMessage.objects.filter(kind="decision").exists()
    assert AuditEntry.objects.filter(verb="tried the selection", actor=cast.coordinator).count() == 1


def test_accepted_people_keep_their_seats_and_applying_mails_once(cast, cohort, django_capture_on_commit_callbacks):
    inside = EnrollmentFactory(cohort=cohort, title="In already")
    lucky, unlucky = apply_for(cohort, "Lucky"), apply_for(cohort, "Unlucky")
    waiting = EnrollmentFactory(cohort=cohort, status="waitlisted", title="Waits", waitlist_position=1)
    save_policy(cohort=cohort, policy=policy(override=[lucky.pk]), by=cast.coordinator)
    run = try_selection(cohort=cohort, by=cast.coordinator)
    assert entry_of(run, inside)["kept"]
    assert changes_of(run) == {"accepted": [lucky.pk], "waitlisted": [unlucky.pk], "declined": []}

    done = apply_run(run=run, by=cast.coordinator, paragraphs={"accepted": "Bring boots."})
    assert (done.decided["accepted"], done.decided["waitlisted"], done.left) == (1, 1, [])
    for enrollment in (lucky, unlucky, waiting, inside):
        enrollment.refresh_from_db()
    assert (lucky.status, unlucky.status, waiting.status) == ("accepted", "waitlisted", "waitlisted")
    order = [e["id"] for e in entries_with(run, "waitlisted")]
    assert [order.index(e.pk) + 1 for e in (unlucky, waiting)] == [unlucky.waitlist_position, waiting.waitlist_position]
    mails = OutboxMessage.objects.filter(kind="decision")
    assert {(m.to[0], "Bring boots." in m.full_text) for m in mails} == {
        (lucky.user.email, True),
        (unlucky.user.email, False),
    }

    assert not apply_run(run=run, by=cast.coordinator).decided
    assert mails.count() == 2
    run.refresh_from_db()
    assert run.applied_at is not None


def test_tracks_become_groups_and_a_partners_people_stay_in_theirs(cast, cohort):
    when = question(cohort, "many", "When can you?", ["Tuesday", "Friday", "Friday (if necessary)"])
    fund = cohort.groups.create(name="Soil Fund", slug="soil-fund", seats=1)
    friday = cohort.groups.create(name="Friday", slug="fr")
    one = apply_for(cohort, "One", {when: ["Tuesday", "Friday (if necessary)"]})
    two = apply_for(cohort, "Two", {when: ["Tuesday"]})
    never = apply_for(cohort, "Never", {when: []})
    funded, crowded = apply_for(cohort, "Funded", group=fund), apply_for(cohort, "Crowded", group=fund)
    rules = policy(
        tracks=[{"name": "Tuesday", "seats": 1}, {"name": "Friday", "seats": 1}],
        availability_question=when.key,
        override=[one.pk, funded.pk],
    )
    save_policy(cohort=cohort, policy=rules, by=cast.coordinator)
    run = try_selection(cohort=cohort, by=cast.coordinator)
    assert entry_of(run, never)["reasons"] == ["can attend none of the tracks"]
    assert entry_of(run, crowded)["reasons"] == ["no seat left in a track they can attend"]
    apply_run(run=run, by=cast.coordinator, mail=False)
    found = dict(cohort.enrollments.filter(status="accepted", role="mentee").values_list("title", "group__name"))
    assert found == {"One": "Friday", "Two": "Tuesday", "Funded": "Soil Fund"}
    one.refresh_from_db()
    assert one.group == friday
    assert cohort.groups.get(slug="tuesday").seats == 1
    assert two.reviews.count() == 0
    assert not OutboxMessage.objects.filter(kind="decision").exists()

    silent = EnrollmentFactory(cohort=cohort, title="Said nothing")
    crowd = try_selection(cohort=cohort, by=cast.coordinator)
    assert entry_of(crowd, silent)["reasons"] == ["was accepted before, although no seat is left"]
    apply_run(run=crowd, by=cast.coordinator)
    silent.refresh_from_db()
    assert silent.group is None
    silent.delete()

    again = try_selection(cohort=cohort, by=cast.coordinator)
    assert {e["id"]: e["track"] for e in again.result["applications"] if e["kept"]} == {
        e["id"]: e["track"] for e in run.result["applications"] if e["outcome"] == "accepted"
    }


def test_a_question_for_each_track(cast, cohort):
    tuesday = question(cohort, "one", "Tuesday?", ["Yes", "If necessary", "No"], key="tue")
    friday = question(cohort, "yes_no", "Friday?", key="fri")
    one = apply_for(cohort, "One", {tuesday: "If necessary", friday: True})
    two = apply_for(cohort, "Two", {tuesday: "Yes", friday: False})
    tracks = [{"name": "Tuesday", "seats": 1}, {"name": "Friday", "seats": 1}]
    asked = {"Tuesday": "tue", "Friday": "fri"}
    save_policy(cohort=cohort, policy=policy(tracks=tracks, availability_question=asked), by=cast.coordinator)
    run = try_selection(cohort=cohort, by=cast.coordinator)
    assert (entry_of(run, one)["track"], entry_of(run, two)["track"]) == ("Friday", "Tuesday")


def test_an_override_is_recorded_and_never_oversells(cast, cohort):
    people = [apply_for(cohort, f"Project {n}", country="KE") for n in range(3)]
    quota = [{"attribute": "country", "value": None, "most": 1}]
    save_policy(cohort=cohort, policy=policy(quotas=quota), by=cast.coordinator)
    run = try_selection(cohort=cohort, by=cast.coordinator)
    lucky, *others = sorted(people, key=lambda e: entry_of(run, e)["rank"])
    assert entry_of(run, others[0])["reasons"][-1] == "over the quota of 1 for country Kenya"

    run = override_outcome(run=run, enrollment=others[0], outcome="accepted", track="", by=cast.coordinator)
    assert entry_of(run, others[0])["by_hand"]["by"] == cast.coordinator.pk
    assert [(t["taken"], t["seats"]) for t in track_totals(run)] == [(2, 2)]
    assert [(t["name"], t["taken"], t["most"]) for t in quota_totals(run)] == [("country Kenya", 2, 1)]
    with pytest.raises(ServiceError, match="All 2 seats are taken"):
        override_outcome(run=run, enrollment=others[1], outcome="accepted", track="", by=cast.coordinator)
    with pytest.raises(ServiceError, match="Choose one of the tracks"):
        override_outcome(run=run, enrollment=others[1], outcome="accepted", track="Nowhere", by=cast.coordinator)

    run = override_outcome(run=run, enrollment=lucky, outcome="declined", track=None, by=cast.coordinator)
    run = override_outcome(run=run, enrollment=others[1], outcome="accepted", track="", by=cast.coordinator)
    with pytest.raises(ServiceError, match="taken"):
        override_outcome(run=run, enrollment=lucky, outcome="", track=None, by=cast.coordinator)
    apply_run(run=run, by=cast.coordinator)
    for enrollment, status in zip([lucky, *others], ["declined", "accepted", "accepted"], strict=True):
        enrollment.refresh_from_db()
        assert enrollment.status == status
    with pytest.raises(ServiceError, match="any more"):
        override_outcome(run=run, enrollment=lucky, outcome="accepted", track="", by=cast.coordinator)


def test_nobody_overrides_the_outcome_of_their_own_application(cast, cohort):
    own = apply_for(cohort, "My own", user=cast.coordinator)
    team = apply_for(cohort, "My team")
    team.members.create(user=cast.coordinator)
    friend = apply_for(cohort, "A friend")
    declare_conflict(enrollment=friend, by=cast.coordinator, reason="We live together")
    save_policy(cohort=cohort, policy=policy(), by=cast.owner)
    run = try_selection(cohort=cohort, by=cast.coordinator)
    for enrollment in (own, team, friend):
        with pytest.raises(ServiceError, match="own application"):
            override_outcome(run=run, enrollment=enrollment, outcome="waitlisted", track=None, by=cast.coordinator)
    run = override_outcome(run=run, enrollment=own, outcome="declined", track=None, by=cast.owner)
    assert track_of(entry_of(run, own)) is None


def test_applying_an_old_run_never_oversells_and_skips_withdrawn_people(cast, cohort):
    one, two, late = (apply_for(cohort, title) for title in ("One", "Two", "Late"))
    save_policy(cohort=cohort, policy=policy(override=[one.pk, two.pk]), by=cast.coordinator)
    run = try_selection(cohort=cohort, by=cast.coordinator)
    decide_enrollments(enrollments=[late], to="accepted", by=cast.owner)
    with pytest.raises(ServiceError, match="1 person was accepted since this run"):
        apply_run(run=run, by=cast.coordinator)
    assert SelectionRun.objects.get().applied_at is None

    decide_enrollments(enrollments=[late], to="waitlisted", by=cast.owner)
    Enrollment.objects.filter(pk=one.pk).update(status="withdrawn")
    done = apply_run(run=run, by=cast.coordinator)
    assert [(e.pk, reason) for e, reason in done.left] == [(one.pk, "One is withdrawn since the run.")]
    two.refresh_from_db()
    assert two.status == "accepted"


def test_people_without_a_seat_when_a_run_is_applied_stay_unchanged(cast, cohort):
    first, second = apply_for(cohort, "First"), apply_for(cohort, "Second")
    tracks = [{"name": "Tuesday", "seats": 1}, {"name": "Friday", "seats": 1}]
    save_policy(cohort=cohort, policy=policy(tracks=tracks), by=cast.coordinator)
    run = try_selection(cohort=cohort, by=cast.coordinator)
    cohort.mentee_seats = 1
    cohort.save()
    done = apply_run(run=run, by=cast.coordinator)
    assert [(e.pk, reason) for e, reason in done.left] == [
        (second.pk, "All 1 seats for mentees are taken. Second could wait.")
    ]
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status, second.group) == ("accepted", "applied", None)
    assert OutboxMessage.objects.filter(kind="decision").count() == 1


def test_rules_that_cannot_be_used_say_why(cast, cohort):
    cohort.mentee_seats = 30
    cohort.groups.create(name="monday", slug="monday", seats=20)
    question(cohort, "short", "Your division", key="div")
    question(cohort, "one", "Secret", ["a"], key="private", seen_by="private")
    question(cohort, "one", "When?", ["Tuesday"], key="when")
    bad = policy(
        tracks=[{"name": "Monday", "seats": 40}, {"name": "", "seats": None}],
        quotas=[
            {"attribute": "country", "value": "Atlantis", "most": 3},
            {"attribute": "question:div", "value": None, "most": 3},
            {"attribute": "group", "value": "Nobody", "most": -1},
        ],
        points=[{"question": "private", "answer": "a", "points": 1}, {"from": "reviews", "points": "many"}],
        priority=[{"from": "reviews"}, {"question": "when", "answer": "Sunday"}],
        availability_question="when",
        seed="x" * 41,
    )
    found = {(p.part, p.row, p.key): p.text for p in policy_problems(bad, cohort, rule_questions(cohort))}
    texts = [
        p.text for p in policy_problems(bad, cohort, rule_questions(cohort)) if (p.part, p.key) == ("tracks", "seats")
    ]
    assert texts[:1] == ["The group monday has 20 seats; change that first."]
    assert texts[-1:] == ["These are 40 seats; the cohort has 30."]
    assert found[("tracks", 0, "name")] == "No option of the question has this name. They are: Tuesday."
    assert found[("tracks", 1, "name")]
    assert found[("tracks", 1, "seats")] == "Write a number of seats."
    assert found[("quotas", 0, "value")] == "“Atlantis” is not a country."
    assert found[("quotas", 1, "attribute")]
    assert found[("quotas", 2, "value")] == "The cohort has no group called “Nobody”."
    assert found[("quotas", 2, "most")]
    assert found[("points", 0, "what")].startswith("This question is not asked any more")
    assert found[("points", 1, "points")]
    assert found[("priority", 0, "what")]
    assert found[("priority", 1, "answer")] == "“Sunday” can't be answered there. Possible are: Tuesday."
    assert found[("seed", None, "")]
    with pytest.raises(ServiceError, match="can't be used yet"):
        save_policy(cohort=cohort, policy=bad, by=cast.coordinator)
    with pytest.raises(ServiceError, match="how many seats"):
        try_selection(cohort=CohortFactory(programme=cast.programme), by=cast.coordinator)


def test_without_rules_the_seats_of_the_cohort_apply(cast, cohort):
    cohort.mentee_seats = 7
    assert policy_of(cohort)["tracks"] == [{"name": "", "seats": 7}]


def test_queries_of_a_trial_do_not_grow_with_applications(cast, cohort, django_assert_max_num_queries):
    office = question(cohort, "one", "Office?", ["A", "B"], key="office")
    cohort.criteria.create(name="Readiness")
    rules = policy(
        points=[{"from": "reviews"}, {"question": "office", "answer": "A", "points": 1}, {"first_time": True}],
        quotas=[{"attribute": "question:office", "value": None, "most": 3}],
    )
    save_policy(cohort=cohort, policy=rules, by=cast.coordinator)
    for _ in range(2):
        for number in range(10):
            one = apply_for(cohort, f"Project {number} {UserFactory().pk}", {office: "A"})
            one.members.create(user=UserFactory())
            one.reviews.create(reviewer=cast.owner, recommendation="yes")
        with django_assert_max_num_queries(20):
            try_selection(cohort=cohort, by=cast.coordinator)
