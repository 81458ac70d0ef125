"""Names of partners in texts: written exactly, and named only as agreed."""

import pytest
from django.urls import reverse

from cohorts.models import Mailing
from mentorship.core.errors import ServiceError
from partners.models import Partner
from partners.records.names import name_objections
from partners.reports.services import create_report, publish_report

pytestmark = pytest.mark.django_db


@pytest.fixture
def school(cast):
    return Partner.objects.create(
        workspace=cast.programme.workspace, name="OpenTechSchool", slug="ots", wrong_names="OTS Berlin\nTech School"
    )


def objections(partner, text):
    return name_objections(partner.workspace_id, [text])


@pytest.mark.parametrize(
    "wrong", ["opentechschool", "Open Tech School", "Open-Tech-School", "OPENTECHSCHOOL", "OTS Berlin"]
)
def test_wrong_forms_of_a_name_are_found_with_the_right_one(school, wrong):
    assert objections(school, f"We thank {wrong}, who helped.") == [f"Write “OpenTechSchool” instead of “{wrong}”."]


@pytest.mark.parametrize(
    "text",
    [
        "OpenTechSchool’s coaches; (OpenTechSchool)",
        "https://www.opentechschool.org, hello@opentechschool.org and opentechschool.org",
        "An open tech scholar. #opentechschool",
        "A reopentechschool is another word.",
        "",
    ],
)
def test_right_names_addresses_and_other_words_are_left_alone(school, text):
    assert objections(school, text) == []


def test_a_name_of_plain_words_is_not_found_in_small_letters(school):
    Partner.objects.filter(pk=school.pk).update(name="Open Science", wrong_names="")
    assert objections(school, "We teach open science and open-science tools.") == []
    assert objections(school, "Thanks to OpenScience!") == ["Write “Open Science” instead of “OpenScience”."]


def test_an_unofficial_supporter_is_never_called_official_and_is_left_out_if_so_agreed(school):
    Partner.objects.filter(pk=school.pk).update(official=False)
    assert objections(school, "OpenTechSchool lent a room. Our partners did not.") == []
    assert "unofficially" in objections(school, "Our partner OpenTechSchool lent a room.")[0]
    assert objections(school, "OpenTechSchool is an unofficial supporter.") == []
    Partner.objects.filter(pk=school.pk).update(official=True, naming="nothing")
    assert "not to be named" in objections(school, "OpenTechSchool lent a room.")[0]


def test_mails_and_reports_are_refused_beside_the_field_and_keep_what_was_typed(client, cast, school):
    client.force_login(cast.coordinator)
    mailing = {"audience": "status=accepted", "subject": "News", "body": "Thanks to Open Tech School!"}
    answer = client.post(reverse("cohorts:mailing-create", args=[cast.cohort.slug]), mailing)
    assert answer.status_code == 422
    assert "Write “OpenTechSchool” instead of “Open Tech School”." in answer.context["form"].errors["body"]
    assert "Thanks to Open Tech School!" in answer.content.decode()
    assert not Mailing.objects.exists()
    report = create_report(
        workspace=cast.programme.workspace,
        title="Round 1",
        cohort=cast.cohort,
        words="By opentechschool",
        by=cast.owner,
    )
    with pytest.raises(ServiceError, match="Write “OpenTechSchool”"):
        publish_report(report=report, by=cast.owner)
    edit = client.post(
        reverse("partners:report-edit", args=[report.pk]), {"title": "opentechschool", "blocks": ["words"]}
    )
    assert list(edit.context["form"].errors) == ["title"]


def test_trainings_sessions_and_events_are_refused_beside_the_field(client, cast, school):
    client.force_login(cast.coordinator)
    wrong = "With Open Tech School"
    for name, fields in (
        ("training:session-create", ("training", "place")),
        ("matching:event-create", ("name", "place", "good_to_know")),
    ):
        answer = client.post(reverse(name, args=[cast.cohort.slug]), dict.fromkeys(fields, wrong))
        assert answer.status_code == 422
        for field in fields:
            assert "Write “OpenTechSchool” instead" in answer.context["form"].errors[field][0], (name, field)
