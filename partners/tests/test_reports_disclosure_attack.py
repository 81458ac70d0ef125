"""The attack: two partners show each other everything they ever read, and compare all that can be compared.

The long form is `make assurance PART=disclosure`: 200 programmes, and each guard taken out in turn.
"""

import json

import pytest
from django.urls import reverse

from mentorship.devtools.assurance.disclosure import GUARDS, leaks, of_their_day, without
from mentorship.devtools.assurance.disclosure_audit import Figure, few_people
from mentorship.devtools.testing.factories import EnrollmentFactory, MatchFactory, UserFactory
from partners.disclosure.gate import Release, group_size
from partners.models import PartnerPerson, ReleasedTable
from partners.reports.composition import compose, csv_rows
from partners.reports.impact import cohort_impact
from partners.reports.services import create_report, publish_report

pytestmark = pytest.mark.django_db


def report_of(cast, **fields):
    plain = {"partner": cast.partner, "cohort": cast.cohort, "title": "What came of it"}
    return create_report(workspace=cast.programme.workspace, by=cast.owner, **{**plain, **fields})


def join(cohort, people, **fields):
    return [EnrollmentFactory(cohort=cohort, **fields) for _ in range(people)]


def test_two_partners_together_find_no_few_people():
    assert leaks(3, dates=2) == []


def test_the_audit_notices_that_a_guard_is_missing():
    with without("small rows are put together"):
        assert leaks(0, dates=2)
    assert len(GUARDS) == 5


def test_the_audit_finds_combinations_that_no_two_figures_tell():
    def figure(cells, number, moment=0):
        return Figure("projects", moment, frozenset((cell,) for cell in cells), number, cells)

    assert list(few_people([figure("ab", 12), figure("bc", 11), figure("abc", 21)]))  # b is two
    assert not list(few_people([figure("ab", 12), figure("bc", 14), figure("abc", 21)]))
    one_joined = [figure("ab", 27), figure("a", 10), figure("ab", 35, 1), figure("a", 17, 1)]
    assert list(few_people(one_joined))  # b was 17 and is 18


def test_an_older_table_is_not_compared_as_if_it_were_of_the_same_day():
    def figure(cells, number, text, is_sum=False):
        return Figure("people", 4, frozenset((cell,) for cell in cells), number, text, is_sum)

    table = [
        figure("a", 10, "“a” of “People”"),
        figure("b", 16, "“b” of “People”"),
        figure("ab", 26, "all people", True),
    ]
    page = [figure("ab", 49, "People"), *table]
    assert list(few_people(page))  # twice 26 less 49
    assert not list(few_people(of_their_day(page)))
    assert of_their_day([figure("ab", 26, "People"), *table])[1:] == table


@pytest.mark.parametrize(
    ("name", "number", "beside", "told"),
    [
        ("matches", 5, {"projects": 6}, None),
        ("matches", 5, {"projects": 10}, 5),
        ("graduates", 8, {"projects": 9}, None),
        ("projects", 4, {}, None),
        ("projects", 17, {"mentees": 18}, None),
        ("people", 22, {"mentees": 12, "mentors": 8}, None),
        ("groups:1", 18, {"mentees": 20}, None),
        ("groups:1", 8, {"mentees": 20, "groups:2": 10}, None),
        ("groups:1", 8, {"mentees": 20}, 8),
    ],
)
def test_a_number_is_told_only_where_it_leaves_no_few_people_over(cast, name, number, beside, told):
    gate = Release(cast.cohort, write=False)
    for other, value in beside.items():
        gate.number(other, value)
    assert gate.number(name, number) == told


def test_numbers_of_two_days_do_not_tell_of_one_new_member_of_a_team(cast):
    """17 members beside the leads, then 18."""
    first = Release(cast.cohort, write=True)
    assert [first.number("mentees", 27), first.number("projects", 10)] == [27, 10]
    first.save()
    later = Release(cast.cohort, write=True)
    assert [later.number("mentees", 35), later.number("projects", 17)] == [35, None]


def test_who_skipped_a_question_is_never_one_person(cast):
    """Five did not answer, six gave no answer to the question."""
    gate = Release(cast.cohort, write=False)
    answered = [["answered", 12], ["no answer", 5]]
    assert gate.table("mentees:wave:1", answered, what="Who answered") == answered
    assert gate.table("mentees:wave:1:1", [["Yes", 11], ["skipped, or no answer", 6]], what="Good?") == []
    assert gate.notes[-1].done == "held back"


def test_an_answer_is_not_told_beside_an_earlier_number_of_those_who_answered(cast):
    """Six answered, and seven say yes."""
    gate = Release(cast.cohort, write=False)
    gate.table("mentees:wave:1", [["answered", 6], ["no answer", 9]], what="Who answered")
    assert gate.table("mentees:wave:1:1", [["Yes", 7], ["others, put together", 8]], what="Good?") == []


def test_rows_that_were_put_together_otherwise_before_tell_of_nobody(cast):
    """Germany was told apart, and is put together with two people of India later."""
    gate = Release(cast.cohort, write=False)
    gate.table("mentors:languages", [["Kenya", 8], ["Germany", 7], ["others, put together", 5]], what="Places")
    newer = [["Kenya", 8], ["France", 13], ["others, put together", 9]]
    assert gate.table("mentors:languages", newer, what="Places")[1] == ["Germany", 7]


def test_countries_stay_at_a_swap(cast):
    gone = join(cast.cohort, 12, country="KE")[0]
    join(cast.cohort, 6, country="DE")
    assert cohort_impact(cast.cohort, release=True).numbers["countries"] == 2
    gone.country = "FR"
    gone.save()
    assert cohort_impact(cast.cohort, release=True).numbers["countries"] == 2
    join(cast.cohort, 6, country="FR")
    assert cohort_impact(cast.cohort, release=True).numbers["countries"] == 3


def test_people_whom_a_partner_lends_are_taken_off_what_is_told(cast):
    """Of eight mentors the partner knows five by name: the others are three."""
    matches = [MatchFactory(mentee=EnrollmentFactory(cohort=cast.cohort)) for _ in range(7)]
    found = cohort_impact(cast.cohort)
    assert found.numbers["mentors"] == 8
    for match in matches[:5]:
        PartnerPerson.objects.create(partner=cast.partner, enrollment=match.mentor, kind="lent")
    found = cohort_impact(cast.cohort)
    assert "mentors" not in found.numbers
    assert not found.country_rows("mentors")


def test_the_size_of_a_group_stays_where_a_few_joined(cast):
    assert group_size(cast.cohort, 7, 4) is None
    assert group_size(cast.cohort, 7, 6) == 6
    assert group_size(cast.cohort, 7, 8) == 6
    assert group_size(cast.cohort, 7, 11) == 11


def test_the_team_reads_what_is_kept_and_the_partner_only_what_anybody_sees(client, cast):
    join(cast.cohort, 14, country="KE")
    lead = join(cast.cohort, 1, country="KE")[0]
    lead.members.create(user=UserFactory())
    report = report_of(cast)
    version = publish_report(report=report, by=cast.owner)
    assert dict(version.data["definitions"])["Rounded to the nearest five"] == "Projects"
    join(cast.cohort, 2, country="KE")
    client.force_login(cast.coordinator)
    page = client.get(report.get_absolute_url()).content.decode()
    assert "Still as shown before" in page
    again = compose(report, release=False)
    assert not {"Still as shown before", "Left out"} & dict(again["definitions"]).keys()


def test_all_that_was_shown_at_once_is_on_record_as_of_one_moment(cast):
    join(cast.cohort, 14, country="KE")
    publish_report(report=report_of(cast), by=cast.owner)
    assert ReleasedTable.objects.values("at").distinct().count() == 1


def test_page_csv_json_and_live_page_say_the_same_numbers(client, cast):
    join(cast.cohort, 9, country="KE")
    join(cast.cohort, 7, country="DE")
    client.force_login(cast.contact)
    live = client.get(reverse("partners:impact-detail", args=[cast.partner.slug, cast.cohort.slug])).content.decode()
    version = publish_report(report=report_of(cast), by=cast.owner)
    address = version.get_absolute_url()
    assert client.get(address + "?format=json").json() == json.loads(json.dumps(version.data))
    listed = client.get(address + "?format=csv").content.decode()
    page = client.get(address).content.decode()
    for _block, caption, label, value in csv_rows(version.data):
        assert str(value) in listed
        assert str(value) in page, (caption, label)
        assert str(value) in live
