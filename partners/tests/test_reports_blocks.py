"""Every block of a report, and every table of people, is complete. What a new one lacks is named.

A new block needs people in the cohort `example` of whom it can tell.
"""

import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pypdf
import pytest

from checkins.models import Answer, CheckIn, CheckInWave, Survey, SurveyQuestion
from cohorts.models import Cohort
from mentorship.core.errors import ServiceError
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory, MatchFactory
from partners.contributions.services import confirm_entry, pledge, record_given
from partners.costs.services import Payer, add_cost, agree_share, propose_split
from partners.records.people import lend
from partners.reports import blocks, people_tables
from partners.reports.composition import compose, csv_rows
from partners.reports.impact import Impact, cohort_impact
from partners.reports.people_tables import ROLES
from partners.reports.services import create_report, publish_report
from partners.testimonials.services import add_quote, answer_quote, ask_for_quote
from training.models import Provider, Training, TrainingBooking, TrainingSession

pytestmark = pytest.mark.django_db
AT = datetime(2027, 3, 1, tzinfo=UTC)


@pytest.fixture
def example(cast, make_cost):
    """A finished cohort of which every block has something to tell."""
    cohort = cast.cohort
    matches = [
        MatchFactory(mentee=EnrollmentFactory(cohort=cohort, country=country), status="graduated")
        for country in ("KE", "DE")
        for _ in range(6)
    ]
    for _ in range(5):
        EnrollmentFactory(cohort=cohort, country="KE")
    Cohort.objects.filter(pk=cohort.pk).update(status="completed")
    cohort.refresh_from_db()
    for month in (1, 2):
        before = CohortFactory(
            programme=cast.programme, status="completed", starts_on=date(2025, month, 1), ends_on=date(2025, 6, 1)
        )
        EnrollmentFactory.create_batch(5, cohort=before, status="completed")
    later = CohortFactory(programme=cast.programme, starts_on=date(2030, 1, 1), ends_on=date(2030, 6, 1))
    for match in matches[:6]:
        EnrollmentFactory(cohort=later, user=match.mentee.user, role="mentor")
    lend(partner=cast.partner, enrollment=matches[0].mentor, by=cast.owner)
    _train([match.mentor for match in matches[:6]], cohort)
    _ask(matches, cohort)
    gift = pledge(partner=cast.partner, cohort=cohort, kind="advice", what="Advice", pledged=Decimal(5), by=cast.owner)
    given = record_given(contribution=gift, quantity=Decimal(3), on=date(2027, 3, 1), by=cast.owner)
    confirm_entry(entry=given, by=cast.contact)
    (share,) = propose_split(
        cost=add_cost(cost=make_cost(), by=cast.owner),
        payers=[Payer(cast.partner, "percent", Decimal(100))],
        by=cast.owner,
    )
    agree_share(share=share, by=cast.contact)
    person, words = matches[0].mentee.user, {"text": "It helped.", "attribution": "A mentee"}
    quote = ask_for_quote(quote=add_quote(cohort=cohort, person=person, by=cast.owner, **words), by=cast.owner)
    answer_quote(quote=quote, by=person, agree=True, **words)
    return cohort


def _train(mentors, cohort):
    provider = Provider.objects.create(workspace=cohort.programme.workspace, name="Listening Works")
    session = TrainingSession.objects.create(
        training=Training.objects.create(provider=provider, name="Listening"), cohort=cohort, starts_at=AT, minutes=60
    )
    for mentor in mentors:
        TrainingBooking.objects.create(session=session, enrollment=mentor, attended=True)


def _ask(matches, cohort):
    survey = Survey.objects.create(programme=cohort.programme, name="How is it going?")
    question = SurveyQuestion.objects.create(survey=survey, key="good", kind="yes_no", text="Going well?")
    wave = CheckInWave.objects.create(cohort=cohort, survey=survey, name="After three months", offset=3)
    for match in matches:
        checkin = CheckIn.objects.create(
            wave=wave,
            match=match,
            enrollment=match.mentee,
            user=match.mentee.user,
            side="mentee",
            status="answered",
            due_at=AT,
            closes_at=AT,
            answered_at=AT,
        )
        Answer.objects.create(checkin=checkin, question=question, value="yes")


@pytest.fixture
def make_report(cast):
    def make(**fields):
        plain = {"partner": cast.partner, "cohort": cast.cohort, "title": "Impact", "words": "A good year."}
        return create_report(workspace=cast.programme.workspace, by=cast.owner, **{**plain, **fields})

    return make


def lacking(block, report):
    """The step that is missing for a block, and where to add it."""
    place = f"{blocks.__file__}: {block.make.__name__}"
    if not block.make.__doc__:
        yield f"{place} has no docstring"
    report.blocks = [block.kind]
    found = compose(report, release=False)["blocks"]
    if not found:
        yield f"{place} says nothing of the cohort `example` in {__file__}: add people of whom it can tell"
    for content in found:
        if json.loads(json.dumps(content)) != content:
            yield f"{place} does not return plain JSON, which is what a published version keeps"
        for table in content["tables"]:
            of_people = table["unit"].startswith("people")
            if of_people and not any(word in table["caption"].lower() for word in (*ROLES, "people")):
                yield f"{place}: the caption “{table['caption']}” does not name the role whose people it counts"


def lacking_of_tables(report):
    """The steps that are missing for the tables of people."""
    asked, rows = set(), Impact.rows
    Impact.rows = lambda self, key: (asked.add(key), rows(self, key))[1]
    try:
        compose(report, release=False)
    finally:
        Impact.rows = rows
    impact = cohort_impact(report.cohort)
    for key, count in people_tables.PEOPLE_TABLES.items():
        place = f"{people_tables.__file__}: {count.__name__}"
        if not count.__doc__:
            yield f"{place} has no docstring"
        if key not in asked:
            yield f"{place} is shown by no block: register one in {blocks.__file__}"
        if not impact.rows(key):
            yield f"{place} has no rows for the cohort `example` in {__file__}"


def test_every_block_and_table_is_complete(example, make_report):
    missed = [text for block in blocks.all_blocks() for text in lacking(block, make_report())]
    missed += lacking_of_tables(make_report())
    assert not missed, "\n".join(missed)


def test_every_block_is_on_the_page_in_the_pdf_in_the_sheet_and_in_the_form(client, cast, example, make_report):
    version = publish_report(report=make_report(), by=cast.owner)
    client.force_login(cast.coordinator)
    page = client.get(version.get_absolute_url()).content.decode()
    pdf = pypdf.PdfReader(io.BytesIO(client.get(version.get_absolute_url() + "?format=pdf").content))
    text = " ".join(" ".join(sheet.extract_text() for sheet in pdf.pages).split())
    form = client.get(version.report.get_absolute_url() + "edit/").content.decode()
    rows = csv_rows(version.data)
    for block in blocks.all_blocks():
        assert block.title in page, block.kind
        assert block.title in text, block.kind
        assert block.title in form, block.kind
        (content,) = [one for one in version.data["blocks"] if one["kind"] == block.kind]
        for label, value, *_last in content["figures"]:
            assert [block.title, "", label, value] in rows


def test_what_a_new_block_lacks_is_named(monkeypatch, example, make_report):
    def empty(source):
        return blocks.Content()

    monkeypatch.setitem(blocks._BLOCKS, "empty", blocks.ReportBlock("empty", "Empty", empty, {}, True))
    found = list(lacking(blocks.block_of("empty"), make_report()))
    assert ["has no docstring" in found[0], "says nothing of the cohort" in found[1]] == [True, True]

    monkeypatch.setitem(people_tables.PEOPLE_TABLES, "mentees:names", lambda cohort, people: [])
    found = list(lacking_of_tables(make_report()))
    assert ["no docstring" in found[0], "by no block" in found[1], "no rows" in found[2]] == [True, True, True]


def test_a_block_that_is_not_registered_is_refused_and_a_stored_one_fails_loudly(example, make_report):
    with pytest.raises(ServiceError, match="gossip"):
        make_report(blocks=["figures", "gossip"])
    report = make_report()
    report.blocks = ["gossip"]
    with pytest.raises(LookupError, match="gossip"):
        compose(report, release=False)


def test_the_same_kind_twice_and_a_table_of_no_role_are_refused():
    with pytest.raises(ValueError, match="two blocks"):
        blocks.report_block("figures", "Once more")
    with pytest.raises(ValueError, match="begins with one of"):
        people_tables.people_table("everybody:places")
    with pytest.raises(ValueError, match="two tables"):
        people_tables.people_table("mentees:retention")


def test_a_table_that_counts_some_people_twice_is_refused(monkeypatch, example):
    monkeypatch.setitem(people_tables.PEOPLE_TABLES, "mentees:twice", lambda _, people: [("a", len(people)), ("b", 1)])
    with pytest.raises(ValueError, match="each of the 18 people once"):
        cohort_impact(example)


def test_labels_that_people_share_are_shown_where_neither_those_with_it_nor_the_others_are_few(monkeypatch, example):
    def languages(_cohort, people):
        ids = sorted(people)
        return {"English": {*ids}, "Swahili": {*ids[:6]}, "French": {*ids[:3]}, "German": {*ids[2:]}}

    monkeypatch.setitem(people_tables.PEOPLE_TABLES, "mentees:languages", languages)
    assert cohort_impact(example).rows("mentees:languages") == [("English", 18), ("Swahili", 6)]


def test_not_said_beside_labels_that_people_share_is_refused(monkeypatch, example):
    """With 12 who speak English and 7 who said nothing of 20, one person would speak something else alone."""

    def languages(_cohort, people):
        ids = sorted(people)
        return {"English": {*ids[:11]}, "French": {ids[11]}, people_tables.NOT_SAID: {*ids[12:]}}

    monkeypatch.setitem(people_tables.PEOPLE_TABLES, "mentees:languages", languages)
    with pytest.raises(ValueError, match="would tell of few"):
        cohort_impact(example)
