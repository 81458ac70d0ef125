"""Hours of the week, towns and ways to work together in the sign-up form, and where they go from there."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse

from cohorts.enrollment.lead import change_lead
from cohorts.imports.columns import guess_mapping
from cohorts.imports.reading import read_table
from cohorts.imports.services import import_rows
from cohorts.models import Cohort, Enrollment, PendingSignup
from cohorts.setup.clone import clone_cohort
from cohorts.signup.services import confirm_signup
from cohorts.tests.signup_form_helpers import MENTOR, url
from cohorts.towns import find_town, read_towns
from mentorship.devtools.testing.factories import EnrollmentFactory

pytestmark = pytest.mark.django_db
TUESDAY_EVENING = ["42-44", "40-42"]  # hours of the week: Tuesday from 16:00 to 20:00
NAIROBI, BERLIN = "Africa/Nairobi", "Europe/Berlin"


@pytest.fixture
def cohort(cast):
    cast.cohort.status, cast.cohort.signup_closes_at = "enrolling", None
    cast.cohort.save()
    return cast.cohort


@pytest.fixture
def mentor(cohort):
    return EnrollmentFactory(
        cohort=cohort,
        role="mentor",
        country="KE",
        time_zone=NAIROBI,
        availability=f"Tue 16-20, Sat 9-12 ({NAIROBI})",
        interaction_style="calls",
        mentoring_type="both",
    )


def sent(**answers):
    """A submitted form; a list is sent as several values."""
    return {**MENTOR, **answers}


def boxes_of(page):
    return {box.split('"')[0] for box in page.split('name="availability" value="')[1:]}


def marked_in(page):
    parts = page.split('name="availability" value="')[1:]
    return {part.split('"')[0] for part in parts if " checked>" in part.split(">")[0] + ">"}


def test_hours_of_the_week_are_marked_kept_shown_and_exported(client, cohort, cast):
    page = client.get(url(cohort)).content.decode()
    assert len(boxes_of(page)) == 84, "two hours a box, also early and late"
    assert 'aria-label="Tuesday 16:00 to 18:00"' in page
    client.post(url(cohort), sent(availability=TUESDAY_EVENING, time_zone=NAIROBI))
    enrollment = confirm_signup(signup=PendingSignup.objects.get())
    assert enrollment.availability == "Tue 16-20 (Africa/Nairobi)"
    client.force_login(cast.coordinator)
    words = "Tue 16:00–20:00 (Nairobi)"
    assert words in client.get(enrollment.get_absolute_url()).content.decode()
    project = EnrollmentFactory(cohort=cohort, status="applied", availability=enrollment.availability)
    assert words in client.get(reverse("cohorts:review-edit", args=[cohort.slug, project.pk])).content.decode()
    export = client.get(reverse("cohorts:people-list", args=[cohort.slug]), {"format": "csv"}).content.decode()
    assert words in export


def test_an_error_elsewhere_loses_no_marks_and_marks_need_a_clock(client, cohort):
    response = client.post(url(cohort), sent(availability=TUESDAY_EVENING, time_zone="", full_name=""))
    assert response.status_code == 422
    assert marked_in(response.text) == set(TUESDAY_EVENING)
    assert "Choose your time zone." in response.text
    cohort.standard_fields = {"mentor": {"time_zone": "on"}}
    cohort.save()
    assert client.post(url(cohort), sent(time_zone="")).status_code == 302
    response = client.post(url(cohort), sent(availability=TUESDAY_EVENING, time_zone=""))
    assert (response.status_code, "Choose the time zone: the hours" in response.text) == (422, True)
    response = client.post(url(cohort), sent(availability=["nonsense"]))
    assert (response.status_code, "Choose times from the table." in response.text) == (422, True)


def test_hours_that_are_no_whole_box_stay_beside_the_table(client, cohort, mentor):
    client.force_login(mentor.user)
    page = client.get(reverse("cohorts:my-enrollment-edit", args=[mentor.pk])).content.decode()
    assert marked_in(page) == {*TUESDAY_EVENING, "130-132", "129-130"}  # Saturday from 10:00, and from 9:00 alone
    assert "Saturday 09:00 to 10:00" in page


def test_somebody_who_moved_is_asked_which_clock_their_hours_are_on(client, cohort, mentor):
    client.force_login(mentor.user)
    address = reverse("cohorts:my-enrollment-edit", args=[mentor.pk])
    moved = {
        "availability": TUESDAY_EVENING,
        "availability-zone": NAIROBI,
        "time_zone": BERLIN,
        "email": mentor.user.email,
    }
    response = client.post(address, sent(**moved))
    assert response.status_code == 422
    assert "on the clock in Nairobi. Check that they are right in Berlin" in response.text
    assert f'name="availability-checked" value="{BERLIN}"' in response.text
    assert marked_in(response.text) == set(TUESDAY_EVENING)
    other = client.post(address, sent(**moved, **{"availability-checked": "Asia/Tokyo"}))
    assert other.status_code == 422, "checked for another clock"
    assert client.post(address, sent(**moved, **{"availability-checked": BERLIN})).status_code == 302
    mentor.refresh_from_db()
    assert (mentor.time_zone, mentor.availability) == (BERLIN, "Tue 16-20 (Europe/Berlin)")
    same = {**moved, "availability-zone": BERLIN, "time_zone": "Europe/Paris"}
    assert client.post(address, sent(**same)).status_code == 302, "the clocks agree all year"
    mentor.refresh_from_db()
    assert mentor.availability == "Tue 16-20 (Europe/Paris)"


@pytest.mark.parametrize("field", ["availability", "city"])
def test_a_field_that_is_off_is_not_asked(client, cohort, field):
    cohort.standard_fields = {"mentor": {"availability": "off", "city": "off"}}
    cohort.save()
    assert f'name="{field}"' not in client.get(url(cohort)).content.decode()


def test_hours_need_the_time_zone_to_be_asked_for(client, cohort, cast):
    client.force_login(cast.coordinator)
    address = reverse("cohorts:signup-form-edit", args=[cohort.slug, "mentor"])
    response = client.post(address, {"time_zone": "off", "availability": "on"})
    assert (response.status_code, "This needs the time zone." in response.text) == (422, True)
    assert client.post(address, {"time_zone": "off", "availability": "off"}).status_code == 302
    assert 'name="availability"' not in client.get(url(cohort)).content.decode()


@pytest.mark.parametrize(
    ("cell", "zone", "stored", "noted"),
    [
        ("Tue 16:00–20:00 (Nairobi)", "Berlin", "Tue 16-20 (Africa/Nairobi)", ""),
        ("Tue 16-20", "Berlin", "Tue 16-20 (Europe/Berlin)", ""),
        ("Tue 16-20", "", "", "Hours of the week: Tue 16-20"),
        ("Evenings are best", "Berlin", "", "Hours of the week: Evenings are best"),
    ],
)
def test_a_sheet_brings_hours_on_the_clock_that_it_names(cohort, cell, zone, stored, noted):
    table = read_table(f"email,Hours of the week,Time zone,City\nana@example.org,{cell},{zone},Otley\n".encode())
    import_rows(cohort=cohort, role="mentor", table=table, mapping=guess_mapping(table.headers, "mentor", cohort))
    row = Enrollment.objects.get(user__email="ana@example.org")
    assert (row.availability, row.note, row.city) == (stored, noted, "Otley")


def test_a_new_lead_does_not_inherit_hours_and_town(cohort, cast):
    team = EnrollmentFactory(cohort=cohort, city="Otley", availability=f"Tue 16-20 ({NAIROBI})")
    member = team.members.create(user=EnrollmentFactory().user)
    team = change_lead(enrollment=team, to=member.user, by=cast.coordinator)
    assert (team.city, team.availability) == ("", "")


def test_forms_from_before_do_not_ask_for_hours_until_somebody_switches_them_on(cohort):
    cohort.standard_fields = {"mentor": {"goals": "off", "availability": "on"}}
    cohort.save()
    import_module("cohorts.migrations.0002_hours_towns_and_styles").leave_forms_alone(
        apps, SimpleNamespace(connection=connection)
    )
    cohort.refresh_from_db()
    assert cohort.standard_fields == {
        "mentor": {"goals": "off", "availability": "on"},
        "mentee": {"availability": "off"},
    }


# --- towns ---


def test_a_cohort_that_meets_in_person_asks_for_the_town_and_says_who_is_told(client, cohort):
    assert 'name="city"' not in client.get(url(cohort)).content.decode()
    cohort.meets_in_person = True
    cohort.save()
    page = client.get(url(cohort)).content.decode()
    assert "so your match is told how far apart you live" in page
    client.post(url(cohort), sent(city=" Otley "))
    assert confirm_signup(signup=PendingSignup.objects.get()).city == "Otley"
    again = clone_cohort(like=cohort, name="Next", slug="next", starts_on=cohort.ends_on, by=None)
    assert again.meets_in_person


def test_towns_are_found_by_any_spelling_in_the_list_and_among_large_cities():
    listed = "Otley, United Kingdom, 53.905, -1.691\nKöln / Cologne, Germany, 50.94, 6.96\nnonsense"
    assert find_town("OTLEY ", "GB", listed).at == (53.905, -1.691)
    assert find_town("koln", "DE", listed).at == find_town("Cologne", "DE", listed).at == (50.94, 6.96)
    nairobi = find_town("Nairobi", "KE", "").at
    assert nairobi == pytest.approx((-1.28, 36.82), abs=0.02)
    assert find_town("São Paulo", "BR", "").at == pytest.approx((-23.53, -46.62), abs=0.02)
    assert find_town("Nairobi", "GB", "").at is None, "a town of this name in another country"
    assert find_town("Nairobi", "", listed) is find_town("", "KE", listed) is None


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("Otley", "write a name, its country"),
        ("Otley, Atlantis, 53.9, -1.6", "we don’t know the country “Atlantis”"),
        ("Otley, United Kingdom, north, west", "as degrees"),
        ("Otley, United Kingdom, 153.9, -1.6", "between -90 and 90"),
        (", United Kingdom, 53.9, -1.6", "the name of the town first"),
    ],
)
def test_a_line_of_the_list_of_towns_that_can_not_be_read_is_named(line, words):
    with pytest.raises(ValueError, match=words):
        read_towns(f"Leeds, United Kingdom, 53.8, -1.55\n{line}")


# --- ways to work together ---


def test_a_programme_offers_its_own_ways_to_work_together(client, cohort, cast):
    client.force_login(cast.owner)
    address = reverse("cohorts:programme-edit", args=[cohort.programme.slug])
    form = {k: v for k, v in client.get(address).context["form"].initial.items() if v not in (None, "")}
    for wrong, words in (("Only one", "at least two"), ("x" * 61 + "\ny", "more than 60 characters")):
        response = client.post(address, form | {"interaction_styles": wrong})
        assert (response.status_code, words in response.text) == (422, True)
    said = {"interaction_styles": "In person\n Shadowing on  the ward\nregular calls", "towns": "Otley"}
    assert client.post(address, form | said).status_code == 422
    assert client.post(address, form | said | {"towns": ""}).status_code == 302
    client.logout()
    page = client.get(url(cohort)).content.decode()
    assert [text in page for text in ("In person", "Shadowing on the ward", "Regular calls", "A mix of both")] == [
        True,
        True,
        True,
        False,
    ]
    client.post(url(cohort), sent(interaction_style="Shadowing on the ward"))
    enrollment = confirm_signup(signup=PendingSignup.objects.get())
    assert enrollment.get_interaction_style_display() == "Shadowing on the ward"
    table = read_table(b"email,Way to work together\nbo@example.org,shadowing on the ward\ncy@example.org,In person\n")
    again = Cohort.objects.get(pk=cohort.pk)
    import_rows(cohort=again, role="mentor", table=table, mapping=guess_mapping(table.headers, "mentor", again))
    found = Enrollment.objects.filter(user__email__in=["bo@example.org", "cy@example.org"]).order_by("user__email")
    assert [row.interaction_style for row in found] == ["Shadowing on the ward", "in_person"]


def test_an_earlier_answer_that_is_no_longer_offered_is_named(client, cohort, mentor):
    cohort.programme.interaction_styles = "In person\nPair work"
    cohort.programme.save()
    client.force_login(mentor.user)
    page = client.get(reverse("cohorts:my-enrollment-edit", args=[mentor.pk])).content.decode()
    assert "which is no longer a choice" in page
