"""Thanks in reports and on pages: gifts in the words agreed, and people who came back."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from mentorship.devtools.testing import factories
from mentorship.portal.public_face.content import partner_lines
from partners.contributions.services import acknowledge, pledge, record_given
from partners.records.people import answer_visibility, lend
from partners.reports.acknowledgements import lent_people, thanks_in_public, thanks_to

pytestmark = pytest.mark.django_db


def test_gifts_are_acknowledged_in_reports_in_public_and_on_the_partners_page(client, cast):
    gift = pledge(
        partner=cast.partner,
        cohort=cast.cohort,
        kind="logistics",
        what="A room by the harbour",
        pledged=Decimal(2),
        by=cast.owner,
    )
    assert "You also gave" not in thanks_to(cast.partner, [cast.cohort])  # promised only
    record_given(contribution=gift, quantity=Decimal(2), on=date(2027, 2, 1), by=cast.contact)
    acknowledge(contribution=gift, on=date(2027, 3, 1), by=cast.owner)
    words = "A room by the harbour (2 days)"
    assert thanks_to(cast.partner, [cast.cohort]).endswith(f"You also gave: {words}.")
    assert f"Soil Fund ({words})" in thanks_in_public([cast.cohort])
    assert [line.gifts for line in partner_lines(cast.programme)] == [[words]]
    client.force_login(cast.contact)
    page = client.get(cast.partner.get_absolute_url()).content.decode()
    assert all(said in page for said in ("A room by the harbour", "2 of 2 days", "Thank you!"))
    cast.partner.official = False
    cast.partner.save()
    assert thanks_in_public([cast.cohort]) == ""


def test_somebody_who_comes_back_for_a_partner_is_recognised(client, cast):
    days = timedelta(days=200)
    dates = {"starts_on": cast.cohort.starts_on + days, "ends_on": cast.cohort.ends_on + days}
    later = factories.CohortFactory(programme=cast.programme, **dates)
    factories.SponsorshipFactory(partner=cast.partner, cohort=later)
    lend(partner=cast.partner, enrollment=cast.mentor_enrollment, by=cast.owner)
    again = factories.EnrollmentFactory(cohort=later, role="mentor", user=cast.mentor, status="accepted")
    client.force_login(cast.coordinator)
    page = client.get(cast.partner.get_absolute_url()).content.decode()
    assert "came from them before" in page
    assert "back again" not in page
    for row in cast.partner.people.all():
        answer_visibility(person=row, agree=True, by=cast.mentor)
    answer_visibility(person=lend(partner=cast.partner, enrollment=again, by=cast.owner), agree=True, by=cast.mentor)
    for user in (cast.coordinator, cast.contact):
        client.force_login(user)
        assert "back again" in client.get(cast.partner.get_absolute_url()).content.decode()
    assert lent_people(cast.partner, [later]) == [["People you lent", 1], ["Back from an earlier round", 1]]
    assert lent_people(cast.partner, [cast.cohort]) == [["People you lent", 1]]
