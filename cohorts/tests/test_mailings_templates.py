"""The words of mails, by programme and by cohort: the pages, and that the mails themselves follow."""

import pytest
from django.test import Client
from django.urls import reverse

from cohorts.enrollment.services import decide_enrollments
from cohorts.invitations.services import send_signup_invitations
from cohorts.mailings.links import opt_out_link
from cohorts.mailings.services import set_opt_out
from cohorts.models import OptOut
from mentorship.core.accounts.people.services import change_address
from mentorship.core.outbox.delivery.deliver import deliver_all_due
from mentorship.core.outbox.delivery.suppression import who_is_left_out
from mentorship.core.outbox.mail_templates.catalogue import catalogue
from mentorship.core.outbox.models import MailTemplate, OutboxMessage
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory, MessageFactory
from mentorship.devtools.testing.pages import SURE

pytestmark = pytest.mark.django_db
BODY = "Hello {name}, welcome to {cohort}!\n{answer_until}"


def url(cast, kind="cohorts/accepted", cohort=None):
    address = reverse("cohorts:mail-template-edit", args=[cast.programme.slug, *kind.split("/")])
    return f"{address}?cohort={cohort.slug}" if cohort else address


def save(client, cast, body=BODY, subject="Come in, {name}", cohort=None, **more):
    return client.post(url(cast, cohort=cohort), {"subject": subject, "body": body, **more})


def test_every_mail_of_the_product_is_listed_and_can_be_opened(client, cast):
    client.force_login(cast.viewer)
    html = client.get(reverse("cohorts:mail-template-list", args=[cast.programme.slug])).content.decode()
    for kind in catalogue():
        assert url(cast, kind) in html
        page = client.get(url(cast, kind)).content.decode()
        assert "Save</button>" not in page, "a viewer reads"
    assert client.get(url(cast, "cohorts/nothing")).status_code == 404
    found = client.get(
        reverse("cohorts:mail-template-list", args=[cast.programme.slug]), {"q": "waitlisted"}
    ).content.decode()
    assert url(cast, "cohorts/waitlisted") in found
    assert url(cast) not in found


def test_the_list_takes_as_many_queries_with_edited_templates(client, cast, django_assert_max_num_queries):
    client.force_login(cast.coordinator)
    address = reverse("cohorts:mail-template-list", args=[cast.programme.slug]) + f"?cohort={cast.cohort.slug}"
    client.get(address)
    with django_assert_max_num_queries(30) as few:
        client.get(address)
    for kind in catalogue():
        for scope in ("", cast.cohort.scope):
            MailTemplate.objects.create(
                workspace=cast.programme.workspace, scope=scope, kind=kind, subject="S", body="B"
            )
    with django_assert_max_num_queries(len(few)):
        client.get(address)


def test_an_edited_template_counts_for_its_programme_only(client, cast):
    client.force_login(cast.coordinator)
    assert save(client, cast).status_code == 302
    one = EnrollmentFactory(cohort=cast.cohort, status="applied", user__full_name="Bo <b>")
    other = EnrollmentFactory(cohort=cast.other_cohort, status="applied")
    decide_enrollments(enrollments=[one, other], to="accepted", by=None)
    mine = OutboxMessage.objects.get(to=[one.user.email])
    assert mine.subject == "Come in, Bo <b>"
    assert mine.full_text.startswith(f"Hello Bo <b>, welcome to {cast.cohort}!")
    assert "<b>" not in mine.full_html
    assert OutboxMessage.objects.get(to=[other.user.email]).subject.startswith("You are in")


def test_a_template_of_a_cohort_counts_for_it_alone_and_can_be_reset(client, cast):
    client.force_login(cast.coordinator)
    second = CohortFactory(programme=cast.programme)
    save(client, cast, subject="Of the programme")
    save(client, cast, subject="Of the cohort", cohort=cast.cohort)
    people = [EnrollmentFactory(cohort=c, status="applied") for c in (cast.cohort, second)]
    decide_enrollments(enrollments=people, to="accepted", by=None)
    subjects = [OutboxMessage.objects.get(to=[p.user.email]).subject for p in people]
    assert subjects == ["Of the cohort", "Of the programme"]
    html = client.post(url(cast, cohort=cast.cohort), {"reset": "1", **SURE}, follow=True).content.decode()
    assert "The default words are back" in html
    assert "The words of the programme" in html
    assert "Of the cohort" in html, "what was there stays readable in the history"


@pytest.mark.parametrize(
    "body", ["{{ name }} {answer_until}", "{% now 'Y' %}{answer_until}", "{nam} {answer_until}", "", "no link"]
)
def test_an_invalid_template_shows_its_error_and_keeps_the_text(client, cast, body):
    client.force_login(cast.coordinator)
    answer = save(client, cast, body=body, subject="typed with care")
    assert answer.status_code == 422
    assert "typed with care" in answer.content.decode()
    assert 'class="invalid-feedback"' in answer.content.decode()
    assert not MailTemplate.objects.exists()


def test_the_preview_shows_a_named_recipient_and_saves_nothing(client, cast):
    client.force_login(cast.coordinator)
    html = save(client, cast, preview="1", **{"as": cast.mentee_enrollment.pk}).content.decode()
    assert "Come in, Tariq Anwar" in html
    assert f"welcome to {cast.cohort}!" in html
    assert not MailTemplate.objects.exists()
    stranger = EnrollmentFactory(cohort=cast.other_cohort, user__full_name="Not Yours")
    assert "Not Yours" not in save(client, cast, preview="1", **{"as": stranger.pk}).content.decode()


def test_a_test_mail_goes_only_to_the_person_who_asks_for_it(client, cast):
    client.force_login(cast.coordinator)
    before = set(OutboxMessage.objects.all())
    save(client, cast, test="1")
    (message,) = set(OutboxMessage.objects.all()) - before
    assert message.to == [cast.coordinator.email]
    assert message.subject.startswith("Test: Come in, Ana")
    assert not MailTemplate.objects.exists()


def test_only_coordinators_of_the_programme_edit_templates(client, cast):
    for user, status in ((cast.viewer, 404), (cast.stranger, 404), (cast.mentor, 404)):
        client.force_login(user)
        assert save(client, cast).status_code == status
    client.force_login(cast.coordinator)
    assert client.get(f"{url(cast)}?cohort={cast.other_cohort.slug}").status_code == 404
    assert not MailTemplate.objects.exists()


def test_one_click_unsubscribe_works_without_cookies_and_is_idempotent(cast):
    program = Client(enforce_csrf_checks=True)
    path = opt_out_link(cast.programme.workspace_id, cast.mentee.pk).removeprefix("http://127.0.0.1:8000")
    program.get(path)
    assert not OptOut.objects.exists(), "scanners follow links"
    for _ in range(2):
        answer = program.post(path, {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200, "RFC 8058 allows no redirect"
    assert OptOut.objects.get().user == cast.mentee


def test_queued_mailings_are_not_delivered_after_opting_out(cast, settings):
    news = MessageFactory(
        workspace=cast.programme.workspace, to=[cast.mentee.email], unsubscribe_url="https://example.org/stop"
    )
    set_opt_out(workspace=cast.programme.workspace, user=cast.mentee, out=True)
    deliver_all_due()
    news.refresh_from_db()
    assert news.status == "skipped"
    set_opt_out(workspace=cast.programme.workspace, user=cast.mentee, out=False)
    after = MessageFactory(
        workspace=cast.programme.workspace, to=[cast.mentee.email], unsubscribe_url="https://example.org/stop"
    )
    deliver_all_due()
    after.refresh_from_db()
    assert after.status == "sent"


def test_who_opted_out_gets_no_optional_mail_at_a_new_address_either(cast):
    workspace, before = cast.programme.workspace, cast.mentee.email
    mails = [
        MessageFactory(
            workspace=workspace, to=[before], people={before: cast.mentee.pk}, unsubscribe_url="https://example.org/s"
        )
        for _ in range(2)
    ]
    set_opt_out(workspace=workspace, user=cast.mentee, out=True)
    change_address(person=cast.mentee, email="tariq.new@example.org")
    assert who_is_left_out(workspace.pk, ["tariq.new@example.org"], necessary=False)
    assert not who_is_left_out(workspace.pk, ["tariq.new@example.org"])
    deliver_all_due()
    for mail in mails:
        mail.refresh_from_db()
        assert (mail.status, mail.to) == ("skipped", [before])
        assert "tariq.new@example.org is left out: wants necessary mails only" in mail.last_error


def test_an_invitation_that_waits_does_not_reach_who_opted_out_meanwhile(cast):
    cast.cohort.status, cast.cohort.signup_closes_at = "enrolling", None
    cast.cohort.save()
    send_signup_invitations(cohort=cast.cohort, role="mentor", emails=[cast.mentee.email], by=cast.coordinator)
    set_opt_out(workspace=cast.programme.workspace, user=cast.mentee, out=True)
    deliver_all_due()
    assert OutboxMessage.objects.get(kind="invitation").status == "skipped"
