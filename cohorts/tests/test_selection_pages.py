"""The pages of the selection: rules, run, change by hand, apply."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from cohorts.models import Enrollment, SelectionRun, SignupAnswer, SignupQuestion
from cohorts.review.services import declare_conflict
from cohorts.selection.services import save_policy, try_selection
from mentorship.core.accounts.models import User
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.browser import chromium
from mentorship.devtools.testing.factories import EnrollmentFactory, UserFactory

pytestmark = pytest.mark.django_db
PARTS = ("tracks", "quotas", "points", "priority", "override")


@pytest.fixture
def applications(cast):
    Enrollment.objects.filter(pk=cast.mentee_enrollment.pk).update(status="declined")
    return [EnrollmentFactory(cohort=cast.cohort, status="applied", title=f"Project {n}") for n in "ABC"]


@pytest.fixture
def run(cast, applications):
    policy = {"tracks": [{"name": "Tuesday", "seats": 1}, {"name": "Friday", "seats": 1}]}
    cast.cohort.selection = policy
    return try_selection(cohort=cast.cohort, by=cast.coordinator)


def page(cast, name="selection-edit", *args):
    return reverse(f"cohorts:{name}", args=[cast.cohort.slug, *args])


def rules(**parts):
    """The POST data of the rules page: rows by part, and the fields of the page."""
    data = {name: value for name, value in parts.items() if name not in PARTS}
    for part in PARTS:
        given = parts.get(part, [])
        data |= {f"{part}-TOTAL_FORMS": len(given), f"{part}-INITIAL_FORMS": 0}
        data |= {f"{part}-{n}-{name}": value for n, row in enumerate(given) for name, value in row.items()}
    return data


def ask_for_office(cohort):
    return SignupQuestion.objects.create(
        cohort=cohort,
        role="mentee",
        key="office",
        kind="one",
        text="Your office",
        options=[["North", "North"], ["South", "South"]],
    )


def rules_of_every_kind(first):
    """Rules of every kind, which always accept the application `first`."""
    return rules(
        tracks=[{"name": "Tuesday", "seats": "1"}, {"name": "Friday", "seats": "1"}, {"name": "", "DELETE": "on"}],
        quotas=[
            {"attribute": "country", "value": "kenya", "most": "5"},
            {"attribute": "question:office", "value": "", "most": "1"},
        ],
        points=[
            {"what": "question:office", "answer": "north", "points": "2"},
            {"what": "reviews", "answer": "", "points": "0.5"},
        ],
        priority=[{"what": "first_time", "answer": ""}],
        override=[{"application": f"{first.pk} Project B"}],
        seed="spring",
        **{"try": "1"},
    )


def test_rules_are_typed_tried_and_shown_again(client, cast, applications):
    office = ask_for_office(cast.cohort)
    SignupAnswer.objects.create(enrollment=applications[0], question=office, value="North")
    client.force_login(cast.coordinator)
    answer = client.post(page(cast), rules_of_every_kind(applications[1]))
    run = SelectionRun.objects.get()
    assert answer.url == page(cast, "selection-run-detail", run.pk)
    cast.cohort.refresh_from_db()
    assert cast.cohort.selection == {
        "tracks": [{"name": "Tuesday", "seats": 1}, {"name": "Friday", "seats": 1}],
        "quotas": [
            {"attribute": "country", "value": "KE", "most": 5},
            {"attribute": "question:office", "value": None, "most": 1},
        ],
        "points": [
            {"question": "office", "answer": "north", "points": 2},
            {"from": "reviews", "points": 0.5},
        ],
        "priority": [{"first_time": True}],
        "override": [applications[1].pk],
        "availability_question": None,
        "seed": "spring",
    }
    shown = client.get(page(cast)).content.decode()
    for text in ("Kenya", "Project B", "spring", "Tuesday", "Your office"):
        assert text in shown
    result = client.get(answer.url).content.decode()
    for text in ("is let in first", "2 in, 1 waiting", "on paper", "Preview and apply 3"):
        assert text in result
    assert not OutboxMessage.objects.filter(kind="decision").exists()


def test_invalid_rules_are_reported_at_the_field_and_kept_on_the_page(client, cast, applications):
    client.force_login(cast.coordinator)
    data = rules(
        tracks=[{"name": "Tuesday", "seats": "1"}, {"name": "tuesday", "seats": "2"}],
        quotas=[{"attribute": "country", "value": "Atlantis", "most": "5"}],
        override=[{"application": "Nobody knows"}],
        seed="my word",
    )
    answer = client.post(page(cast), data)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Choose one of the applications that are open." in text
    for typed in ("Atlantis", "Nobody knows", "my word"):
        assert typed in text
    answer = client.post(page(cast), {**data, "override-TOTAL_FORMS": 0})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "“Atlantis” is not a country." in text
    assert "Another track has this name." in text
    answer = client.post(page(cast), rules())
    assert "Say how many seats there are." in answer.content.decode()
    cast.cohort.refresh_from_db()
    assert cast.cohort.selection == {}
    assert not SelectionRun.objects.exists()


def test_a_question_for_each_track_is_chosen_in_its_row(client, cast, applications):
    for key in ("tue", "fri"):
        SignupQuestion.objects.create(cohort=cast.cohort, role="mentee", key=key, kind="yes_no", text=f"On {key}?")
    client.force_login(cast.coordinator)
    tracks = [{"name": "Tuesday", "seats": "1", "asked": "tue"}, {"name": "Friday", "seats": "1", "asked": ""}]
    answer = client.post(page(cast), rules(tracks=tracks))
    assert "which question asks about it, or for none" in answer.content.decode()
    tracks[1]["asked"] = "fri"
    assert client.post(page(cast), rules(tracks=tracks)).status_code == 302
    cast.cohort.refresh_from_db()
    assert cast.cohort.selection["availability_question"] == {"Tuesday": "tue", "Friday": "fri"}
    assert '<option value="fri" selected>' in client.get(page(cast)).content.decode()


def test_runs_are_visible_to_the_team_and_changed_by_coordinators(client, cast, run):
    reading = [page(cast), page(cast, "selection-run-detail", run.pk)]
    pk = run.result["applications"][0]["id"]
    writing = [page(cast), page(cast, "selection-run-edit", run.pk, pk), page(cast, "selection-run-apply", run.pk)]
    for user, status in [(cast.viewer, 200), (cast.mentor, 404), (cast.stranger, 404), (cast.mentee, 404)]:
        client.force_login(user)
        assert {client.get(url).status_code for url in reading} == {status}
        assert {client.post(url, {"choice": "declined"}).status_code for url in writing} == {404}
        assert client.get(writing[2]).status_code == 404
    client.force_login(cast.coordinator)
    other = reverse("cohorts:selection-run-detail", args=[cast.other_cohort.slug, run.pk])
    assert client.get(other).status_code == 404
    assert "Coordinators set the rules" in _as(client, cast.viewer, reading[0])
    assert Enrollment.objects.filter(cohort=cast.cohort, status="applied").count() == 3


def _as(client, user, url):
    client.force_login(user)
    return client.get(url).content.decode()


def test_an_outcome_is_overridden_in_the_side_panel(client, cast, run, applications):
    waiting = next(e for e in run.result["applications"] if e["outcome"] == "waitlisted")
    inside = next(e for e in run.result["applications"] if e["outcome"] == "accepted")
    client.force_login(cast.coordinator)
    url = page(cast, "selection-run-detail", run.pk)
    text = client.get(url, {"chosen": waiting["id"]}).content.decode()
    assert "Change by hand" in text
    assert "m-current" in text
    change = page(cast, "selection-run-edit", run.pk, waiting["id"])
    answer = client.post(change, {"choice": f"accepted:{inside['track']}"})
    assert answer.status_code == 422
    assert "Take somebody else out first." in answer.content.decode()
    out = page(cast, "selection-run-edit", run.pk, inside["id"])
    assert client.post(out + "?outcome=accepted", {"choice": "declined"}).url == url + "?outcome=accepted"
    client.post(change, {"choice": f"accepted:{inside['track']}"})
    text = client.get(url).content.decode()
    assert text.count("by hand: The coordinator") == 2
    declare_conflict(enrollment=Enrollment.objects.get(pk=inside["id"]), by=cast.coordinator)
    assert "somebody else decides" in client.get(url, {"chosen": inside["id"]}).content.decode()


def test_applications_of_a_run_are_filtered(client, cast, run):
    client.force_login(cast.viewer)

    def ids(**query):
        return [e["id"] for e in client.get(page(cast, "selection-run-detail", run.pk), query).context["page_obj"]]

    everybody = [e["id"] for e in run.result["applications"]]
    assert ids() == everybody
    assert ids(outcome="accepted") == everybody[:2]
    assert ids(outcome="waitlisted", rule="seats") == everybody[2:]
    assert len(ids(track="Friday")) == 1
    assert ids(rule="lottery") == everybody
    assert len(ids(q="project a")) == 1
    assert ids(q="nothing") == []


def test_mails_are_previewed_and_applying_happens_once(client, cast, run):
    client.force_login(cast.coordinator)
    url = page(cast, "selection-run-apply", run.pk)
    text = client.get(url).content.decode()
    assert "Apply to 3 applications" in text
    assert "2 accepted" in text
    assert "the first of 2 emails" in text
    words = {"accepted": "Bring boots.", "waitlisted": "Hold on.", "mail": "on"}
    text = client.post(url, {**words, "preview": "1"}).content.decode()
    assert text.count("Bring boots.") == 2
    assert not OutboxMessage.objects.filter(kind="decision").exists()
    answer = client.post(url, {**words, "accepted": "x" * 4001})
    assert answer.status_code == 422
    assert "Hold on." in answer.content.decode()

    assert client.post(url, words).url == page(cast, "selection-run-detail", run.pk)
    mails = OutboxMessage.objects.filter(kind="decision")
    assert sorted("Bring boots." in m.full_text for m in mails) == [False, True, True]
    tracks = cast.cohort.enrollments.filter(role="mentee", status="accepted").values_list("group__name", flat=True)
    assert sorted(tracks) == ["Friday", "Tuesday"]
    client.post(url, words)
    assert mails.count() == 3
    assert "It is applied already" in client.get(url).content.decode()
    assert "applied" in client.get(page(cast)).content.decode()


def test_new_applications_are_counted_and_an_oversold_run_is_refused(client, cast, run):
    late = EnrollmentFactory(cohort=cast.cohort, status="applied", title="Late")
    client.force_login(cast.coordinator)
    assert "1 application came in since" in client.get(page(cast, "selection-run-detail", run.pk)).content.decode()
    Enrollment.objects.filter(pk=late.pk).update(status="accepted")
    answer = client.post(page(cast, "selection-run-apply", run.pk), {"accepted": "My words", "mail": "on"})
    assert answer.status_code == 422
    assert "1 person was accepted since this run." in answer.content.decode()
    assert "My words" in answer.content.decode()


@pytest.mark.browser
def test_rows_of_rules_are_added_and_removed_in_the_browser(site, client, cast, applications):
    client.force_login(cast.coordinator)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}
    with chromium() as browser:
        context = browser.new_context(viewport={"width": 390, "height": 844})
        context.add_cookies([cookie])
        tab = context.new_page()
        tab.goto(site + page(cast))
        tab.locator("[name=tracks-0-seats]").fill("2")
        tab.get_by_role("button", name="Add a quota").click()
        tab.locator("[name=quotas-0-attribute]").select_option("country")
        tab.locator("[name=quotas-0-value]").fill("Atlantis")
        tab.locator("[name=quotas-0-most]").fill("1")
        tab.get_by_role("button", name="Add what gives priority").click()
        tab.get_by_role("button", name="Try it").click()
        expect(tab.locator("[name=quotas-0-value]")).to_have_value("Atlantis")
        expect(tab.locator("#error_1_id_quotas-0-value")).to_have_text("“Atlantis” is not a country.")
        assert tab.evaluate("document.documentElement.scrollWidth") == 390
        tab.locator("[data-repeat=quotas] [data-repeat-remove]:visible").click()
        tab.get_by_role("button", name="Try it").click()
        expect(tab.get_by_role("heading", level=1)).to_have_text("2 in, 1 waiting")
    cast.cohort.refresh_from_db()
    assert cast.cohort.selection["tracks"] == [{"name": "", "seats": 2}]
    assert (cast.cohort.selection["quotas"], cast.cohort.selection["priority"]) == ([], [])


def test_empty_states_of_the_selection_say_what_to_do(client, cast):
    Enrollment.objects.filter(cohort=cast.cohort, role="mentee").update(status="declined")
    client.force_login(cast.coordinator)
    text = client.get(page(cast)).content.decode()
    assert "Not tried yet" in text
    assert "No application is open." in text
    save_policy(cohort=cast.cohort, policy={**_nothing(), "tracks": [{"name": "", "seats": 3}]}, by=cast.owner)
    run = try_selection(cohort=cast.cohort, by=cast.owner)
    assert "Nobody had applied" in client.get(page(cast, "selection-run-detail", run.pk)).content.decode()
    assert "Nobody to decide about" in client.get(page(cast, "selection-run-apply", run.pk)).content.decode()


def _nothing():
    return {"quotas": [], "points": [], "priority": [], "override": [], "availability_question": None, "seed": ""}


def test_a_run_of_500_applications_takes_few_queries(client, cast, django_assert_max_num_queries):
    users = User.objects.bulk_create(UserFactory.build_batch(500))
    Enrollment.objects.bulk_create(
        [Enrollment(cohort=cast.cohort, user=u, role="mentee", status="applied", title=f"P {u.pk}") for u in users]
    )
    cast.cohort.selection = {"tracks": [{"name": "", "seats": 100}]}
    with django_assert_max_num_queries(14):
        run = try_selection(cohort=cast.cohort, by=cast.owner)
    client.force_login(cast.coordinator)
    with django_assert_max_num_queries(20):
        answer = client.get(page(cast, "selection-run-detail", run.pk))
    assert len(answer.content) < 120_000
    cast.cohort.save()
    with django_assert_max_num_queries(22):
        assert len(client.get(page(cast)).content) < 120_000
