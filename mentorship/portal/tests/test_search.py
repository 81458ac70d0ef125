"""The search over everything, with the rules of each reader, and what the navigation counts."""

import pytest
from django.urls import reverse
from django.utils import timezone

from cohorts.enrollment.services import decide_enrollments
from cohorts.setup.services import confirm_forms
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory, UserFactory
from mentorship.devtools.testing.pages import words_in
from mentorship.portal.search.results import search

pytestmark = pytest.mark.django_db


def labels(results) -> dict[str, list[str]]:
    return {title: [one.label for one in found] for title, found in results.groups}


def test_people_projects_cohorts_and_partners_are_found_by_every_word(cast):
    team = EnrollmentFactory(cohort=cast.cohort, role="mentee", title="Kelp forests", user__full_name="Wanja Otieno")
    team.members.create(user=UserFactory(full_name="Wanda Ruiz"))
    found = labels(search(cast.coordinator, "wan", cast.cohort))
    assert found["People"] == ["Wanja Otieno", "Wanda Ruiz"]
    assert labels(search(cast.coordinator, "forests kelp", cast.cohort)) == {"Projects": ["Kelp forests"]}
    assert "Seeds 9" in labels(search(cast.coordinator, "seeds", cast.cohort))["Cohorts"]
    assert str(cast.partner) in labels(search(cast.coordinator, str(cast.partner), None))["Partners"]


def test_nobody_finds_what_they_may_not_see(client, cast):
    EnrollmentFactory(cohort=cast.other_cohort, user__full_name="Hidden Person", title="Hidden project")
    hidden = search(cast.coordinator, "hidden", cast.cohort)
    assert hidden.groups == []
    assert search(cast.coordinator, str(cast.other_partner), None).groups == []
    assert "Actions" not in labels(search(cast.viewer, "import a sheet", cast.cohort))
    client.force_login(cast.mentor)
    assert client.get("/search/?q=a").status_code == 404
    client.force_login(cast.coordinator)
    answer = client.get("/search/", {"q": "hidden", "cohort": cast.other_cohort.slug})
    assert "Hidden" not in words_in(answer)


def test_pages_and_actions_are_found_by_other_words_and_alone_after_a_sign(cast, django_assert_max_num_queries):
    found = labels(search(cast.coordinator, "> spreadsheet", cast.cohort))
    assert found == {"Actions": ["Import a sheet"]}
    with django_assert_max_num_queries(7):
        assert labels(search(cast.coordinator, "matching", cast.cohort))["Pages"] == ["Matching"]
    with django_assert_max_num_queries(2):
        search(cast.coordinator, "", cast.cohort)


def test_the_page_works_without_scripts_and_the_palette_gets_the_results_alone(client, cast):
    client.force_login(cast.coordinator)
    page = words_in(client.get("/search/", {"q": "nobody like that"}))
    assert "Nothing you can see is called “nobody like that”" in page
    assert 'id="palette"' in page
    part = client.get("/search/", {"q": "plan"}, headers={"hx-request": "true"}).content.decode()
    assert "<html" not in part
    assert reverse("cohorts:plan-detail", args=[cast.cohort.slug]) in part


def test_beside_today_the_navigation_counts_what_waits(client, cast):
    EnrollmentFactory.create_batch(2, cohort=cast.cohort, status="applied")
    client.force_login(cast.coordinator)
    counts = {item["label"]: item["count"] for item in client.get("/").context["nav"] if item["count"]}
    assert counts["People"] == 2


def test_other_pages_ask_for_the_counts_and_get_them_anew_after_a_change(client, cast, django_assert_max_num_queries):
    enrollment, _ = EnrollmentFactory.create_batch(2, cohort=cast.cohort, status="applied")
    client.force_login(cast.coordinator)
    url = reverse("waiting", args=[cast.cohort.slug])
    assert f'hx-get="{url}"' in words_in(client.get(reverse("cohorts:people-list", args=[cast.cohort.slug])))
    assert f'hx-get="{url}"' not in words_in(client.get("/"))
    people = "innerHTML:[data-waits='People']\">{}<"
    assert people.format(2) in words_in(client.get(url))
    with django_assert_max_num_queries(8):  # kept, as nothing changed
        client.get(url)
    decide_enrollments(enrollments=[enrollment], to="accepted", by=cast.coordinator)
    assert people.format(1) in words_in(client.get(url))
    assert client.get(reverse("waiting", args=[cast.other_cohort.slug])).status_code == 404


def test_above_the_title_are_the_other_cohorts_of_the_programme_each_with_the_same_page(client, cast):
    other = CohortFactory(programme=cast.programme)
    client.force_login(cast.coordinator)

    def siblings(view: str, *args: object) -> list[tuple[str, str]]:
        return client.get(reverse(view, args=[cast.cohort.slug, *args])).context["nav_siblings"]

    assert siblings("cohorts:plan-detail") == [(other.name, reverse("cohorts:plan-detail", args=[other.slug]))]
    # A page about one thing, and a form, lead to the list of such things.
    of_match, of_form = siblings("matching:match-detail", cast.match.pk), siblings("cohorts:import-create")
    assert of_match == [(other.name, reverse("matching:match-list", args=[other.slug]))]
    assert of_form == [(other.name, reverse("cohorts:people-list", args=[other.slug]))]


def test_today_says_the_next_step_of_each_status(client, cast):
    cohort = cast.cohort
    client.force_login(cast.coordinator)

    def step(status: str) -> str:
        type(cohort).objects.filter(pk=cohort.pk).update(status=status)
        return client.get("/", {"cohort": cohort.slug}).context["next_step"].sentence

    OutboxMessage.objects.filter(pk=cast.match.intro_id).update(status="queued")
    assert "1 intro goes out" in step("matching")
    OutboxMessage.objects.filter(pk=cast.match.intro_id).update(status="sent", sent_at=timezone.now())
    assert step("draft").startswith("Look at the sign-up forms")
    confirm_forms(cohort=cohort, by=cast.coordinator)
    assert step("draft").startswith("Open sign-up")
    assert step("enrolling").startswith("Sign-up is open")
    empty = CohortFactory(programme=cast.programme, slug="empty", signup_closes_at=timezone.now())
    assert "nobody signed up" in client.get("/", {"cohort": empty.slug}).context["next_step"].sentence
    assert step("matching").startswith("Ready to match")
    assert "runs until" in step("running") or "ended on" in step("running")
