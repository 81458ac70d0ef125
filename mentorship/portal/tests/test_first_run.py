"""From an empty installation to an open form, and what the checklist ticks."""

import pytest
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Cohort, Programme
from cohorts.plan.programme_templates import TEMPLATES
from cohorts.setup.proposals import propose_cohort
from cohorts.setup.services import create_cohort, create_programme
from cohorts.signup.forms import SignupForm
from mentorship.devtools.testing.factories import EnrollmentFactory, UserFactory
from mentorship.devtools.testing.pages import words_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(client):
    user = UserFactory(email="ola@example.org", is_superuser=True, is_staff=True, time_zone="Europe/Lisbon")
    client.force_login(user)
    return user


def send(client, **data):
    """Send the form of the current step, with its proposals and these values."""
    form = client.get("/setup/").context["form"]
    proposed = {name: form[name].value() or "" for name in form.fields} if form else {}
    return client.post("/setup/", {**proposed, **data}, follow=True)


def test_an_operator_gets_from_nothing_to_an_open_form_with_what_is_proposed(client, operator):
    assert client.get("/", follow=True).redirect_chain[-1][0] == "/setup/"
    send(client, do="programme", name="Tidepool Fellows", template="pairs")
    programme = Programme.objects.get()
    assert (programme.slug, programme.contact_email) == ("tidepool-fellows", "ola@example.org")
    page = send(client, do="cohort")
    cohort = Cohort.objects.get()
    assert cohort.signup_closes_at
    assert cohort.time_zone == "Europe/Lisbon"
    assert page.context["progress"].current == "forms"
    send(client, do="forms")
    page = send(client, do="open")
    cohort.refresh_from_db()
    assert cohort.accepts_signups()
    assert f"/join/{cohort.slug}/" in words_in(page)
    assert page.context["progress"].current == "share"
    EnrollmentFactory(cohort=cohort)
    assert client.get("/setup/").context["progress"].current == ""


def test_steps_tick_themselves_wherever_they_were_done(client, operator):
    send(client, do="programme", name="Seeds", template="blank")
    programme = Programme.objects.get()
    form = client.get(reverse("cohorts:cohort-create", args=[programme.slug])).context["form"]
    proposed = {name: value for name in form.fields if (value := form[name].value())}
    client.post(reverse("cohorts:cohort-create", args=[programme.slug]), {**proposed, "time_zone": "UTC"})
    cohort = programme.cohorts.get()
    client.post(reverse("cohorts:cohort-set-status", args=[cohort.slug]), {"to": "enrolling"})
    progress = client.get("/").context["cohort"] and client.get("/setup/").context["progress"]
    assert [step.key for step in progress.steps if not step.done] == ["share", "team"]


def test_a_step_that_was_done_meanwhile_is_not_done_again(client, operator):
    send(client, do="programme", name="Seeds", template="blank")
    send(client, do="programme", name="Seeds", template="blank")
    assert Programme.objects.count() == 1


def test_an_error_stays_beside_its_field_and_keeps_what_was_typed(client, operator):
    page = send(client, do="programme", name="Seeds", template="pairs", contact_email="nobody")
    assert page.status_code == 422
    assert page.context["form"].errors.keys() == {"contact_email"}
    assert 'value="Seeds"' in page.content.decode()


def test_a_coordinator_without_a_cohort_is_led_on_and_a_viewer_is_not(client, cast):
    client.force_login(cast.viewer)
    assert client.get("/setup/").status_code == 200
    assert client.post("/setup/", {"do": "programme"}).status_code == 404
    client.force_login(cast.mentor)
    assert client.get("/setup/").status_code == 404


def test_each_template_has_a_round_that_fits_and_forms_that_can_be_sent():
    today = timezone.localdate()
    for key, template in TEMPLATES.items():
        programme = create_programme(name=key, slug=key, contact_email="hello@example.org", by=None, template=key)
        proposed = propose_cohort(programme, today)
        cohort = create_cohort(programme=programme, slug=key, by=None, **proposed)
        days = {step: day for step, _, day in template.timeline}
        assert (cohort.ends_on - cohort.starts_on).days == days["end"]
        assert cohort.signup_closes_at, key
        assert len(cohort.dates.all()) == len(template.timeline) - 2  # what the cohort itself holds: closing and end
        for role, fields in template.fields.items():
            asked = SignupForm(cohort=cohort, role=role).fields
            assert not {name for name, state in fields.items() if state == "off"} & set(asked)
        assert set(cohort.questions.values_list("role", "kind")) == {(one.role, one.kind) for one in template.questions}


def test_the_share_page_has_a_link_a_code_a_mail_and_a_button(client, cast):
    client.force_login(cast.viewer)
    page = words_in(client.get(reverse("cohorts:cohort-share", args=[cast.cohort.slug])))
    link = f"/join/{cast.cohort.slug}/"
    assert page.count(link) >= 5
    assert "&lt;a href=" in page
    code = client.get(reverse("cohorts:cohort-share-qr", args=[cast.cohort.slug]))
    assert code["Content-Type"] == "image/svg+xml"
    assert b"<path" in code.content
    client.force_login(cast.stranger)
    assert client.get(reverse("cohorts:cohort-share", args=[cast.cohort.slug])).status_code == 404
