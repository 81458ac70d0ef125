"""The coordinators' pages about programmes, cohorts and people."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from cohorts.models import ChecklistItem, Cohort, Enrollment, Group, Programme
from cohorts.plan.services import upcoming_entries
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import EnrollmentFactory, TopicFactory, UserFactory
from mentorship.devtools.testing.pages import SURE

pytestmark = pytest.mark.django_db


def cohort_pages(cast):
    return [
        reverse("cohorts:programme-detail", args=[cast.programme.slug]),
        reverse("cohorts:cohort-detail", args=[cast.cohort.slug]),
        reverse("cohorts:people-list", args=[cast.cohort.slug]),
        reverse("cohorts:enrollment-detail", args=[cast.cohort.slug, cast.mentee_enrollment.pk]),
    ]


def editing_pages(cast):
    return [
        reverse("cohorts:programme-edit", args=[cast.programme.slug]),
        reverse("cohorts:cohort-edit", args=[cast.cohort.slug]),
        reverse("cohorts:cohort-create", args=[cast.programme.slug]),
    ]


def test_the_team_sees_its_pages_and_nobody_else_does(client, cast):
    for url in cohort_pages(cast):
        for user, status in [
            (cast.owner, 200),
            (cast.coordinator, 200),
            (cast.viewer, 200),
            (cast.stranger, 404),
            (cast.mentor, 404),
            (cast.mentee, 404),
            (cast.contact, 404),
        ]:
            client.force_login(user)
            assert client.get(url).status_code == status, (url, user)
        client.logout()
        assert client.get(url).status_code == 302, url


def test_the_list_of_programmes_holds_only_those_of_the_reader(client, cast):
    client.force_login(cast.viewer)
    page = client.get(reverse("cohorts:programme-list"))
    assert list(page.context["page_obj"]) == [cast.programme]
    found = [client.get(reverse("cohorts:programme-list"), {"q": text}) for text in ("seeds 9", "other")]
    assert [list(one.context["page_obj"]) for one in found] == [[cast.programme], []]
    assert "No programme found" in found[1].content.decode()
    client.force_login(cast.mentor)
    assert client.get(reverse("cohorts:programme-list")).status_code == 404


def test_a_viewer_changes_nothing(client, cast):
    client.force_login(cast.viewer)
    for url in editing_pages(cast):
        assert client.get(url).status_code == 404, url
    move = reverse("cohorts:cohort-set-status", args=[cast.cohort.slug])
    assert client.post(move, {"to": "completed"}).status_code == 404
    cast.cohort.refresh_from_db()
    assert cast.cohort.status == "running"


def test_only_owners_change_the_team(client, cast):
    url = reverse("cohorts:team-role-create", args=[cast.programme.slug])
    data = {"full_name": "New One", "email": "new@example.org", "role": "coordinator"}
    client.force_login(cast.coordinator)
    assert client.post(url, data).status_code == 404
    client.force_login(cast.owner)
    assert client.post(url, data).status_code == 302
    assert cast.programme.workspace.roles.get(user__email="new@example.org").role == "coordinator"
    assert OutboxMessage.objects.filter(kind="invitation").count() == 1


def test_a_coordinator_starts_a_programme_and_plans_a_cohort(client, cast):
    client.force_login(cast.coordinator)
    answer = client.post(
        reverse("cohorts:programme-create"),
        {
            "name": "New seeds",
            "slug": "new-seeds",
            "contact_email": "hello@example.org",
            "mentor_label": "guide",
            "mentee_label": "project lead",
        },
    )
    programme = Programme.objects.get(slug="new-seeds")
    assert answer.url == programme.get_absolute_url()
    client.post(
        reverse("cohorts:cohort-create", args=[programme.slug]),
        {
            "name": "First",
            "slug": "first",
            "starts_on": "2027-02-01",
            "ends_on": "2027-05-01",
            "time_zone": "Asia/Kathmandu",
            "signup_closes_at": "2027-01-10T23:59",
        },
    )
    cohort = Cohort.objects.get(slug="first")
    assert cohort.status == "draft"
    assert cohort.signup_closes_at.isoformat() == "2027-01-10T18:14:00+00:00"
    page = client.get(reverse("cohorts:cohort-edit", args=["first"]))
    assert "2027-01-10T23:59" in page.content.decode()


def test_an_invalid_form_shows_its_error_and_keeps_the_values(client, cast):
    client.force_login(cast.coordinator)
    answer = client.post(
        reverse("cohorts:cohort-create", args=[cast.programme.slug]),
        {
            "name": "Backwards",
            "slug": "backwards",
            "starts_on": "2027-05-01",
            "ends_on": "2027-02-01",
            "time_zone": "UTC",
        },
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "The end must not lie before the start." in page
    assert 'value="Backwards"' in page
    assert not Cohort.objects.filter(slug="backwards").exists()


def test_a_decision_is_previewed_first_and_then_made(client, cast):
    enrollment = EnrollmentFactory(cohort=cast.cohort, status="applied", title="Tide tables")
    url = reverse("cohorts:enrollment-decide", args=[cast.cohort.slug])
    client.force_login(cast.coordinator)
    data = {"pk": [enrollment.pk], "to": "accepted"}
    preview = client.post(url, {**data, "preview": "1"})
    assert "Tide tables" in preview.content.decode()
    assert "You are in" in preview.content.decode()
    enrollment.refresh_from_db()
    assert enrollment.status == "applied"
    assert not OutboxMessage.objects.filter(kind="decision").exists()

    client.post(url, {**data, "message": "Welcome!", "mail": "on"})
    enrollment.refresh_from_db()
    assert enrollment.status == "accepted"
    assert OutboxMessage.objects.filter(kind="decision").count() == 1


def test_people_of_another_cohort_cannot_be_decided(client, cast):
    foreign = EnrollmentFactory(cohort=cast.other_cohort, status="applied")
    client.force_login(cast.coordinator)
    client.post(
        reverse("cohorts:enrollment-decide", args=[cast.cohort.slug]),
        {"pk": [foreign.pk], "to": "accepted", "mail": "on"},
    )
    foreign.refresh_from_db()
    assert foreign.status == "applied"


def test_putting_back_undoes_a_decision_without_mail(client, cast):
    client.force_login(cast.coordinator)
    free = EnrollmentFactory(cohort=cast.cohort)
    client.post(reverse("cohorts:enrollment-put-back", args=[cast.cohort.slug, free.pk]))
    free.refresh_from_db()
    assert free.status == "applied"
    assert not OutboxMessage.objects.filter(kind="decision").exists()


def test_whoever_has_a_match_under_way_is_not_put_back(client, cast):
    client.force_login(cast.coordinator)
    assert "Put back" not in client.get(cast.mentee_enrollment.get_absolute_url()).content.decode()
    url = reverse("cohorts:enrollment-put-back", args=[cast.cohort.slug, cast.mentee_enrollment.pk])
    page = client.post(url, follow=True).content.decode()
    assert "has something running: Match with Mona" in page
    cast.mentee_enrollment.refresh_from_db()
    assert cast.mentee_enrollment.status == "accepted"


def test_a_note_is_kept(client, cast):
    client.force_login(cast.coordinator)
    client.post(cast.mentee_enrollment.get_absolute_url(), {"note": "Ask about the budget."})
    assert "Ask about the budget." in client.get(cast.mentee_enrollment.get_absolute_url()).content.decode()


def test_search_and_filters_find_the_matching_people(client, cast):
    TopicFactory(name="Hydrology").enrollments.add(cast.mentee_enrollment)
    EnrollmentFactory(cohort=cast.cohort, status="applied", title="Tide tables", user__full_name="Ana Luz")
    client.force_login(cast.viewer)

    def titles(**query):
        page = client.get(reverse("cohorts:people-list", args=[cast.cohort.slug]), query)
        return {str(e) for e in page.context["page_obj"]}

    assert titles() == {"Soil maps", "Mona", "Tide tables"}
    assert titles(q="hydro") == {"Soil maps"}
    assert titles(q="ana") == {"Tide tables"}
    assert titles(role="mentor") == {"Mona"}
    assert titles(status="applied") == {"Tide tables"}
    assert titles(q="nothing like it") == set()


def test_the_list_takes_a_constant_number_of_queries(client, cast, django_assert_max_num_queries):
    client.force_login(cast.viewer)
    url = reverse("cohorts:people-list", args=[cast.cohort.slug])
    for _ in range(2):
        for enrollment in EnrollmentFactory.create_batch(12, cohort=cast.cohort):
            enrollment.members.create(user=UserFactory())
            enrollment.topics.add(TopicFactory())
        with django_assert_max_num_queries(20):
            client.get(url)


def test_the_export_holds_no_formula(client, cast):
    Enrollment.objects.filter(pk=cast.mentee_enrollment.pk).update(title="=HYPERLINK(1)")
    client.force_login(cast.viewer)
    answer = client.get(reverse("cohorts:people-list", args=[cast.cohort.slug]), {"format": "csv"})
    assert answer["Content-Type"].startswith("text/csv")
    assert "'=HYPERLINK(1)" in answer.content.decode()


def test_names_and_titles_are_escaped(client, cast):
    Enrollment.objects.filter(pk=cast.mentee_enrollment.pk).update(title="<script>alert(1)</script>")
    client.force_login(cast.viewer)
    for url in cohort_pages(cast):
        assert "<script>alert" not in client.get(url).content.decode()


def test_whoever_is_removed_from_the_team_has_no_access_any_more(client, cast):
    role = cast.programme.workspace.roles.get(user=cast.coordinator)
    url = reverse("cohorts:team-role-delete", args=[cast.programme.slug, role.pk])
    for user in (cast.coordinator, cast.viewer, cast.mentor, cast.stranger):
        client.force_login(user)
        assert client.post(url).status_code in (403, 404)
    client.force_login(cast.owner)
    assert client.get(url).status_code == 405
    assert client.post(url, SURE).url == cast.programme.get_absolute_url()
    client.force_login(cast.coordinator)
    assert client.get(cast.cohort.get_absolute_url()).status_code in (403, 404)


def test_the_last_owner_stays_and_roles_of_other_programmes_are_out_of_reach(client, cast):
    client.force_login(cast.owner)
    own = cast.programme.workspace.roles.get(user=cast.owner)
    client.post(reverse("cohorts:team-role-delete", args=[cast.programme.slug, own.pk]), SURE)
    theirs = cast.other_cohort.programme.workspace.roles.get()
    out_of_reach = reverse("cohorts:team-role-delete", args=[cast.programme.slug, theirs.pk])
    assert client.post(out_of_reach, SURE).status_code == 404
    assert cast.programme.workspace.roles.filter(pk=own.pk).exists()
    assert cast.other_cohort.programme.workspace.roles.filter(pk=theirs.pk).exists()


def test_a_line_of_the_checklist_is_edited_and_deleted(client, cast):
    item = ChecklistItem.objects.create(cohort=cast.cohort, name="Book the room", due_on=date(2027, 2, 1))
    url = reverse("cohorts:checklist-item-edit", args=[cast.cohort.slug, item.pk])
    elsewhere = reverse("cohorts:checklist-item-edit", args=[cast.other_cohort.slug, item.pk])
    for user in (cast.viewer, cast.mentor, cast.stranger):
        client.force_login(user)
        assert client.post(url, {"delete": "1"}).status_code in (403, 404)
        assert client.post(elsewhere, {"delete": "1"}).status_code in (403, 404)
    client.force_login(cast.coordinator)
    assert client.get(url).status_code == 200
    said = {"name": "Book two rooms", "owner": cast.owner.pk, "due_on": "2027-02-03"}
    assert client.post(url, said | {"name": ""}).status_code == 422
    assert client.post(url, said | {"owner": cast.stranger.pk}).status_code == 422
    assert client.post(url, said).status_code == 302
    item.refresh_from_db()
    assert (item.name, item.owner, item.due_on) == ("Book two rooms", cast.owner, date(2027, 2, 3))
    client.post(url, {"delete": "1", **SURE})
    assert not ChecklistItem.objects.filter(pk=item.pk).exists()


def test_closing_sign_up_asks_first_and_says_who_signed_up(client, cast):
    Cohort.objects.filter(pk=cast.cohort.pk).update(status="enrolling", signup_closes_at=None)
    EnrollmentFactory(cohort=cast.cohort, status="applied")
    client.force_login(cast.coordinator)
    page = client.get(cast.cohort.get_absolute_url()).content.decode()
    assert 'class="btn btn-primary" name="to"' not in page
    move = reverse("cohorts:cohort-set-status", args=[cast.cohort.slug])
    for to in ("matching", "draft"):
        page = client.post(move, {"to": to}).content.decode()
        assert "Close sign-up for Seeds 9?" in page
        assert "There are 3 sign-ups so far; 1 awaits a decision." in page
        assert Cohort.objects.get(pk=cast.cohort.pk).status == "enrolling"
    assert client.post(move, {"to": "matching", "confirmed": "yes"}).status_code == 302
    assert Cohort.objects.get(pk=cast.cohort.pk).status == "matching"
    # Nothing is closed by the next step.
    assert client.post(move, {"to": "running"}).status_code == 302


@pytest.mark.parametrize(
    ("reader", "zone", "typed", "words"),
    [
        # New York skips this hour, UTC does not; Berlin skips another one.
        ("America/New_York", "UTC", "2027-03-14T02:30", ""),
        ("America/New_York", "Europe/Berlin", "2027-03-28T02:30", "The clocks in Berlin go forward over this hour"),
        ("America/New_York", "America/New_York", "2027-11-07T01:30", ""),  # an hour that New York has twice
    ],
)
def test_times_are_read_on_the_clock_of_the_cohort(client, cast, reader, zone, typed, words):
    cast.coordinator.time_zone = reader
    cast.coordinator.save()
    Cohort.objects.filter(pk=cast.cohort.pk).update(time_zone=zone)
    client.force_login(cast.coordinator)
    cohort = reverse("cohorts:cohort-edit", args=[cast.cohort.slug])
    group = reverse("cohorts:group-create", args=[cast.cohort.slug])
    dates = {"starts_on": "2027-02-01", "ends_on": "2027-12-28", "time_zone": zone}
    said = {"name": "Seeds 9", "slug": cast.cohort.slug, **dates, "signup_closes_at": typed}
    answers = [
        client.post(cohort, said),
        client.post(group, {"name": "West", "slug": "west", "signup_closes_at": typed}),
    ]
    if words:
        assert all(words in str(answer.context["form"].errors["signup_closes_at"]) for answer in answers)
        assert all(f'value="{typed}"' in answer.content.decode() for answer in answers)
    else:
        meant = datetime.fromisoformat(typed).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        closes = [Cohort.objects.get(pk=cast.cohort.pk).signup_closes_at, Group.objects.get().signup_closes_at]
        assert closes == [meant, meant]
        assert f'value="{typed}"' in client.get(cohort).content.decode()


def test_the_clock_of_the_cohort_is_named_beside_the_field(client, cast):
    Cohort.objects.filter(pk=cast.cohort.pk).update(time_zone="Africa/Nairobi")
    client.force_login(cast.coordinator)
    page = client.get(reverse("cohorts:group-create", args=[cast.cohort.slug])).content.decode()
    assert "In the cohort’s time zone: Nairobi" in page


def test_short_names_are_made_from_names_and_can_be_chosen(client, cast):
    client.force_login(cast.coordinator)
    said = {"contact_email": "hello@example.org", "mentor_label": "mentor", "mentee_label": "mentee", "slug": ""}
    for name, slug in [("Große Äpfel & Birnen", "grosse-apfel-birnen"), ("项目", "programme"), ("计划", "programme-2")]:
        client.post(reverse("cohorts:programme-create"), {**said, "name": name})
        assert Programme.objects.get(name=name).slug == slug
    dates = {"starts_on": "2027-02-01", "ends_on": "2027-05-01", "time_zone": "UTC"}
    create = reverse("cohorts:cohort-create", args=[cast.programme.slug])
    for name, typed, slug in [("Spring", "", "spring"), ("Spring!", "", "spring-2"), ("Autumn", "a27", "a27")]:
        client.post(create, {**dates, "name": name, "slug": typed})
        assert Cohort.objects.get(name=name).slug == slug
    refused = client.post(create, {**dates, "name": "Other", "slug": "a27"})
    assert refused.status_code == 422
    assert 'data-slug-of="id_name"' in client.get(create).content.decode()


def test_next_dates_name_the_end_of_sign_up_only_before_it(cast):
    cohort, today = cast.cohort, timezone.localdate()
    Cohort.objects.filter(pk=cohort.pk).update(status="enrolling", signup_closes_at=timezone.now() + timedelta(hours=1))
    cohort.refresh_from_db()
    day = min(today, cohort.signup_closes_at.astimezone(cohort.closing_zone).date())
    assert "Sign-up closes" in [entry.name for entry in upcoming_entries(cohort, day)]
    cohort.status = "matching"  # moved on by hand before the day that was planned
    assert "Sign-up closes" not in [entry.name for entry in upcoming_entries(cohort, day)]
    cohort.status, cohort.signup_closes_at = "enrolling", timezone.now() - timedelta(minutes=1)
    assert "Sign-up closes" not in [entry.name for entry in upcoming_entries(cohort, day - timedelta(days=1))]


def test_a_programme_names_more_roles_and_people_are_added_thanked_and_filtered_in_them(client, cast):
    client.force_login(cast.coordinator)
    edit = reverse("cohorts:programme-edit", args=[cast.programme.slug])
    form = {name: getattr(cast.programme, name) for name in ("name", "slug", "contact_email")}
    form |= {"mentor_label": "mentor", "mentee_label": "mentee"}
    for wrong, words in [("Expert", "usual roles"), ("Ally\nally", "too much alike"), ("翻訳", "A to Z")]:
        assert words in str(client.post(edit, form | {"other_roles": wrong}).context["form"].errors["other_roles"])
    assert client.post(edit, form | {"other_roles": " Sign  interpreter \nAlly"}).status_code == 302
    add = reverse("cohorts:enrollment-create", args=[cast.cohort.slug, "sign-interpreter"])
    person = {
        "full_name": "Ida",
        "email": "ida@example.org",
        "time_zone": "UTC",
        "country": "DE",
        "languages": "German",
    }
    assert client.post(add, person | {"topics": "sign language"}).status_code == 302
    one = Enrollment.objects.get(role="sign-interpreter")
    assert one.get_role_display() == "sign interpreter"
    people = reverse("cohorts:people-list", args=[cast.cohort.slug])
    assert "Ida" in client.get(people, {"role": "sign-interpreter"}).content.decode()
    Enrollment.objects.filter(pk=one.pk).update(status="accepted")
    thanks = reverse("checkins:service-certificate-list", args=[cast.cohort.slug])
    assert "ook part as a sign interpreter" in client.get(thanks, {"role": "sign-interpreter"}).content.decode()
    refused = client.post(edit, form | {"other_roles": "Ally"})
    assert "Some people are “sign interpreter”" in str(refused.context["form"].errors["other_roles"])
    assert client.get(reverse("cohorts:enrollment-create", args=[cast.cohort.slug, "nobody"])).status_code == 404
