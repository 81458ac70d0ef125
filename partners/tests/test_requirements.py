"""Requirements of partners: versioned, and accepted by their contacts with a signed link."""

from decimal import Decimal

import pytest
from django.urls import reverse

from mentorship.core.errors import ServiceError
from mentorship.core.outbox.models import OutboxMessage
from partners.contributions.services import pledge
from partners.models import RequirementAnswer
from partners.models.contributions import is_open
from partners.records.links import REQUIREMENTS
from partners.records.standing import standing_of
from partners.requirements.services import answer_requirements, ask_for_requirements, publish_requirements

pytestmark = pytest.mark.django_db
ITEMS = ["Materials are under an open licence.", "Taking part is free."]


@pytest.fixture
def current(cast):
    return publish_requirements(workspace=cast.programme.workspace, items=ITEMS, by=cast.owner)


@pytest.fixture
def contact(cast):
    return cast.partner.contacts.get(user=cast.contact)


def link(contact):
    return reverse("partners:requirements-answer", args=[REQUIREMENTS.sign(contact.pk)])


def test_a_contact_accepts_by_the_link_of_their_mail_and_what_is_missing_is_named(client, cast, current, contact):
    for _ in range(2):
        ask_for_requirements(partner=cast.partner, by=cast.owner)
    assert OutboxMessage.objects.get(kind="requirements").to == [cast.contact.email]
    page = client.get(link(contact)).content.decode()
    assert all(item in page for item in ITEMS)
    assert client.post(link(contact), {"number": "1"}).status_code == 422  # nothing is said
    assert not RequirementAnswer.objects.exists()
    client.post(link(contact), {"number": "1", "accepted": ["0"], "note": "Rooms cost a little."})
    assert standing_of(cast.partner).missing == [ITEMS[1]]
    client.force_login(cast.coordinator)
    page = client.get(cast.partner.get_absolute_url()).content.decode()
    assert "not everything accepted" in page
    assert "Rooms cost a little." in page


def test_a_new_version_asks_only_for_what_changed_and_an_old_form_is_refused(client, cast, current, contact):
    answer = {"contact": contact, "by": cast.contact, "note": ""}
    for _ in range(2):
        answer_requirements(number=1, accepted=ITEMS, **answer)
    assert RequirementAnswer.objects.count() == 1
    assert standing_of(cast.partner).missing == []
    same = publish_requirements(workspace=cast.programme.workspace, items=ITEMS, by=cast.owner)
    assert same == current
    client.force_login(cast.coordinator)
    url = reverse("partners:requirements-edit", args=[cast.programme.slug])
    client.post(url, {"items": "\n".join([*ITEMS, "Recordings are shared."])})
    assert standing_of(cast.partner).missing == ["Recordings are shared."]
    with pytest.raises(ServiceError, match="has changed"):
        answer_requirements(number=1, accepted=ITEMS, **answer)
    client.logout()
    assert client.post(link(contact), {"number": "1", "accepted": ["0", "1"]}).status_code == 422


def test_nobody_accepts_for_the_contact(client, cast, current, contact):
    with pytest.raises(ServiceError, match="Only a contact"):
        answer_requirements(contact=contact, number=1, accepted=ITEMS, note="", by=cast.owner)
    client.force_login(cast.viewer)
    assert client.post(reverse("partners:requirements-ask", args=[cast.partner.slug])).status_code == 404
    contact.delete()
    with pytest.raises(ServiceError, match="Invite a contact"):
        ask_for_requirements(partner=cast.partner, by=cast.owner)


def test_materials_without_an_open_licence_are_not_accepted_silently(client, cast):
    gift = {
        "partner": cast.partner,
        "cohort": cast.cohort,
        "kind": "materials",
        "pledged": Decimal(1),
        "by": cast.owner,
    }
    with pytest.raises(ServiceError, match="open licence"):
        pledge(what="A course", **gift)
    client.force_login(cast.coordinator)
    url = reverse("partners:contribution-create", args=[cast.partner.slug])
    sent = {"cohort": cast.cohort.pk, "kind": "materials", "what": "A course", "pledged": "1"}
    answer = client.post(url, {**sent, "licence": "CC BY-NC 4.0"})
    assert "licence" in answer.context["form"].errors
    client.post(url, {**sent, "licence_exception": "Berlin team: only shown in the room"})
    client.post(url, {**sent, "licence": "CC BY-SA 4.0"})
    assert cast.partner.contributions.count() == 2
    page = client.get(reverse("partners:contribution-list", args=[cast.partner.slug])).content.decode()
    assert "Berlin team" in page
    assert "no open licence" not in page


@pytest.mark.parametrize(
    ("licence", "is_one"),
    [
        ("CC BY 4.0", True),
        ("cc-by-sa", True),
        ("CC0", True),
        ("MIT", True),
        ("GPL 3", True),
        ("CC BY-NC-SA", False),
        ("CC BY-ND 4.0", False),
        ("All rights reserved", False),
        ("", False),
        ("Summit licence", False),
    ],
)
def test_open_licences_are_known(licence, is_one):
    assert is_open(licence) == is_one
