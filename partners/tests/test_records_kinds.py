"""Kinds of partner: several at once, each official or not, with what it brings and asks."""

import pytest
from django.urls import reverse

from mentorship.devtools.testing.factories import PartnerFactory
from mentorship.devtools.testing.pages import SURE
from partners.models import Partner, PartnerKind

pytestmark = pytest.mark.django_db


def test_a_partner_has_several_kinds_with_what_each_brings_and_asks(client, cast):
    client.force_login(cast.coordinator)
    new = {
        "programme": cast.programme.pk,
        "name": "OpenTechSchool",
        "official": "on",
        "kinds": ["coaches", "diversity"],
    }
    client.post(reverse("partners:partner-create"), new)
    school = Partner.objects.get(name="OpenTechSchool")
    coaches, diversity = school.kinds.all()
    client.post(
        reverse("partners:kind-edit", args=[school.slug, coaches.pk]), {"brings": "Ten coaches", "asks": "Thanks"}
    )
    add = reverse("partners:kind-create", args=[school.slug])
    assert client.post(add, {"kind": "coaches"}).status_code == 422
    client.post(add, {"kind": "materials", "official": "on", "brings": "A beginners’ course"})
    found = {one.kind: (one.official, one.brings) for one in school.kinds.all()}
    assert found == {
        "coaches": (False, "Ten coaches"),
        "diversity": (True, ""),
        "materials": (True, "A beginners’ course"),
    }
    client.post(reverse("partners:kind-delete", args=[school.slug, diversity.pk]), SURE)
    page = client.get(school.get_absolute_url()).content.decode()
    assert "Ten coaches" in page
    assert [one.kind for one in school.kinds.public()] == ["materials"]


def test_the_list_is_filtered_by_kind_and_a_contact_reads_their_own(client, cast):
    PartnerFactory(workspace=cast.programme.workspace, name="Rival fund")
    PartnerKind.objects.create(partner=cast.partner, kind="funding", brings="Money for seats")
    client.force_login(cast.coordinator)
    page = client.get(reverse("partners:partner-list"), {"kind": "funding"}).content.decode()
    assert (cast.partner.name in page, "Rival fund" in page) == (True, False)
    client.force_login(cast.contact)
    assert "Money for seats" in client.get(cast.partner.get_absolute_url()).content.decode()


def test_only_official_partners_who_may_be_named_and_support_something_are_public(cast):
    def public():
        return cast.partner in Partner.objects.public()

    assert public()
    for change in ({"official": False}, {"naming": "nothing"}):
        Partner.objects.filter(pk=cast.partner.pk).update(**change)
        assert not public()
        Partner.objects.filter(pk=cast.partner.pk).update(official=True, naming="name")
    cast.partner.sponsorships.update(draft=True)
    assert not public()
