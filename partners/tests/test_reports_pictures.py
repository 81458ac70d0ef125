"""Reports over rounds and years: the last round beside each figure, a funnel, lines, and sentences that are true."""

from datetime import date

import pytest
from django.urls import reverse

from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import CohortFactory, ContactFactory, EnrollmentFactory, UserFactory
from partners.models import Partner, ReleasedTable
from partners.reports.composition import compose
from partners.reports.sentences import change, outcome, share
from partners.reports.services import create_report, publish_report

pytestmark = pytest.mark.django_db


def report_of(cast, **fields):
    plain = {"partner": cast.partner, "cohort": cast.cohort, "title": "What came of it", "words": "A good year."}
    return create_report(workspace=cast.programme.workspace, by=cast.owner, **{**plain, **fields})


def block(data, kind):
    return next(one for one in data["blocks"] if one["kind"] == kind)


@pytest.fixture
def rounds(cast):
    """Three earlier rounds, of which 5, 10 and 15 of 15 finished; 10 more signed up for the last."""
    made = []
    for year, finished in ((2022, 5), (2023, 10), (2024, 15)):
        cohort = CohortFactory(
            programme=cast.programme,
            name=f"Round {year}",
            status="completed",
            starts_on=date(year, 1, 1),
            ends_on=date(year, 6, 1),
        )
        EnrollmentFactory.create_batch(finished, cohort=cohort, status="completed", country="KE")
        EnrollmentFactory.create_batch(15 - finished, cohort=cohort, country="KE")
        made.append(cohort)
    EnrollmentFactory.create_batch(10, cohort=made[-1], status="declined")
    return made


def test_a_figure_stands_beside_that_of_the_last_round_which_is_then_on_record_as_shown(client, cast, rounds):
    version = publish_report(report=report_of(cast, cohort=rounds[-1]), by=cast.owner)
    assert ["Mentees", 15, ["Round 2023", 15]] in block(version.data, "figures")["figures"]
    assert ["Graduates", 15, ["Round 2023", 10]] in block(version.data, "graduates")["figures"]
    assert ReleasedTable.objects.filter(cohort=rounds[1], key="works:graduates").exists()
    client.force_login(cast.contact)
    page = client.get(version.get_absolute_url()).content.decode()
    assert "15 in Round 2023" in page
    assert "Round 2023,Graduates,10" in client.get(version.get_absolute_url() + "?format=csv").content.decode()


def test_a_small_last_round_is_not_told(cast, rounds):
    for one in list(rounds[1].enrollments.all())[4:]:
        one.delete()
    figures = block(compose(report_of(cast, cohort=rounds[-1]), release=False), "figures")["figures"]
    assert ["Mentees", 15] in figures


def test_the_funnel_begins_with_sign_ups_and_says_what_its_figures_say(cast, rounds):
    data = compose(report_of(cast, cohort=rounds[-1]), release=False)
    (funnel,) = block(data, "graduates")["tables"]
    assert funnel["rows"] == [["Signed up", 25], ["Accepted", 15], ["Finished", 15]]
    assert funnel["says"] == "15 of 15 accepted projects finished"


def test_few_declined_people_are_not_told_by_the_funnel(cast, rounds):
    for one in list(rounds[-1].enrollments.filter(status="declined"))[3:]:
        one.delete()
    (funnel,) = block(compose(report_of(cast, cohort=rounds[-1]), release=False), "graduates")["tables"]
    assert [label for label, _ in funnel["rows"]] == ["Accepted", "Finished"]


def test_lines_over_rounds_leave_out_what_may_not_be_told_and_say_so(cast, rounds):
    lines = block(compose(report_of(cast), release=False), "trends")["tables"]
    people, shares = lines
    assert people["rows"] == [[one.name, 15] for one in rounds]
    assert people["note"].startswith("1 of 4 rounds")  # the cast's own has few mentees
    assert [value for _, value in shares["rows"]] == [33, 67, 100]
    assert shares["says"] == "The share of projects that finished rose from 33% in Round 2022 to 100% in Round 2024"


def test_a_programme_is_told_over_several_years(client, cast, rounds):
    client.force_login(cast.coordinator)
    form = {"title": "Three years", "year": "2024", "first_year": "2025", "blocks": ["figures", "trends"]}
    add = reverse("partners:report-create")
    assert "first_year" in client.post(add, form).context["form"].errors
    assert client.post(add, {**form, "first_year": "2022"}).status_code == 302
    report = cast.programme.workspace.reports.get()
    assert report.years == "2022–2024"
    data = compose(report, release=False)
    assert data["subject"].startswith("2022–2024: Round 2022, Round 2023")
    assert ["Mentees", 45] in block(data, "figures")["figures"]
    page = client.get(report.get_absolute_url()).content.decode()
    assert page.count("m-chart-dot") == 6  # two lines of three points


def test_people_whose_country_is_not_known_are_no_bar_and_are_told_beside_it(client, cast):
    EnrollmentFactory.create_batch(6, cohort=cast.cohort, country="KE")
    lead = EnrollmentFactory(cohort=cast.cohort, country="KE")
    for _ in range(9):
        lead.members.create(user=UserFactory())
    data = compose(report_of(cast), release=False)
    continents = block(data, "places")["tables"][0]
    assert ["country not said", 10] in continents["rows"]
    assert continents["says"] == "7 of 17 mentees live in Africa"
    assert continents["note"].startswith("The chart leaves out 10 ")
    client.force_login(cast.coordinator)
    page = client.get(report_of(cast, title="Again").get_absolute_url()).content.decode()
    assert '<th scope="row">country not said</th>' in page
    assert "country not said</text>" not in page


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "is ready"), ("de", "ist fertig"), ("fr", "est prêt"), ("es", "ya está disponible")],
)
def test_publishing_tells_the_contacts_once_in_the_partners_language(cast, language, words):
    Partner.objects.filter(pk=cast.partner.pk).update(language=language)
    ContactFactory(partner=cast.partner, user=UserFactory(is_active=False))
    report = report_of(cast)
    version = publish_report(report=report, by=cast.owner)
    publish_report(report=report, by=cast.owner)  # nothing new
    (mail,) = OutboxMessage.objects.filter(key__startswith="report:")
    assert mail.to == [cast.contact.email]
    assert words in mail.full_text
    assert version.get_absolute_url() in mail.full_text


def test_a_public_report_is_mailed_to_nobody(cast):
    publish_report(report=report_of(cast, partner=None), by=cast.owner)
    assert not OutboxMessage.objects.filter(key__startswith="report:").exists()


def test_sentences_claim_no_more_than_the_figures():
    assert change([("A", 60), ("B", 90), ("C", 60)], "It") == "It was 60 in C, as in A"
    assert change([("A", 1200), ("B", 9)], "It", sign="%") == "It fell from 1,200% in A to 9% in B"
    assert share(6, [("a", 6), ("b", 7)], "mentors", "took part", at_least=True) == "At least 6 of 13 mentors took part"
    assert outcome([("Signed up", 30), ("Accepted", 20)], False) == "20 of 30 projects that signed up were accepted"
    assert outcome([("Accepted", 20), ("Finished", 9)], True) == "9 of 20 accepted projects have finished so far"
