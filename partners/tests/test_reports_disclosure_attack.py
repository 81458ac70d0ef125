"""The attack: somebody has every report of every day, as page, CSV and JSON, and compares all that can be compared.

They know the geography, which tables are of the same people, and that roles overlap. What they look for is a number, or
a difference of two, that stands for one to four people.
"""

import json
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import combinations
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse

from checkins.models import Answer, CheckIn, CheckInWave, Survey, SurveyQuestion
from cohorts.models import Cohort, Enrollment
from mentorship.devtools.testing.factories import (
    CohortFactory,
    EnrollmentFactory,
    MatchFactory,
    SponsorshipFactory,
    UserFactory,
)
from partners.reports import checkin_tables, disclosure_log, impact, people_tables
from partners.reports.composition import compose, csv_rows
from partners.reports.people_tables import ROLES, SHARED_LABELS
from partners.reports.services import create_report, publish_report
from training.models import Provider, Training, TrainingBooking, TrainingSession

pytestmark = pytest.mark.django_db
COUNTRIES = {"KE": "Africa", "NG": "Africa", "DE": "Europe", "FR": "Europe", "IN": "Asia", "": "country not said"}
NAMES = {"Kenya": "Africa", "Nigeria": "Africa", "Germany": "Europe", "France": "Europe", "India": "Asia"}
AT = datetime(2030, 3, 1, tzinfo=UTC)


class World:
    """Two cohorts of one year, to which anything may happen, and everything that was ever shown of them."""

    def __init__(self, cast: Any, seed: int) -> None:
        self.cast, self.chance = cast, random.Random(seed)
        plain = {"programme": cast.programme, "starts_on": date(2030, 1, 1), "ends_on": date(2030, 5, 1)}
        self.cohorts = [CohortFactory(status="running", **plain) for _ in range(2)]
        for cohort in self.cohorts:
            SponsorshipFactory(partner=cast.partner, cohort=cohort)
        survey = Survey.objects.create(programme=cast.programme, name="How is it?")
        self.question = SurveyQuestion.objects.create(survey=survey, key="good", kind="yes_no", text="Good?")
        self.waves = {
            (cohort.pk, n): CheckInWave.objects.create(cohort=cohort, survey=survey, name=f"W{n}", offset=n)
            for cohort in self.cohorts
            for n in (1, 2)
        }
        provider = Provider.objects.create(workspace=cast.programme.workspace, name="Listening Works")
        training = Training.objects.create(provider=provider, name="Listening")
        self.sessions = {
            cohort.pk: TrainingSession.objects.create(training=training, cohort=cohort, starts_at=AT, minutes=60)
            for cohort in self.cohorts
        }
        make = {"workspace": cast.programme.workspace, "by": cast.owner}
        one, two = self.cohorts
        self.reports = [
            create_report(title="partner, cohort", partner=cast.partner, cohort=one, **make),
            create_report(title="public, cohort", cohort=one, **make),
            create_report(title="public, the other cohort", cohort=two, **make),
            create_report(title="public, year", year=2030, **make),
            create_report(title="partner, year", partner=cast.partner, year=2030, **make),
        ]
        self.told: list[tuple[int, dict]] = []  # which report, what it said

    def let_time_pass(self) -> None:
        """Something of everything happens to a cohort; sometimes to one person, sometimes to many."""
        cohort = self.chance.choice(self.cohorts)
        for _ in range(self.chance.choice([1, 2, 5, 7, 12])):
            country = self.chance.choice(list(COUNTRIES))
            mentee = EnrollmentFactory(cohort=cohort, country=country)
            for _ in range(self.chance.choice([0, 0, 0, 1, 3])):
                mentee.members.create(user=UserFactory())
            if self.chance.random() < 0.7:
                match = MatchFactory(mentee=mentee, status=self.chance.choice(["introduced", "active", "graduated"]))
                Enrollment.objects.filter(pk=match.mentor_id).update(country=self.chance.choice(list(COUNTRIES)))
                self.speak(cohort, match)
                if self.chance.random() < 0.4:
                    TrainingBooking.objects.create(
                        session=self.sessions[cohort.pk], enrollment=match.mentor, attended=True
                    )
            if self.chance.random() < 0.1:
                EnrollmentFactory(cohort=cohort, user=mentee.user, role="mentor")
            if self.chance.random() < 0.15:
                EnrollmentFactory(cohort=cohort, role=self.chance.choice(["expert", "facilitator"]), title="")
        gone = Enrollment.objects.filter(cohort=cohort, role="mentee", matches_as_mentee=None).order_by("-pk")
        if self.chance.random() < 0.3:
            Enrollment.objects.filter(pk__in=[e.pk for e in gone[:2]]).update(status="withdrawn")

    def speak(self, cohort: Cohort, match: Any) -> None:
        for n in (1, 2):
            for side, enrollment in (("mentee", match.mentee), ("mentor", match.mentor)):
                if self.chance.random() < 0.6:
                    checkin = CheckIn.objects.create(
                        wave=self.waves[cohort.pk, n],
                        match=match,
                        enrollment=enrollment,
                        user=enrollment.user,
                        side=side,
                        status="answered",
                        due_at=AT,
                        closes_at=AT,
                        answered_at=AT,
                    )
                    value = "yes" if self.chance.random() < 0.7 else "no"
                    Answer.objects.create(checkin=checkin, question=self.question, value=value)

    def tell(self) -> None:
        for number, report in enumerate(self.reports):
            self.told.append((number, publish_report(report=report, by=self.cast.owner).data))


def few(number: int) -> bool:
    return 0 < abs(number) < 5


def role_of(caption: str) -> str:
    """Whose table it is, as its caption says."""
    if caption == "Mentees who came back":
        return "mentees"
    return next(role for role in (*ROLES, "people") if role in caption.lower())


def leaks(told: list[tuple[int, dict]]) -> Iterator[str]:
    """Everything that an attacker finds."""
    for number, data in told:
        yield from _of_one(number, data)
    for (first, old), (second, new) in combinations(told, 2):
        if first == second:
            yield from _of_two(old, new)
    of_cohorts = [(n, data) for n, data in told if n in (0, 1)]
    for role in (*ROLES, "people"):  # whatever table, report or day a number of these people is of
        sums = {total for _n, data in of_cohorts for total in _totals(data, role)}
        yield from (f"{role}: {sorted(p)}" for p in combinations(sums, 2) if few(p[0] - p[1]))
    for at in range(0, len(told) - 4, 5):  # a year less one of its two cohorts is the other, the same day
        _own, one, two, year, _own_year = (_cells(data) for _n, data in told[at : at + 5])
        for key in year.keys() & one.keys():
            rest = year[key] - one[key]
            if rest != two.get(key, 0) or few(rest):
                yield f"year less cohort, {key}: {rest}"


def _cells(data: dict) -> dict[tuple[str, str], int]:
    """People by table and row; figures of roles, too. In a year's report waves name their cohort."""
    found = {}
    for block in data["blocks"]:
        for label, value in block["figures"]:
            if block["kind"] == "figures" and label.lower() in (*ROLES, "people"):
                found["figures", label.lower()] = value
        for table in block["tables"]:
            of_people = [row for row in table["rows"] if table["unit"].startswith("people")]
            found |= {(table["caption"], label): value for label, value in of_people}
    return found


def _tables(data: dict) -> dict[str, dict[str, int]]:
    return {
        table["caption"]: dict(table["rows"])
        for block in data["blocks"]
        for table in block["tables"]
        if "wave by wave" not in table["caption"] and table["unit"] != SHARED_LABELS
    }


def _totals(data: dict, role: str) -> set[int]:
    found = {sum(rows.values()) for caption, rows in _tables(data).items() if role_of(caption) == role}
    return found | {value for (table, label), value in _cells(data).items() if (table, label) == ("figures", role)}


def _of_one(number: int, data: dict) -> Iterator[str]:
    yield from (f"{key}: {value}" for key, value in _cells(data).items() if few(value))
    figures = {label.lower(): v for b in data["blocks"] for label, v in b["figures"] if isinstance(v, int)}
    of_roles = [figures[role] for role in ROLES if role in figures]
    if number in (0, 1, 2):
        for everybody in _totals(data, "people"):
            for size in range(1, len(of_roles) + 1):
                for some in combinations(of_roles, size):
                    if few(everybody - sum(some)):
                        yield f"people less roles: {everybody} - {some}"
    if number in (0, 1, 2) and {"mentees", "projects"} <= figures.keys():
        if few(figures["mentees"] - figures["projects"]):
            yield f"mentees less projects: {figures}"
        parts = [figures["projects"]]
        if "graduates" in figures:
            parts += [figures["graduates"], figures["projects"] - figures["graduates"]]
        for part in parts:  # of one person each, but for what there are more people than projects
            if few(part) and figures["mentees"] - (figures["projects"] - part) < 5:
                yield f"few projects: {part} of {figures}"
    tables = _tables(data)
    if number in (0, 1, 2) and {"People by continent", "Mentees by continent"} <= tables.keys():
        yield "places of all people beside those of a role"
    for role in ("people", "mentees", "mentors"):
        countries = tables.get(f"{role.capitalize()} by country", {})
        for continent, total in tables.get(f"{role.capitalize()} by continent", {}).items():
            inner = [n for label, n in countries.items() if NAMES.get(label) == continent]
            for size in range(1, len(inner) + 1):
                yield from (f"{continent} less {s}" for s in combinations(inner, size) if few(total - sum(s)))


def _of_two(old: dict, new: dict) -> Iterator[str]:
    """The same report on two days: rows, and sums of rows of one table."""
    before, after = _tables(old), _tables(new)
    for caption in before.keys() & after.keys():
        labels = sorted(before[caption].keys() | after[caption].keys())
        change = [after[caption].get(x, 0) - before[caption].get(x, 0) for x in labels]
        if ("," in caption and "Cohort" in caption) or "year" in old["title"]:
            continue  # sums of several cohorts: their own tables are compared one by one
        for size in range(1, len(change) + 1):
            yield from (f"{caption} changed by {some}" for some in combinations(change, size) if few(sum(some)))


def attack(cast: Any, seed: int) -> list[str]:
    with transaction.atomic():
        world = World(cast, seed)
        for _ in range(6):
            world.let_time_pass()
            world.tell()
        transaction.set_rollback(True)
    return list(leaks(world.told))


@pytest.mark.parametrize("seed", range(8))
def test_nothing_tells_of_fewer_than_five_people(cast, seed):
    assert attack(cast, seed) == []


GUARDS = {
    "small rows are put together": [
        (impact, "suppress_small_groups", list),
        (checkin_tables, "suppress_small_groups", list),
        (people_tables, "suppress_small_groups", list),
        (
            impact,
            "suppress_nested",
            lambda groups: [(label, n, name) for name, rows in groups for label, n in rows if n],
        ),
    ],
    "rows are compared with those shown before": [(disclosure_log, "is_safe_beside", lambda *_: True)],
    "sums are compared with those shown before": [(disclosure_log, "is_small_group", lambda *_: False)],
    "people are told beside roles only where none overlap in few": [(impact, "is_apart_from_sums", lambda *_: True)],
    "few projects are few people": [
        (impact, "most_people_in", lambda *_: 99),
        (impact, "is_small_group", lambda *_: False),
    ],
    "small numbers are not told": [(impact, "_number", lambda role, people: [[role, people]] if people else [])],
}


@pytest.mark.parametrize("guard", GUARDS)
def test_the_attack_finds_something_where_a_guard_is_missing(cast, monkeypatch, guard):
    for module, name, nothing in GUARDS[guard]:
        monkeypatch.setattr(module, name, nothing)
    assert any(attack(cast, seed) for seed in range(10))


def test_page_csv_json_and_live_page_say_the_same_numbers(client, cast):
    world = World(cast, 3)
    for _ in range(4):
        world.let_time_pass()
    cohort = world.cohorts[0]
    client.force_login(cast.contact)
    live = client.get(reverse("partners:impact-detail", args=[cast.partner.slug, cohort.slug])).content.decode()
    world.let_time_pass()
    world.tell()
    version = world.reports[0].versions.get()
    address = version.get_absolute_url()
    assert client.get(address + "?format=json").json() == json.loads(json.dumps(version.data))
    listed = client.get(address + "?format=csv").content.decode()
    page = client.get(address).content.decode()
    for _block, caption, label, value in csv_rows(version.data):
        assert str(value) in listed
        assert str(value) in page, (caption, label)
    assert list(leaks([(0, version.data), (0, compose(world.reports[0], release=False))])) == []
    assert "Mentees" in live
