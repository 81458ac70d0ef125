"""Dates, checklist and the next round."""

from datetime import UTC, date, datetime, time
from itertools import pairwise
from urllib.parse import urlencode

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from cohorts.models import ChecklistItem, Cohort, CohortDate, Criterion, Group, Mailing, SignupQuestion
from cohorts.plan.days_off import next_working_day, read_days_off
from cohorts.plan.services import make_timeline, overdue_items, timeline_of
from cohorts.plan.timelines import CLOSES, EACH_QUARTER, TWICE_A_YEAR
from cohorts.setup.clone import clone_cohort, preview_clone, suggest_next_cohort
from cohorts.setup.services import create_cohort
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory, ProgrammeFactory
from mentorship.devtools.testing.pages import SURE
from mentorship.portal.next_round import start_next_round
from mentorship.portal.round_series import months_later, plan_series

pytestmark = pytest.mark.django_db
BREAK = "2026-12-24 to 2027-01-03 Winter break\n05-01 Labour Day"


@time_machine.travel(datetime(2026, 11, 1, tzinfo=UTC))
def test_a_new_cohort_gets_the_dates_of_the_timeline_and_moves_past_days_off():
    programme = ProgrammeFactory(days_off=BREAK)
    make_timeline(programme)
    programme.timeline.filter(key="webinar").update(offset_days=-28)
    cohort = create_cohort(
        programme=programme,
        name="Seeds 9",
        slug="seeds-9",
        starts_on=date(2027, 1, 25),
        ends_on=date(2027, 5, 14),
        by=None,
        time_zone="Europe/Berlin",
    )
    days = {row.key: row.on for row in cohort.dates.all()}
    assert days["webinar"] == date(2027, 1, 4)  # 28 December lies in the break
    assert days["kick-off"] == date(2027, 2, 1)
    assert cohort.signup_closes_at == datetime(2026, 12, 9, 22, 59, tzinfo=UTC)  # the end of the day in Berlin
    assert CLOSES not in days
    assert [m.key for m in timeline_of(cohort)].count(CLOSES) == 1
    assert cohort.checklist.filter(name__startswith="Match").get().due_on == date(2027, 1, 15)


def test_a_cohort_planned_late_is_not_closed_before_it_opens():
    programme = ProgrammeFactory()
    make_timeline(programme)
    with time_machine.travel(datetime(2027, 1, 20, tzinfo=UTC)):
        cohort = create_cohort(
            programme=programme, name="X", slug="x", starts_on=date(2027, 1, 25), ends_on=date(2027, 5, 1), by=None
        )
    assert cohort.signup_closes_at is None


def _late(cohort):
    today = timezone.localdate(timezone=cohort.tz)
    return [item.name for item in overdue_items(cohort.checklist.all(), today)]


@pytest.mark.parametrize(
    ("starts", "ends", "closes"),
    [
        (date(2027, 3, 1), date(2027, 5, 23), date(2027, 2, 15)),  # a quarterly round that closes two weeks before
        (date(2027, 1, 4), date(2027, 5, 1), date(2026, 12, 20)),
        (date(2027, 1, 4), date(2027, 5, 1), None),
        (date(2026, 12, 1), date(2026, 12, 20), None),
        (date(2027, 1, 4), date(2027, 4, 1), date(2027, 1, 20)),  # people may join once it runs
        (date(2026, 10, 5), date(2027, 2, 1), None),  # it runs already
        (date(2019, 10, 7), date(2020, 2, 1), None),  # it is only recorded
    ],
)
def test_a_new_cohort_has_no_late_task_and_its_steps_stay_in_order(starts, ends, closes):
    with time_machine.travel(datetime(2026, 11, 29, 9, tzinfo=UTC)):
        programme = ProgrammeFactory()
        make_timeline(programme)
        at = datetime(closes.year, closes.month, closes.day, 23, 59, tzinfo=UTC) if closes else None
        dates = {"starts_on": starts, "ends_on": ends, "signup_closes_at": at}
        cohort = create_cohort(programme=programme, name="X", slug="x", by=None, **dates)
        assert _late(cohort) == []
        assert len(cohort.checklist.all()) == len(TWICE_A_YEAR.checklist)
        days = {row.key: row.on for row in cohort.dates.all()}
        assert all(day >= date(2026, 11, 29) for day in days.values())
        usual = [days[key] for key in ("opens", "webinar", "decisions") if key in days]
        assert usual == sorted(usual)
        if closes and "decisions" in days:
            assert days["webinar"] <= closes < days["decisions"]
        assert all(day <= ends for day in days.values())


def test_the_calls_of_a_shorter_round_keep_their_weekday():
    programme = ProgrammeFactory()
    make_timeline(programme)
    with time_machine.travel(datetime(2026, 11, 29, 9, tzinfo=UTC)):
        dates = {"starts_on": date(2027, 3, 1), "ends_on": date(2027, 5, 23)}
        cohort = create_cohort(programme=programme, name="X", slug="x", by=None, **dates)
    days = {row.key: row.on for row in cohort.dates.all()}
    assert (days["kick-off"], days["training"]) == (date(2027, 3, 8), date(2027, 3, 10))
    assert (days["mid-term"], days["presentations"]) == (date(2027, 4, 5), date(2027, 5, 17))


def test_a_round_repeated_late_has_no_late_task_and_is_not_closed_before_it_opens(last, cast):
    last.checklist.create(name="Open the sign-up", due_on=date(2026, 11, 2))
    with time_machine.travel(datetime(2027, 7, 1, 9, tzinfo=UTC)):
        rows = {row.name: row.after for row in preview_clone(like=last, starts_on=date(2027, 8, 2))}
        made = clone_cohort(like=last, name="Seeds 10", slug="seeds-10", starts_on=date(2027, 8, 2), by=cast.owner)
        assert _late(made) == []
        assert made.signup_closes_at is None
        assert rows["Sign-up closes"] is None
        assert rows["Welcome call"] == made.dates.get(key="kick-off").on


@pytest.mark.parametrize("text", ["Christmas", "2026-13-01", "2027-01-03 to 2026-12-24", "12-24 to 2027-01-01"])
def test_a_line_of_days_off_that_cannot_be_read_is_named(text):
    with pytest.raises(ValueError, match=text[:4]):
        read_days_off(text)


@given(st.dates(date(2025, 1, 1), date(2030, 12, 31)))
def test_a_date_moves_forward_past_days_off(day):
    off = read_days_off("12-24 to 01-03 Winter break\n2026-04-03 to 2026-04-06 Easter\n02-29 Leap day")
    after, past = next_working_day(day, off)
    assert after >= day
    assert not any(d.holds(after) for d in off)
    assert bool(past) == (after != day)


def test_dates_keep_their_local_time_across_daylight_saving():
    cohort = CohortFactory(time_zone="Europe/Berlin")
    for day in (date(2027, 3, 26), date(2027, 3, 29)):
        CohortDate.objects.create(cohort=cohort, name="Call", on=day, time=time(17, 0))
    at = [m.at.astimezone(UTC).hour for m in timeline_of(cohort) if m.name == "Call"]
    assert at == [16, 15]


@pytest.fixture
def last(cast):
    """A round with something in every part of its plan."""
    cohort = cast.cohort
    cohort.time_zone, cohort.offer_days, cohort.mentee_seats = "America/New_York", 5, 30
    cohort.signup_closes_at = datetime(2026, 12, 1, 4, 59, tzinfo=UTC)  # 23:59 on 30 November in New York
    cohort.programme.days_off = BREAK
    cohort.programme.save()
    cohort.save()
    CohortDate.objects.create(cohort=cohort, key="kick-off", name="Welcome call", on=date(2027, 2, 8), time=time(10))
    ChecklistItem.objects.create(cohort=cohort, name="Book the room", owner=cast.owner, due_on=date(2027, 1, 20))
    Group.objects.create(cohort=cohort, name="West", slug="west", seats=10)
    Criterion.objects.create(cohort=cohort, name="Readiness")
    Mailing.objects.create(cohort=cohort, subject="Welcome", body="Hello {name}", status="sent", sent_at=timezone.now())
    Mailing.objects.create(cohort=cohort, subject="Week 3", body="…", status="sent", key="weekly:1:2027-W06")
    SignupQuestion.objects.create(cohort=cohort, role="mentee", key="why", kind="long", text="Why now?")
    SignupQuestion.objects.create(
        cohort=cohort, role="mentee", key="old", kind="long", text="Old?", retired_at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    return cohort


def test_a_clone_copies_the_setup_and_sends_nothing(last, cast, mailoutbox):
    made = start_next_round(like=last, name="Seeds 10", slug="seeds-10", starts_on=date(2027, 8, 2), by=cast.owner)
    assert (made.status, made.repeats, made.mentee_seats, made.offer_days) == ("draft", last, 30, 5)
    assert made.ends_on - made.starts_on == last.ends_on - last.starts_on
    kick_off = made.dates.get(key="kick-off")
    assert (kick_off.on, kick_off.time) == (date(2027, 8, 9), time(10))
    # The same hour by the cohort's clock, though New York has summer time by then.
    assert made.signup_closes_at == datetime(2027, 6, 1, 3, 59, tzinfo=UTC)
    item = made.checklist.get()
    assert (item.owner, item.done_at, item.due_on) == (cast.owner, None, date(2027, 7, 21))
    assert made.groups.get().seats == 10
    assert made.criteria.get().name == "Readiness"
    assert [q.text for q in made.questions.all()] == ["Why now?"]
    assert not made.enrollments.exists()
    assert [(m.subject, m.status, m.sent_at) for m in made.mailings.all()] == [("Welcome", "draft", None)]
    assert [s.draft for s in made.sponsorships.all()] == [True]
    assert last.dates.count() == 1
    assert mailoutbox == []


def test_a_partner_does_not_see_what_is_only_a_draft(client, last, cast):
    made = start_next_round(like=last, name="Seeds 10", slug="seeds-10", starts_on=date(2027, 8, 2), by=cast.owner)
    client.force_login(cast.contact)
    impact = reverse("partners:impact-detail", args=[cast.partner.slug, made.slug])
    assert client.get(impact).status_code == 404
    assert "Seeds 10" not in client.get(cast.partner.get_absolute_url()).content.decode()
    client.force_login(cast.coordinator)
    sponsorship = made.sponsorships.get()
    client.post(reverse("partners:sponsorship-delete", args=[cast.partner.slug, sponsorship.pk]), {"agree": "1"})
    client.force_login(cast.contact)
    assert client.get(impact).status_code == 200


def test_the_next_round_is_suggested(last):
    second = clone_cohort(like=last, name="Seeds 10", slug="seeds-10", starts_on=date(2027, 8, 9), by=None)
    assert suggest_next_cohort(last) == {"name": "Seeds 10", "slug": "seeds-11", "starts_on": date(2027, 8, 2)}
    third = suggest_next_cohort(second)
    assert (third["name"], third["starts_on"] - second.starts_on) == ("Seeds 11", second.starts_on - last.starts_on)


def test_the_preview_names_the_days_off_that_a_date_moves_past(last):
    rows = {row.name: row for row in preview_clone(like=last, starts_on=date(2026, 12, 21))}
    assert rows["Welcome call"].after == date(2027, 1, 4)
    assert rows["Welcome call"].past == "Winter break"


def test_a_cohort_is_cloned_in_two_steps(client, last, cast):
    client.force_login(cast.coordinator)
    page = client.get(reverse("repeat", args=[last.slug])).content.decode()
    assert "Welcome call" in page
    form = suggest_next_cohort(last)
    answer = client.post(reverse("repeat", args=[last.slug]), form, follow=True)
    assert "Nothing was sent" in answer.content.decode()
    assert Cohort.objects.get(slug=form["slug"]).repeats == last
    again = client.post(reverse("repeat", args=[last.slug]), form)
    assert again.status_code == 422
    assert "short name already" in again.content.decode()


def test_the_plan_page_adds_ticks_and_drops(client, last, cast):
    client.force_login(cast.coordinator)
    url = reverse("cohorts:plan-detail", args=[last.slug])
    assert "Book the room" in client.get(url).content.decode()
    wrong = client.post(url, {"add-date": "1", "date-name": "Café call", "date-on": "soon"})
    assert wrong.status_code == 422
    assert "Café call" in wrong.content.decode()
    client.post(url, {"add-date": "1", "date-name": "Café call", "date-on": "2027-03-01", "date-shared": "on"})
    row = last.dates.get(name="Café call")
    client.post(url, {"add-item": "1", "item-name": "Order cake", "item-due_on": "2026-01-01"})
    item = last.checklist.get(name="Order cake")
    assert ">late<" in client.get(url).content.decode()
    client.post(reverse("cohorts:checklist-item-tick", args=[last.slug, item.pk]), {"done": "yes"})
    item.refresh_from_db()
    assert item.done_by == cast.coordinator
    assert ">late<" not in client.get(reverse("cohorts:cohort-detail", args=[last.slug])).content.decode()
    edit = reverse("cohorts:date-edit", args=[last.slug, row.pk])
    client.post(edit, {"name": "Café call", "on": "2027-03-02", "time": "16:00", "shared": "on"})
    row.refresh_from_db()
    assert (row.on, row.sequence) == (date(2027, 3, 2), 1)
    client.post(edit, {"delete": "1", **SURE})
    assert not last.dates.filter(pk=row.pk).exists()


def test_the_plan_says_where_applicants_would_hear_before_sign_up_closes(client, last, cast):
    client.force_login(cast.coordinator)
    url = reverse("cohorts:plan-detail", args=[last.slug])
    row = CohortDate.objects.create(cohort=last, key="decisions", name="Applicants hear from us", on=date(2026, 11, 30))
    assert "Applicants hear from us: this is before sign-up closes" in client.get(url).content.decode()
    CohortDate.objects.filter(pk=row.pk).update(on=date(2026, 12, 1))
    assert "before sign-up closes" not in client.get(url).content.decode()


def test_a_group_is_kept_while_it_has_people(client, last, cast):
    client.force_login(cast.coordinator)
    group = last.groups.get()
    EnrollmentFactory(cohort=last, group=group)
    client.post(reverse("cohorts:group-edit", args=[last.slug, group.pk]), {"delete": "1"})
    assert last.groups.count() == 1
    twin = client.post(reverse("cohorts:group-create", args=[last.slug]), {"name": "Other", "slug": "west"})
    assert twin.status_code == 422
    assert "short name" in twin.content.decode()


def test_the_timeline_of_a_programme_is_edited(client, cast):
    make_timeline(cast.programme)
    client.force_login(cast.coordinator)
    url = reverse("cohorts:timeline-edit", args=[cast.programme.slug])
    assert "Welcome call" in client.get(url).content.decode()
    first = cast.programme.timeline.first()
    form = {"steps-TOTAL_FORMS": "2", "steps-INITIAL_FORMS": "1", "steps-0-id": first.pk, "steps-0-name": first.name}
    form |= {"steps-0-offset_days": "-100", "steps-1-name": "Party", "steps-1-offset_days": ""}
    wrong = client.post(url, form)
    assert wrong.status_code == 422
    assert "Party" in wrong.content.decode()
    client.post(url, form | {"steps-1-offset_days": "112", "steps-1-shared": "on"})
    assert cast.programme.timeline.get(name="Party").offset_days == 112
    assert cast.programme.timeline.get(pk=first.pk).offset_days == -100


@pytest.mark.parametrize("name", ["cohorts:plan-detail", "repeat", "cohorts:group-create"])
def test_strangers_find_no_plan(client, cast, name):
    client.force_login(cast.stranger)
    assert client.get(reverse(name, args=[cast.cohort.slug])).status_code == 404
    client.force_login(cast.mentor)
    assert client.get(reverse(name, args=[cast.cohort.slug])).status_code == 404


def test_a_deadline_anywhere_on_earth(client, cast):
    client.force_login(cast.coordinator)
    url = reverse("cohorts:cohort-edit", args=[cast.cohort.slug])
    form = {
        "name": "Seeds 9",
        "slug": cast.cohort.slug,
        "starts_on": "2027-02-01",
        "ends_on": "2027-05-28",
        "time_zone": "Asia/Kathmandu",
        "signup_closes_at": "2026-12-10T12:00",
        "closes_anywhere": "on",
    }
    assert client.post(url, form).status_code == 302
    cohort = Cohort.objects.get(pk=cast.cohort.pk)
    assert cohort.signup_closes_at == datetime(2026, 12, 11, 11, 59, tzinfo=UTC)
    assert 'value="2026-12-10T23:59"' in client.get(url).content.decode()
    assert client.post(url, form | {"signup_closes_at": ""}).status_code == 422


@time_machine.travel(datetime(2026, 11, 29, 9, tzinfo=UTC))
def test_every_quarter_makes_drafts_on_the_same_weekday_whose_plans_do_not_overlap(client, cast):
    client.force_login(cast.coordinator)
    timeline = reverse("cohorts:timeline-edit", args=[cast.programme.slug])
    assert "Replace the timeline?" in client.post(timeline, {"take": "1", "suggested": "quarter"}).content.decode()
    client.post(timeline, {"take": "1", "suggested": "quarter", **SURE})
    page = reverse("round-series", args=[cast.programme.slug])
    said = {"starts_on": "2027-03-01", "months": "3", "number": "4", "name": "{quarter} {year}", "like": ""}
    same = client.post(page, said | {"name": "Round"})
    assert "same name" in str(same.context["form"].errors["name"])
    asked = client.post(page, said).content.decode()
    assert "Create 4 drafts?" in asked
    back = client.get(page, said).context["form"]  # the address behind “Go back”
    assert urlencode(said).replace("&", "&amp;") in asked
    assert (back["starts_on"].value(), back["name"].value()) == ("2027-03-01", "{quarter} {year}")
    assert "Q1 2027: Mon 1 Mar 2027 to Sun 23 May 2027" in asked
    for _ in range(2):
        client.post(page, said | SURE)
    made = list(cast.programme.cohorts.filter(name__startswith="Q").order_by("starts_on"))
    assert [(one.name, one.starts_on.isoformat(), one.status) for one in made] == [
        ("Q1 2027", "2027-03-01", "draft"),
        ("Q2 2027", "2027-05-31", "draft"),
        ("Q3 2027", "2027-08-30", "draft"),
        ("Q4 2027", "2027-11-29", "draft"),
    ]
    assert all(one.ends_on < after.starts_on and after.repeats == one for one, after in pairwise(made))
    assert made[0].checklist.count() == len(EACH_QUARTER.checklist)
    assert made[0].dates.get(key="opens").on == date(2027, 1, 25)
    client.force_login(cast.viewer)
    assert client.get(page).status_code == 404


def test_a_series_like_an_earlier_round_takes_over_its_forms_and_chains_the_rounds(client, last, cast):
    page = reverse("round-series", args=[cast.programme.slug])
    with time_machine.travel(datetime(2027, 7, 1, 9, tzinfo=UTC)):
        client.force_login(cast.coordinator)
        said = {"starts_on": "2027-07-19", "months": "3", "number": "2", "name": "Seeds {month}", "like": last.pk}
        client.post(page, said | SURE)
    first, second = cast.programme.cohorts.filter(name__startswith="Seeds ").exclude(pk=last.pk).order_by("starts_on")
    assert (first.repeats, second.repeats) == (last, first)
    assert [one.groups.count() for one in (first, second)] == [last.groups.count()] * 2
    # What has passed for the first one is there in the second.
    assert (
        not first.checklist.filter(name="Book the room", due_on=None).count()
        == second.checklist.filter(name="Book the room", due_on=None).count()
        == 1
    )


@time_machine.travel(datetime(2026, 11, 29, 9, tzinfo=UTC))
def test_a_plan_begins_on_the_day_that_was_given_and_ends_as_the_timeline_does(client, cast):
    make_timeline(cast.programme, "quarter")
    client.force_login(cast.coordinator)
    said = {"name": "Spring", "starts_on": "2027-03-01", "time_zone": "UTC"}
    page = reverse("cohorts:cohort-create", args=[cast.programme.slug])
    wrong = client.post(page, said | {"opens_on": "2027-03-01"})
    assert "before the first day" in str(wrong.context["form"].errors["opens_on"])
    assert client.post(page, said | {"opens_on": "2026-12-07"}).status_code == 302
    made = cast.programme.cohorts.get(name="Spring")
    days = {row.key: row.on for row in made.dates.all()}
    assert days["opens"] == date(2026, 12, 7)
    assert days["opens"] < made.signup_closes_at.date() < days["decisions"] < made.starts_on
    assert made.ends_on == date(2027, 5, 23)
    assert made.checklist.get(name="Agree who does what").due_on == date(2026, 11, 30)
    # Sign-up opens late: it closes between then and the start.
    client.post(page, said | {"name": "Late", "opens_on": "2027-02-20"})
    late = cast.programme.cohorts.get(name="Late")
    assert date(2027, 2, 20) < late.signup_closes_at.date() < late.starts_on


def test_a_round_of_a_series_is_named_by_the_month_that_was_meant(cast):
    rounds = plan_series(
        cast.programme, starts_on=date(2027, 6, 1), months=3, number=3, name="{month} {quarter}", like=None
    )
    assert [one.starts_on for one in rounds][1] == date(2027, 8, 31)
    assert [one.name for one in rounds] == ["June Q2", "September Q3", "December Q4"]


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2027, 3, 1), 3, date(2027, 5, 31)),
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2026, 12, 7), 12, date(2027, 12, 6)),
    ],
)
def test_the_day_some_months_later_keeps_its_weekday(day, months, later):
    assert months_later(day, months) == later
