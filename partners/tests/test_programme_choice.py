"""With several programmes nothing is chosen for the coordinator."""

import pytest
from django.urls import reverse

from mentorship.core.accounts.models import WorkspaceRole
from partners.models import Fund, ImpactReport, Partner

pytestmark = pytest.mark.django_db
FUND = {
    "name": "Grant",
    "kind": "grant",
    "budget": "100",
    "currency": "EUR",
    "starts_on": "2027-01-01",
    "ends_on": "2027-12-31",
}
NEW = {
    "fund-create": (Fund, FUND),
    "partner-create": (Partner, {"name": "River Trust"}),
    "report-create": (ImpactReport, {"title": "The year", "year": "2027", "blocks": "figures"}),
}


@pytest.mark.parametrize("name", NEW)
def test_something_new_belongs_to_the_programme_that_its_maker_chooses(client, cast, name):
    model, fields = NEW[name]
    before = set(model.objects.all())
    other = cast.other_cohort.programme
    client.force_login(cast.coordinator)
    assert "Choose a programme" not in client.get(reverse(f"partners:{name}")).content.decode()
    WorkspaceRole.objects.create(workspace=other.workspace, user=cast.coordinator, role="coordinator")
    asked = client.post(reverse(f"partners:{name}"), fields)
    assert (asked.status_code, set(asked.context["form"].errors)) == (422, {"programme"})
    assert 'value="" selected>Choose a programme' in asked.content.decode()
    assert client.post(reverse(f"partners:{name}"), {**fields, "programme": other.pk}).status_code == 302
    assert [one.workspace for one in set(model.objects.all()) - before] == [other.workspace]


def test_a_fund_is_given_by_a_partner_of_its_own_programme(client, cast):
    other = cast.other_cohort.programme
    WorkspaceRole.objects.create(workspace=other.workspace, user=cast.coordinator, role="coordinator")
    client.force_login(cast.coordinator)
    sent = {**FUND, "programme": other.pk, "partner": cast.partner.pk}
    page = client.post(reverse("partners:fund-create"), sent).content.decode()
    assert "This partner belongs to another programme." in page
