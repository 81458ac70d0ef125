"""Reviews: access, the fields that reviewers see, saving, and totals."""

import pytest
from django.urls import reverse

from cohorts.models import Criterion, Enrollment, Review, SignupAnswer, SignupQuestion, TeamMember
from cohorts.review.access import reviewable_by
from cohorts.review.services import declare_conflict, save_criteria, save_review, withdraw_conflict
from cohorts.review.summary import summaries_of
from mentorship.core.accounts.models import User
from mentorship.core.audit.models import AuditEntry
from mentorship.core.errors import ServiceError
from mentorship.devtools.testing.factories import EnrollmentFactory, TopicFactory, UserFactory
from mentorship.devtools.testing.pages import words_in

pytestmark = pytest.mark.django_db

SECRETS = ("I need a nurse", "ask-me@example.org", "The board knows her", "My salary", "My allergies")


@pytest.fixture
def application(cast):
    """An application with everything that not everybody may read."""
    enrollment = EnrollmentFactory(
        cohort=cast.cohort,
        status="applied",
        title="Tide tables",
        user__full_name="Ana Luz",
        user__email="ask-me@example.org",
        private_needs="I need a nurse",
        note="The board knows her",
    )
    for seen_by, answer in [
        ("match", "I like boats"),
        ("review", "I studied tides"),
        ("coordinators", "My salary"),
        ("private", "My allergies"),
    ]:
        asked = SignupQuestion.objects.create(
            cohort=cast.cohort, role="mentee", key=seen_by, kind="short", text=f"About {seen_by}", seen_by=seen_by
        )
        SignupAnswer.objects.create(enrollment=enrollment, question=asked, value=answer)
    return enrollment


@pytest.fixture
def rubric(cast):
    return [
        Criterion.objects.create(cohort=cast.cohort, name="Readiness", lowest=1, highest=3, weight=3),
        Criterion.objects.create(cohort=cast.cohort, name="Openness", lowest=0, highest=4, weight=1, position=1),
    ]


@pytest.fixture
def with_mentors(cast):
    cast.cohort.mentors_review = True
    cast.cohort.save()


def page(cast, name="review-list", *args):
    return reverse(f"cohorts:{name}", args=[cast.cohort.slug, *args])


def opinion(enrollment, by, scores=(), recommendation="yes", **fields):
    return save_review(enrollment=enrollment, by=by, scores=dict(scores), recommendation=recommendation, **fields)


# Who may


def test_the_team_reviews_and_mentors_only_where_the_cohort_wants_it(cast, application):
    def may(user):
        return application in reviewable_by(user, cast.cohort)

    assert may(cast.coordinator)
    assert may(cast.owner)
    assert not any(may(u) for u in (cast.viewer, cast.mentor, cast.mentee, cast.stranger, cast.contact))
    cast.cohort.mentors_review = True
    assert may(cast.mentor)
    Enrollment.objects.filter(pk=cast.mentor_enrollment.pk).update(status="applied")
    assert not may(cast.mentor)
    with pytest.raises(ServiceError, match="not open for your review"):
        opinion(application, cast.viewer)


def test_nobody_reviews_their_own_their_teams_or_one_in_conflict(cast, application):
    own = EnrollmentFactory(cohort=cast.cohort, status="applied", title="Mine", user=cast.coordinator)
    team = EnrollmentFactory(cohort=cast.cohort, status="waitlisted", title="Ours")
    team.members.create(user=cast.coordinator)
    assert list(reviewable_by(cast.coordinator, cast.cohort)) == [application]
    assert {own, team} < set(reviewable_by(cast.owner, cast.cohort))

    opinion(application, cast.coordinator)
    declare_conflict(enrollment=application, by=cast.coordinator, reason="My sister")
    assert not reviewable_by(cast.coordinator, cast.cohort).exists()
    assert summaries_of(cast.cohort) == {}
    with pytest.raises(ServiceError):
        opinion(application, cast.coordinator)
    withdraw_conflict(enrollment=application, by=cast.coordinator)
    assert summaries_of(cast.cohort)[application.pk].yes == 1
    declare_conflict(enrollment=application, by=cast.owner)
    withdraw_conflict(enrollment=application, by=cast.owner)
    assert not Review.objects.filter(reviewer=cast.owner).exists()
    verbs = AuditEntry.objects.filter(object_type="cohorts.review").values_list("verb", flat=True)
    assert list(verbs.order_by("pk"))[:3] == ["reviewed", "declared a conflict", "withdrew a conflict"]


def test_the_pages_answer_404_to_whoever_has_no_business_there(client, cast, application, with_mentors):
    own = EnrollmentFactory(cohort=cast.cohort, status="applied", title="My own", user=cast.mentor)
    decided = cast.mentee_enrollment
    urls = {
        "list": page(cast),
        "one": page(cast, "review-edit", application.pk),
        "own": page(cast, "review-edit", own.pk),
        "decided": page(cast, "review-edit", decided.pk),
        "rubric": page(cast, "rubric-edit"),
        "selection": page(cast, "selection-edit"),
    }
    for user, seen in [
        (cast.coordinator, {"list", "one", "own", "decided", "rubric", "selection"}),
        (cast.viewer, {"list", "one", "own", "decided", "selection"}),
        (cast.mentor, {"list", "one"}),
        (cast.mentee, set()),
        (cast.stranger, set()),
        (cast.contact, set()),
    ]:
        client.force_login(user)
        assert {name for name, url in urls.items() if client.get(url).status_code == 200} == seen, user
        statuses = {client.get(url).status_code for name, url in urls.items() if name not in seen}
        assert statuses <= {404}, user
    client.logout()
    assert client.get(urls["list"]).status_code == 302


def test_posting_is_closed_to_the_same_people(client, cast, application, with_mentors):
    foreign = EnrollmentFactory(cohort=cast.other_cohort, status="applied")
    for user, pk in [(cast.viewer, application.pk), (cast.mentee, application.pk), (cast.coordinator, foreign.pk)]:
        client.force_login(user)
        for name in ("review-edit", "conflict-declare", "conflict-withdraw"):
            assert client.post(page(cast, name, pk), {"recommendation": "yes"}).status_code == 404
    client.force_login(cast.mentor)
    assert client.post(page(cast, "rubric-edit"), {}).status_code == 404
    assert not Review.objects.exists()


# What they see


def test_mentors_see_the_application_and_nothing_private(client, cast, application, with_mentors):
    opinion(application, cast.owner, recommendation="no", summary="Too early, says the owner")
    client.force_login(cast.mentor)
    one = client.get(page(cast, "review-edit", application.pk)).content.decode()
    listed = client.get(page(cast)).content.decode()
    assert "Tide tables" in listed
    for text in ("Ana Luz", "I like boats", "I studied tides"):
        assert text in one
    for secret in (*SECRETS, "Too early, says the owner", "The owner"):
        assert secret not in one
        assert secret not in listed
    assert "Tide tables" not in client.get(page(cast), {"q": "ask-me@"}).content.decode()
    assert client.get(page(cast), {"format": "csv"})["Content-Type"].startswith("text/html")


def test_coordinators_see_their_own_questions_but_no_private_needs(client, cast, application):
    client.force_login(cast.coordinator)
    one = client.get(page(cast, "review-edit", application.pk)).content.decode()
    assert "My salary" in one
    for secret in ("I need a nurse", "My allergies", "ask-me@example.org"):
        assert secret not in one


def test_an_application_without_a_name_never_shows_the_address(client, cast, with_mentors):
    nameless = EnrollmentFactory(cohort=cast.cohort, status="applied", title="", user__email="hidden@example.org")
    nameless.user.full_name = ""
    nameless.user.save()
    client.force_login(cast.mentor)
    assert f"Application {nameless.pk}" in client.get(page(cast)).content.decode()
    for url in (page(cast), page(cast, "review-edit", nameless.pk)):
        assert "hidden@example.org" not in client.get(url).content.decode()


# Reviewing


def test_a_mentor_reviews_and_comes_to_the_next(client, cast, application, rubric, with_mentors):
    later = EnrollmentFactory(cohort=cast.cohort, status="applied", title="Later one")
    client.force_login(cast.mentor)
    form = client.get(page(cast, "review-edit", application.pk)).content.decode()
    assert 'rel="next"' in form
    assert "I would mentor this" in form
    ready, openness = rubric
    data = {
        f"score_{ready.pk}": "3",
        f"score_{openness.pk}": "none",
        "recommendation": "yes",
        "preference": "1",
        "summary": "Ready to go.",
    }
    answer = client.post(page(cast, "review-edit", application.pk), data)
    assert answer.url == page(cast, "review-edit", later.pk)
    review = Review.objects.get()
    assert (review.scores, review.recommendation, review.preference) == ({str(ready.pk): 3}, "yes", 1)
    assert AuditEntry.objects.get(verb="reviewed").actor == cast.mentor

    again = client.get(page(cast, "review-edit", application.pk)).content.decode()
    assert "Ready to go." in again
    answer = client.post(page(cast, "review-edit", application.pk), {**data, "preference": "", "then": "list"})
    assert answer.url == page(cast)
    assert Review.objects.get().preference is None


def test_an_invalid_review_shows_its_errors_and_keeps_the_text(client, cast, application, rubric):
    client.force_login(cast.coordinator)
    ready, openness = rubric
    answer = client.post(
        page(cast, "review-edit", application.pk), {f"score_{ready.pk}": "9", "summary": "Long thoughts"}
    )
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {f"score_{ready.pk}", f"score_{openness.pk}", "recommendation"}
    assert "Long thoughts" in answer.content.decode()
    assert not Review.objects.exists()
    assert "preference" not in answer.context["form"].fields
    with pytest.raises(ServiceError, match="Only mentors"):
        opinion(application, cast.coordinator, preference=1)
    with pytest.raises(ServiceError, match="scale"):
        opinion(application, cast.coordinator, scores={ready.pk: 4})


def test_a_conflict_hides_the_application_and_can_be_withdrawn(client, cast, application, with_mentors):
    client.force_login(cast.mentor)
    answer = client.post(page(cast, "conflict-declare", application.pk), {"reason": "x" * 201})
    assert answer.status_code == 422
    client.post(page(cast, "conflict-declare", application.pk), {"reason": "We share an office"})
    assert client.get(page(cast, "review-edit", application.pk)).status_code == 404
    assert list(client.get(page(cast)).context["rows"]) == []
    hidden = client.get(page(cast), {"mine": "conflict"}).content.decode()
    assert "Tide tables" in hidden
    assert "We share an office" in hidden
    client.force_login(cast.owner)
    assert "We share an office" in client.get(page(cast, "review-edit", application.pk)).content.decode()
    client.force_login(cast.mentor)
    client.post(page(cast, "conflict-withdraw", application.pk))
    assert client.get(page(cast, "review-edit", application.pk)).status_code == 200


# What it adds up to


def test_means_are_weighted_and_disagreement_shows(client, cast, application, rubric):
    ready, openness = rubric
    opinion(application, cast.coordinator, {ready.pk: 3, openness.pk: 4})
    opinion(application, cast.owner, {ready.pk: 2, openness.pk: 0}, "unsure")
    summary = summaries_of(cast.cohort)[application.pk]
    assert (summary.reviews, summary.yes, summary.unsure, summary.no) == (2, 1, 1, 0)
    assert summary.mean == pytest.approx((1 + 0.375) / 2, abs=1e-4)
    assert summary.disagreement
    opinion(application, cast.owner, {ready.pk: 3, openness.pk: 0}, "unsure")
    assert not summaries_of(cast.cohort)[application.pk].disagreement
    opinion(application, cast.owner, {ready.pk: 3, openness.pk: 4}, "no")
    assert summaries_of(cast.cohort)[application.pk].disagreement
    client.force_login(cast.viewer)
    listed = client.get(page(cast), {"shown": "disagree", "sort": "-mean"})
    assert [line.name for line, _ in listed.context["rows"]] == ["Tide tables"]
    assert "reviewers disagree" in listed.content.decode()
    assert list(client.get(page(cast), {"shown": "none"}).context["rows"]) == []


def test_who_would_mentor_it_and_the_export(client, cast, application, with_mentors):
    Enrollment.objects.filter(pk=application.pk).update(title="=HYPERLINK(1)")
    opinion(application, cast.mentor, preference=2)
    client.force_login(cast.viewer)
    assert "Mona (second)" in client.get(page(cast)).content.decode()
    sheet = client.get(page(cast), {"format": "csv"}).content.decode()
    assert "'=HYPERLINK(1)" in sheet
    assert "Mona (second)" in sheet


def test_tabs_count_what_is_left_to_review(client, cast, application):
    done = EnrollmentFactory(cohort=cast.cohort, status="applied", title="Done one")
    opinion(done, cast.coordinator)
    client.force_login(cast.coordinator)

    def names(**query):
        return {line.name for line, _ in client.get(page(cast), query).context["rows"]}

    assert names() == {"Tide tables", "Done one"}
    assert names(mine="todo") == {"Tide tables"}
    assert names(mine="done") == {"Done one"}
    assert names(mine="conflict") == set()
    assert names(shown="all") == {"Tide tables", "Done one", "Soil maps"}
    assert names(q="luz tide") == {"Tide tables"}
    assert names(q="nothing") == set()


def test_an_empty_list_says_so(client, cast):
    client.force_login(cast.viewer)
    assert "Nothing to review yet" in client.get(page(cast)).content.decode()


def test_the_list_takes_a_constant_number_of_queries(client, cast, rubric, django_assert_max_num_queries):
    client.force_login(cast.coordinator)
    for _ in range(2):
        for enrollment in EnrollmentFactory.create_batch(12, cohort=cast.cohort, status="applied"):
            enrollment.members.create(user=UserFactory())
            enrollment.topics.add(TopicFactory())
            opinion(enrollment, cast.owner, {rubric[0].pk: 2})
        with django_assert_max_num_queries(28):
            client.get(page(cast))


def test_a_list_of_500_is_paged(client, cast):
    users = User.objects.bulk_create(UserFactory.build_batch(500))
    Enrollment.objects.bulk_create(
        [Enrollment(cohort=cast.cohort, user=u, role="mentee", status="applied", title=f"P {u.pk}") for u in users]
    )
    client.force_login(cast.coordinator)
    answer = client.get(page(cast), {"page": 10})
    assert len(answer.context["rows"]) == 50
    assert len(answer.content) < 200_000


# The rubric


def rows(*criteria, **fields):
    data = {"criteria-TOTAL_FORMS": len(criteria), "criteria-INITIAL_FORMS": sum("id" in c for c in criteria), **fields}
    for number, criterion in enumerate(criteria):
        line = {"help": "", "lowest": 1, "highest": 3, "weight": 1, **criterion}
        data |= {f"criteria-{number}-{name}": value for name, value in line.items()}
    return data


def test_the_rubric_is_written_changed_and_ordered(client, cast):
    client.force_login(cast.coordinator)
    assert "Willingness to learn" in client.get(page(cast, "rubric-edit"), {"suggest": 1}).content.decode()
    data = rows({"name": "Readiness", "weight": 2}, {"name": "Community"}, mentors_review="on")
    assert client.post(page(cast, "rubric-edit"), data).status_code == 302
    ready, community = cast.cohort.criteria.all()
    assert (ready.name, ready.weight, community.name) == ("Readiness", 2, "Community")
    cast.cohort.refresh_from_db()
    assert cast.cohort.mentors_review
    data = rows(
        {"name": "Ready", "id": ready.pk},
        {"name": "x", "id": community.pk, "DELETE": "on"},
        {"name": "New", "highest": 5},
    )
    client.post(page(cast, "rubric-edit"), data)
    assert list(cast.cohort.criteria.values_list("name", "highest")) == [("Ready", 3), ("New", 5)]
    cast.cohort.refresh_from_db()
    assert not cast.cohort.mentors_review


def test_a_criterion_with_scores_keeps_its_scale(client, cast, application, rubric):
    ready, openness = rubric
    opinion(application, cast.owner, {ready.pk: 3})
    client.force_login(cast.coordinator)
    keep = {"name": "Openness", "id": openness.pk, "lowest": 0, "highest": 4}
    data = rows({"name": "Readiness now", "id": ready.pk, "highest": 5}, keep)
    answer = client.post(page(cast, "rubric-edit"), data)
    assert answer.status_code == 422
    assert "has scores from 1 to 3 already" in answer.content.decode()
    assert "Readiness now" in answer.content.decode()
    data = rows({"name": "Readiness", "id": ready.pk, "DELETE": "on"}, keep)
    answer = client.post(page(cast, "rubric-edit"), data)
    assert answer.status_code == 422
    assert "can&#x27;t be removed" in answer.content.decode()
    assert list(cast.cohort.criteria.all()) == rubric
    with pytest.raises(ServiceError, match="already"):
        save_criteria(cohort=cast.cohort, criteria=[openness], mentors_review=False, by=cast.owner)
    data = rows({"name": "Renamed", "id": ready.pk, "weight": 5}, {**keep, "highest": 2})
    assert client.post(page(cast, "rubric-edit"), data).status_code == 302
    assert list(cast.cohort.criteria.values_list("name", "weight", "highest")) == [
        ("Renamed", 5, 3),
        ("Openness", 1, 2),
    ]


def test_the_highest_score_must_be_above_the_lowest(client, cast):
    client.force_login(cast.coordinator)
    answer = client.post(page(cast, "rubric-edit"), rows({"name": "Readiness", "lowest": 3, "highest": 3}))
    assert answer.status_code == 422
    assert "must lie above the lowest" in answer.content.decode()
    assert not cast.cohort.criteria.exists()


def test_a_team_without_names_is_no_row_of_commas(client, cast):
    application = EnrollmentFactory(cohort=cast.cohort, role="mentee", status="applied", user__full_name="")
    for _ in range(4):
        TeamMember.objects.create(enrollment=application, user=UserFactory(full_name=""))
    client.force_login(cast.coordinator)
    page = words_in(client.get(reverse("cohorts:review-edit", args=[cast.cohort.slug, application.pk])))
    assert "5 without a name · signed up" in page
    assert ", ," not in words_in(client.get(reverse("cohorts:review-list", args=[cast.cohort.slug])))
