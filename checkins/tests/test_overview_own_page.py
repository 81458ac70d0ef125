"""After the programme: tasks of facilitators, one's own page, and what needs somebody."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from checkins.alumni.services import save_consent
from checkins.graduation.services import graduate
from checkins.overview.needs import needs_of_participant, needs_of_team
from checkins.recognition.facilitator_tasks import add_usual_tasks, tasks_of, tick_own_task
from checkins.recognition.honoraria import answer_honorarium, offer_honoraria
from checkins.recognition.links import honorarium_link
from checkins.recognition.service_certificates import issue_service_certificates
from checkins.tests.rows import AFTER, offered, opportunity, path, stay
from mentorship.core.errors import ServiceError
from mentorship.core.ui.needs import counted_needs
from mentorship.devtools.testing.factories import EnrollmentFactory
from mentorship.devtools.testing.links import without_signatures

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("afterwards")]


def test_facilitators_have_tasks_that_they_tick_themselves(client, cast):
    with pytest.raises(ServiceError):
        add_usual_tasks(cohort=cast.cohort, by=cast.coordinator)
    fay, gil = (EnrollmentFactory(cohort=cast.cohort, role="facilitator").user for _ in range(2))
    client.force_login(cast.coordinator)
    url = reverse("checkins:facilitator-task-list", args=[cast.cohort.slug])
    client.post(url, {"do": "usual"})
    assert add_usual_tasks(cohort=cast.cohort, by=cast.coordinator) == 0
    assert {t.owner for t in tasks_of(cast.cohort)} == {fay, gil}
    assert client.post(url, {"do": "add", "name": "Cake", "owner": cast.mentor.pk}).status_code == 422
    client.post(url, {"do": "add", "name": "Cake", "owner": fay.pk, "due_on": "2027-06-01"})
    client.force_login(fay)
    mine = reverse("checkins:own-page")
    assert "Cake" in client.get(mine).content.decode()
    cake = tasks_of(cast.cohort, fay).get(name="Cake")
    client.post(mine, {"item": cake.pk, "done": "yes"})
    cake.refresh_from_db()
    assert cake.done_by == fay
    other = tasks_of(cast.cohort, gil).first()
    assert client.post(mine, {"item": other.pk, "done": "yes"}).status_code == 404
    with pytest.raises(ServiceError):
        tick_own_task(item=other, done=True, by=fay)
    client.force_login(cast.stranger)
    assert client.get(url).status_code == 404


def test_own_page_lists_check_ins_certificates_honoraria_and_tasks(client, over, coming):
    (one,) = offered(over)
    issue_service_certificates(cohort=over.cohort, hours={over.mentor_enrollment.pk: 9}, by=over.coordinator)
    client.force_login(over.mentor)
    page = client.get(reverse("checkins:own-page")).content.decode()
    assert "9 hours" in page
    assert without_signatures(path(honorarium_link(one))) in without_signatures(page)
    assert without_signatures(stay(over, over.mentor)) in without_signatures(page)
    client.force_login(over.stranger)
    page = client.get(reverse("checkins:own-page")).content.decode()
    assert "9 hours" not in page
    client.logout()
    assert client.get(reverse("checkins:own-page")).status_code == 302


def test_the_lists_cost_the_same_for_few_and_many(client, over):
    client.force_login(over.coordinator)
    names = [
        "opportunity-list",
        "role-progression",
        "service-certificate-list",
        "honorarium-list",
        "facilitator-task-list",
    ]
    urls = [reverse(f"checkins:{name}", args=[over.cohort.slug]) for name in names]
    found: dict[str, list[int]] = {url: [] for url in urls}
    for number in range(2):
        helpers = [
            EnrollmentFactory(cohort=over.cohort, role=role)
            for role in ("mentor", "facilitator", "expert")
            for _ in range(2 + 6 * number)
        ]
        people = [one.user for one in helpers]
        offer_honoraria(cohort=over.cohort, people=people, what="x", amount=Decimal(5), currency="EUR", by=over.owner)
        for one in helpers:
            opportunity(over)
            save_consent(programme=over.programme, user=one.user, stays=True, roles=["mentor"])
        add_usual_tasks(cohort=over.cohort, by=over.coordinator)
        for url in urls:
            with CaptureQueriesContext(connection) as queries:
                client.get(url)
            found[url].append(len(queries))
    assert [after - before for before, after in found.values()] == [0, 0, 0, 0, 0]
    assert max(after for _, after in found.values()) <= 30


def test_home_page_gets_the_needs_of_the_team(over):
    """Each number has the list that it counts."""
    offered_one = offered(over)[0]
    answer_honorarium(honorarium=offered_one, accept=True)
    save_consent(programme=over.programme, user=over.mentee, stays=True)
    opportunity(over, status="proposed")
    fay = EnrollmentFactory(cohort=over.cohort, role="facilitator").user
    add_usual_tasks(cohort=over.cohort, by=over.coordinator)
    graduate(enrollment=over.mentee_enrollment, user=over.mentee, by=over.coordinator, anyway=True)
    needs = {n.title: n.number for n in counted_needs(needs_of_team(over.coordinator, over.cohort, AFTER.date()))}
    assert needs == {
        "Certificates to send": 1,
        "Honoraria to pay": 1,
        "Opportunities to read": 1,
        "Tasks of facilitators are late": 7,
    }
    offer_honoraria(
        cohort=over.cohort, people=[fay], what="Calls", amount=Decimal(50), currency="EUR", by=over.coordinator
    )
    words = [text for text, _, _ in needs_of_participant(fay, AFTER.date())]
    assert words == ["50.00 EUR for Calls", "7 tasks as a facilitator"]
    assert needs_of_participant(over.mentor, AFTER.date()) == []
