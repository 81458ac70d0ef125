"""People whom a partner lends or sponsors: it sees those who agreed."""

import pytest
from django.urls import reverse

from cohorts.models import Group
from mentorship.core.errors import ServiceError
from mentorship.devtools.testing.factories import EnrollmentFactory
from mentorship.devtools.testing.pages import SURE, words_in
from partners.models import PartnerPerson
from partners.records.people import answer_visibility, ask_sponsored, lend


@pytest.mark.django_db
def test_a_partner_sees_only_the_people_who_agreed(client, cast):
    person = lend(partner=cast.partner, enrollment=cast.mentor_enrollment, by=cast.owner)
    assert lend(partner=cast.partner, enrollment=cast.mentor_enrollment, by=cast.owner) == person
    url, mine = cast.partner.get_absolute_url(), reverse("partners:my-hours")
    answer = reverse("partners:person-answer", args=[person.pk])

    def seen():
        client.force_login(cast.contact)
        return "Mona" in client.get(url).content.decode()

    assert not seen()
    client.force_login(cast.mentee)
    assert client.post(answer, {"agree": "1"}).status_code == 404
    assert not seen()
    client.force_login(cast.mentor)
    assert "Soil Fund lends you" in words_in(client.get(mine))
    client.post(answer, {"agree": "1"})
    assert seen()
    client.force_login(cast.mentor)
    client.post(answer, {"decline": "1"})
    assert not seen()
    with pytest.raises(ServiceError):
        answer_visibility(person=person, agree=True, by=cast.owner)
    with pytest.raises(ServiceError):
        lend(partner=cast.partner, enrollment=cast.mentee_enrollment, by=cast.owner)


@pytest.mark.django_db
def test_people_of_a_sponsored_group_are_asked_and_those_who_left_are_hidden(client, cast):
    with pytest.raises(ServiceError, match="no group"):
        ask_sponsored(sponsorship=cast.sponsorship, by=cast.owner)
    cast.sponsorship.group = Group.objects.create(cohort=cast.cohort, name="Theirs", slug="theirs")
    cast.sponsorship.save()
    one = EnrollmentFactory(cohort=cast.cohort, group=cast.sponsorship.group, user__full_name="Ada Okoro")
    EnrollmentFactory(cohort=cast.cohort, group=cast.sponsorship.group, status="applied")
    client.force_login(cast.coordinator)
    for _ in range(2):
        client.post(reverse("partners:sponsored-ask", args=[cast.sponsorship.pk]))
    person = PartnerPerson.objects.get()
    answer_visibility(person=person, agree=True, by=one.user)
    client.force_login(cast.contact)
    url = cast.partner.get_absolute_url()
    assert "Ada Okoro" in client.get(url).content.decode()
    one.status = "withdrawn"
    one.save()
    assert "Ada Okoro" not in client.get(url).content.decode()


@pytest.mark.django_db
def test_a_coordinator_records_and_deletes_lent_people(client, cast):
    client.force_login(cast.coordinator)
    url = reverse("partners:person-lend", args=[cast.partner.slug])
    assert "Mona" in client.get(cast.partner.get_absolute_url()).content.decode()
    client.post(url, {"enrollment": cast.mentor_enrollment.pk})
    assert client.post(url, {"enrollment": cast.mentee_enrollment.pk}).status_code == 404
    person = PartnerPerson.objects.get()
    client.post(url, {"remove": person.pk, **SURE})
    assert not PartnerPerson.objects.exists()
    client.force_login(cast.contact)
    assert client.post(url, {"enrollment": cast.mentor_enrollment.pk}).status_code == 404
