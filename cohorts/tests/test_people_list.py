"""The list of people: filters, files, groups, and 2,000 rows."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from cohorts.imports.columns import guess_mapping
from cohorts.imports.reading import read_table
from cohorts.imports.services import import_rows
from cohorts.models import Enrollment, SignupAnswer, SignupQuestion, Topic
from mentorship.core.accounts.models import User
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory, RoleFactory, UserFactory
from mentorship.devtools.testing.pages import words_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(cast):
    return reverse("cohorts:people-list", args=[cast.cohort.slug])


def shown(client, url, query=""):
    return {e.pk for e in client.get(f"{url}?{query}").context["page_obj"]}


def test_columns_are_chosen_in_the_address_and_none_of_them_are_the_usual_ones(client, cast, url):
    EnrollmentFactory(cohort=cast.cohort, languages=["pt"], hours_per_month=17)
    client.force_login(cast.coordinator)

    def columns(query: str) -> list[str]:
        return list(client.get(f"{url}?{query}").context["columns"].values())

    assert columns("") == columns("column=nothing") == ["Role", "Topics", "Where", "Status"]
    page = words_in(client.get(f"{url}?column=hours&column=languages"))
    assert columns("column=hours&column=languages") == ["Languages", "Hours a month"]
    assert ("Portuguese" in page, "> 17 <" in page, 'data-label="Topics"' in page) == (True, True, False)


def test_each_filter_shows_the_matching_people(client, cast, url):
    client.force_login(cast.coordinator)
    cohort, group = cast.cohort, cast.cohort.groups.create(name="West", slug="west")
    grouped = EnrollmentFactory(cohort=cohort, group=group, status="applied")
    waits = EnrollmentFactory(cohort=cohort, offer_expires_at=timezone.now())
    comes = EnrollmentFactory(cohort=cohort, offer_expires_at=timezone.now(), confirmed_at=timezone.now())
    again = EnrollmentFactory(cohort=cohort, role="mentor", comes_back_as=["mentor"])
    earlier = CohortFactory(programme=cohort.programme, starts_on=cohort.starts_on.replace(year=2026))
    EnrollmentFactory(cohort=earlier, role="mentor", user=again.user, status="completed")
    later = EnrollmentFactory(cohort=cohort, status="withdrawn", defers=True)
    long_ago = timezone.now() - timedelta(days=15)
    left = EnrollmentFactory(cohort=cohort, status="withdrawn", departure="withdrew", left_at=timezone.now())
    for old in ({"departure": "withdrew", "left_at": long_ago}, {"departure": "removed", "left_at": timezone.now()}):
        EnrollmentFactory(cohort=cohort, status="withdrawn", **old)
    grouped.departures.create(user=UserFactory(), left_at=timezone.now())
    waits.departures.create(user=UserFactory(), left_at=timezone.now(), removed=True)
    everyone = set(cohort.enrollments.values_list("pk", flat=True))
    assert shown(client, url, "group=west") == {grouped.pk}
    assert shown(client, url, "group=-") == everyone - {grouped.pk}
    assert shown(client, url, "offer=open") == {waits.pk}
    assert shown(client, url, "offer=confirmed") == {comes.pk}
    assert shown(client, url, "past=returning") == {again.pk}
    assert shown(client, url, "past=first") == everyone - {again.pk}
    assert shown(client, url, "back=would") == {again.pk}
    assert shown(client, url, "back=defers&role=mentee") == {later.pk}
    assert shown(client, url, "left=lately") == {left.pk, grouped.pk}
    # An unknown choice is not ignored: a list without it would show people whom nobody asked for.
    assert shown(client, url, "group=nowhere") == set()
    assert shown(client, url, "offer=x&role=mentor") == set()


def test_an_exported_csv_can_be_imported_again(client, cast, url):
    cohort = cast.cohort
    question = SignupQuestion.objects.create(cohort=cohort, role="mentor", key="day", kind="short", text="Which day?")
    one = EnrollmentFactory(
        cohort=cohort,
        role="mentor",
        user__email="ana@example.org",
        user__full_name="=Ana",
        goals="Line\nbreak",
        country="NP",
        time_zone="Asia/Kathmandu",
        capacity=3,
        private_needs="Captions",
        languages=["en", "ne"],
    )
    one.topics.add(Topic.objects.create(programme=cohort.programme, key="soil", name="Soil"))
    SignupAnswer.objects.create(enrollment=one, question=question, value="Friday")
    client.force_login(cast.coordinator)
    answer = client.get(f"{url}?role=mentor&q=ana@example.org&format=csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode())))
    line = dict(zip(rows[0], rows[1], strict=True))
    assert line["Name (several: lead first)"] == "'=Ana"
    assert (line["Which day?"], line["Topics"], line["Private needs"]) == ("Friday", "Soil", "Captions")
    other = CohortFactory(programme=cohort.programme)
    SignupQuestion.objects.create(cohort=other, role="mentor", key="day", kind="short", text="Which day?")
    sheet = read_table(answer.content)
    import_rows(
        cohort=other,
        role="mentor",
        table=sheet,
        mapping=guess_mapping(sheet.headers, "mentor", other),
    )
    copy = Enrollment.objects.get(cohort=other)
    for name in ("goals", "country", "time_zone", "capacity", "private_needs", "languages", "user"):
        assert getattr(copy, name) == getattr(one, name), name
    assert copy.answers.get().value == "Friday"


def test_xlsx_keeps_formulas_as_text_and_numbers_as_numbers(client, cast, url):
    EnrollmentFactory(cohort=cast.cohort, user__full_name='=HYPERLINK("https://example.org")', title="Tab\x0bbed")
    client.force_login(cast.coordinator)
    answer = client.get(f"{url}?q=HYPERLINK&format=xlsx")
    assert "people.xlsx" in answer["Content-Disposition"]
    rows = list(load_workbook(io.BytesIO(answer.content)).active.iter_rows())
    head = [cell.value for cell in rows[0]]
    name = rows[1][head.index("Name (several: lead first)")]
    assert (name.value, name.data_type) == ('=HYPERLINK("https://example.org")', "s")
    assert rows[1][head.index("Places (mentors)")].value == 1
    assert rows[1][head.index("Project title")].value == "Tabbed"


def test_viewers_do_not_export_private_needs(client, cast, url):
    EnrollmentFactory(cohort=cast.cohort, private_needs="Captions", note="Ask her")
    viewer = UserFactory()
    RoleFactory(workspace=cast.programme.workspace, user=viewer, role="viewer")
    client.force_login(viewer)
    text = client.get(f"{url}?format=csv").content.decode()
    assert "Captions" not in text
    assert "Ask her" not in text
    one = Enrollment.objects.get(private_needs="Captions")
    assert "Captions" not in client.get(one.get_absolute_url()).content.decode()


def test_a_group_can_be_set_until_its_seats_are_taken(client, cast):
    cohort = cast.cohort
    west = cohort.groups.create(name="West", slug="west", seats=1)
    first, second = EnrollmentFactory(cohort=cohort), EnrollmentFactory(cohort=cohort)
    client.force_login(cast.coordinator)
    for one in (first, second):
        page = client.post(
            reverse("cohorts:enrollment-set-group", args=[cohort.slug, one.pk]), {"group": "west"}, follow=True
        )
    assert "All 1 seats of West are taken" in page.content.decode()
    set_group = reverse("cohorts:enrollment-set-group", args=[cohort.slug, first.pk])
    page = client.post(set_group, {"group": "deleted-meanwhile"}, follow=True)
    assert "not there any more" in page.content.decode()
    assert list(west.enrollments.all()) == [first]
    client.post(reverse("cohorts:enrollment-set-group", args=[cohort.slug, first.pk]), {"group": ""})
    assert not west.enrollments.exists()
    client.force_login(cast.stranger)
    gone = client.post(reverse("cohorts:enrollment-set-group", args=[cohort.slug, first.pk]), {"group": "west"})
    assert gone.status_code == 404


def test_the_list_takes_as_many_queries_for_2000_people_as_for_two(client, cast, url, django_assert_max_num_queries):
    users = User.objects.bulk_create(
        User(email=f"many{n}@example.org", full_name=f"Person {n}", password="!") for n in range(2000)
    )
    people = Enrollment.objects.bulk_create(
        Enrollment(cohort=cast.cohort, user=user, title=f"Project {user.pk}", role="mentee", status="applied")
        for user in users
    )
    topics = Topic.objects.bulk_create(
        Topic(programme=cast.programme, key=f"topic {n}", name=f"Topic {n}") for n in range(50)
    )
    through = Enrollment.topics.through
    through.objects.bulk_create(
        through(enrollment_id=one.pk, topic_id=topics[n % 50].pk) for n, one in enumerate(people)
    )
    with connection.cursor() as cursor:  # rows of an open transaction are in no statistics by themselves
        cursor.execute("ANALYZE")
    client.force_login(cast.coordinator)
    for query in ("", "?q=project&sort=title&page=7", "?past=first&status=applied"):
        with django_assert_max_num_queries(25):
            assert len(client.get(url + query).context["page_obj"]) == 50
    for kind in ("csv", "xlsx"):
        with django_assert_max_num_queries(40):
            client.get(f"{url}?format={kind}")
    for name, args in (
        ("cohorts:waitlist-edit", ["mentee"]),
        ("cohorts:cohort-detail", []),
        ("cohorts:plan-detail", []),
    ):
        with django_assert_max_num_queries(30):
            client.get(reverse(name, args=[cast.cohort.slug, *args]))
