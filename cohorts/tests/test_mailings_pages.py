"""The pages of mails to many, and the link that stops them."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from cohorts.calendar.links import calendar_link
from cohorts.mailings import audience
from cohorts.mailings.links import opt_out_link
from cohorts.mailings.services import schedule_mailing, set_opt_out, sweep_mailings
from cohorts.models import Group, Mailing, OptOut
from cohorts.tests.mailing_helpers import addresses, mails_of, send, write
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import history_of
from mentorship.devtools.testing.factories import EnrollmentFactory
from mentorship.devtools.testing.pages import SURE

pytestmark = pytest.mark.django_db


def pages(cast, mailing):
    slug = cast.cohort.slug
    return {
        "read": [
            reverse("cohorts:mailing-list", args=[slug]),
            reverse("cohorts:mailing-detail", args=[slug, mailing.pk]),
            reverse("cohorts:weekly-mail-edit", args=[slug]),
        ],
        "write": [
            reverse("cohorts:mailing-create", args=[slug]),
            reverse("cohorts:mailing-edit", args=[slug, mailing.pk]),
        ],
    }


def test_coordinators_write_viewers_read_and_nobody_else_sees_it(client, cast):
    mailing = write(cast)
    urls = pages(cast, mailing)
    for user in (cast.owner, cast.coordinator, cast.viewer, cast.stranger, cast.mentor, cast.mentee, cast.contact):
        client.force_login(user)
        team, writes = user in (cast.owner, cast.coordinator, cast.viewer), user in (cast.owner, cast.coordinator)
        for url in urls["read"]:
            assert client.get(url).status_code == (200 if team else 404), (url, user)
        for url in urls["write"]:
            assert client.get(url).status_code == (200 if writes else 404), (url, user)
        if not writes:
            for url in [*urls["read"][1:], *urls["write"]]:
                assert client.post(url, {"action": "send"}).status_code == 404, (url, user)
    assert not mails_of(mailing).exists()
    client.logout()
    for url in [*urls["read"], *urls["write"]]:
        assert client.get(url).status_code == 302


def test_a_mailing_of_another_cohort_is_not_found(client, cast):
    foreign = Mailing.objects.create(cohort=cast.other_cohort, subject="Secret", body="x")
    client.force_login(cast.coordinator)
    for name in ("mailing-detail", "mailing-edit"):
        assert client.get(reverse(f"cohorts:{name}", args=[cast.cohort.slug, foreign.pk])).status_code == 404


def form_data(**changes):
    return {"audience": "status=accepted", "subject": "News", "body": "Dear {name}, hello.", **changes}


def test_from_the_filtered_list_to_the_sent_mail(client, cast):
    client.force_login(cast.coordinator)
    new = reverse("cohorts:mailing-create", args=[cast.cohort.slug])
    page = client.get(new, {"role": "mentor", "q": "mona", "status": "accepted"}).content.decode()
    assert "Accepted mentors, found by “mona”" in page
    assert "&#123;full_name&#125;" in page
    answer = client.post(new, form_data(audience="q=mona&role=mentor&status=accepted"))
    mailing = Mailing.objects.get()
    url = reverse("cohorts:mailing-detail", args=[cast.cohort.slug, mailing.pk])
    assert answer.url == url
    assert (mailing.status, mailing.created_by) == ("draft", cast.coordinator)
    assert not mails_of(mailing).exists()
    page = client.get(url).content.decode()
    assert "Dear Mona, hello." in page
    assert "Send now to 1" in page
    page = client.post(url, {"action": "send", "seen": "1"}).content.decode()
    assert "1 person will get it straight away." in page
    assert not mails_of(mailing).exists()
    for _ in range(2):
        client.post(url, {"action": "send", "seen": "1", "confirmed": "yes"})
    assert addresses(mailing) == ["mentor@example.org"]
    page = client.get(url).content.decode()
    assert mails_of(mailing).get().get_absolute_url() in page
    assert "Dear Mona, hello." in page
    assert "/edit/" not in page


def test_a_preview_as_somebody_saves_nothing_and_loses_nothing(client, cast):
    client.force_login(cast.coordinator)
    new = reverse("cohorts:mailing-create", args=[cast.cohort.slug])
    data = form_data(body="Dear {name}, about {project}.", necessary="on", preview="1")
    page = client.post(new, {**data, "as": cast.mentee.pk}).content.decode()
    assert "Dear Tariq Anwar, about Soil maps." in page
    assert "Dear {name}, about {project}." in page
    assert "1</strong> of them has no project" in page
    assert "It is necessary for taking part, so it reaches everybody." in page
    page = client.post(new, {**data, "as": cast.mentor.pk}).content.decode()
    assert "Dear Mona, about ." in page
    assert not Mailing.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("body", "Dear {first_name}", "{first_name} means nothing here. You can use {name}, {full_name}"),
        ("subject", "For {{name}}", "{{name}} means nothing here."),
        ("body", "What is on: {dates}", "{dates} means nothing here."),
        ("subject", "One\nBcc: x@example.org", "The subject is one line."),
        ("body", "x" * 20_001, "This is too long for an email: 20001 characters"),
        ("subject", "", "Enter the subject."),
        ("audience", "q=" + "ü" * 200, "This search is too long"),
    ],
)
def test_an_invalid_field_shows_its_error_and_keeps_the_text(client, cast, field, value, said):
    client.force_login(cast.coordinator)
    data = form_data(subject="Keep this subject", body="Keep this text")
    answer = client.post(reverse("cohorts:mailing-create", args=[cast.cohort.slug]), {**data, field: value})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page.replace("&#x27;", "'")
    assert field == "subject" or "Keep this subject" in page
    assert field == "body" or "Keep this text" in page
    assert not Mailing.objects.exists()


def test_a_filter_that_is_no_choice_asks_for_another_audience_and_reaches_nobody(client, cast):
    client.force_login(cast.coordinator)
    new = reverse("cohorts:mailing-create", args=[cast.cohort.slug])
    page = client.get(new, {"group": "soil", "role": "mentor"})
    assert "can&#x27;t be filtered by group: “soil”" in page.content.decode()
    assert page.context["reached"] == 0
    assert page.context["form"]["audience"].value() == "choose"
    answer = client.post(new, form_data(audience="choose"))
    assert "Choose who gets this email." in answer.content.decode()
    answer = client.post(new, form_data(audience="group=soil"))
    assert answer.status_code == 422
    assert "can&#x27;t be filtered by group: “soil”" in answer.content.decode()
    assert "Dear {name}, hello." in answer.content.decode()
    assert not Mailing.objects.exists()
    # The order of the list and the like are no filters.
    page = client.get(new, {"role": "mentor", "sort": "name", "page": "2"})
    assert page.context["form"]["audience"].value() == "role=mentor"
    assert page.context["reached"] == 1


def test_a_stopped_mailing_says_why_on_today_and_on_its_page_and_is_sent_after_another_look(client, cast):
    group = Group.objects.create(cohort=cast.cohort, slug="soil", name="Soil")
    cast.mentee_enrollment.group = group
    cast.mentee_enrollment.save()
    mailing = schedule_mailing(mailing=write(cast, audience="group=soil"), by=cast.coordinator)
    Group.objects.filter(pk=group.pk).update(slug="earth")
    sweep_mailings(timezone.now())
    client.force_login(cast.coordinator)
    (need,) = [n for n in client.get("/").context["needs"] if n.title == "Mailings that were stopped"]
    assert need.number == client.get(need.url).context["page_obj"].paginator.count == 1
    url = reverse("cohorts:mailing-detail", args=[cast.cohort.slug, mailing.pk])
    page = client.get(url).content.decode()
    assert "was not sent. People can&#x27;t be filtered by group: “soil”" in page
    assert "Send now" not in page.split("<dialog")[0]
    assert "can&#x27;t be filtered" in client.post(url, {"action": "send"}, follow=True).content.decode()
    edit = reverse("cohorts:mailing-edit", args=[cast.cohort.slug, mailing.pk])
    page = client.get(edit)
    assert page.context["form"]["audience"].value() == "choose"
    assert client.post(edit, form_data(audience="group=earth")).url == url
    mailing.refresh_from_db()
    assert (mailing.status, mails_of(mailing).count()) == ("stopped", 0)
    client.post(url, {"action": "send", "seen": "1", "confirmed": "yes"})
    assert addresses(mailing) == ["mentee@example.org"]
    assert not [n for n in client.get("/").context["needs"] if n.title == "Mailings that were stopped"]


def test_what_was_sent_says_whom_it_was_for_after_its_filter_is_gone(client, cast):
    group = Group.objects.create(cohort=cast.cohort, slug="soil", name="Soil")
    cast.cohort.enrollments.update(group=group)
    mailing = send(cast, audience="group=soil")
    cast.cohort.enrollments.update(group=None)
    group.delete()
    client.force_login(cast.viewer)
    assert "group: Soil" in client.get(mailing.get_absolute_url()).content.decode()
    assert "group: Soil" in client.get(reverse("cohorts:mailing-list", args=[cast.cohort.slug])).content.decode()


def test_sending_now_reaches_no_more_people_than_the_page_said(client, cast):
    mailing = write(cast)
    url = mailing.get_absolute_url()
    client.force_login(cast.coordinator)
    assert 'name="seen" value="2"' in client.get(url).content.decode()
    EnrollmentFactory(cohort=cast.cohort)
    page = client.post(url, {"action": "send", "seen": "2"}, follow=True).content.decode()
    assert "3 people would get this email, more than 2." in page
    assert not mails_of(mailing).exists()
    client.post(url, {"action": "send", "seen": "3", "confirmed": "yes"})
    assert mails_of(mailing).count() == 3


def test_the_page_of_people_shows_nobody_where_a_filter_is_no_choice(client, cast):
    client.force_login(cast.viewer)
    url = reverse("cohorts:people-list", args=[cast.cohort.slug])
    page = client.get(url, {"group": "soil", "role": "mentor"})
    assert list(page.context["page_obj"]) == []
    assert "this list cannot be filtered by group: “soil”" in page.content.decode()
    assert 'href="?role=mentor"' in page.content.decode()
    # No file holds everybody instead.
    answer = client.get(url, {"group": "soil", "role": "mentor", "format": "csv"})
    assert answer.url == f"{url}?group=soil&role=mentor"


def test_the_page_says_who_is_left_out_and_why(client, cast):
    set_opt_out(workspace=cast.programme.workspace, user=cast.mentee, out=True)
    client.force_login(cast.coordinator)
    new = reverse("cohorts:mailing-create", args=[cast.cohort.slug])
    page = client.get(new, {"status": "accepted"}).content.decode()
    assert "1</strong> person gets it, each once" in page
    assert audience.OPTED_OUT in page
    mailing = write(cast)
    url = reverse("cohorts:mailing-detail", args=[cast.cohort.slug, mailing.pk])
    assert [r.user for r in client.get(url, {"status": "skipped"}).context["page_obj"]] == [cast.mentee]
    assert [r.user for r in client.get(url, {"q": "MONA"}).context["page_obj"]] == [cast.mentor]
    assert "No results" in client.get(url, {"q": "zzz"}).content.decode()


def test_sending_to_nobody_is_refused(client, cast):
    mailing = write(cast, audience="q=nobody")
    client.force_login(cast.coordinator)
    url = reverse("cohorts:mailing-detail", args=[cast.cohort.slug, mailing.pk])
    page = client.get(url).content.decode()
    assert "Nobody would get it" in page
    assert "Send now" not in page.split("<dialog")[0]
    assert "Nobody would get this email" in client.post(url, {"action": "send"}, follow=True).content.decode()
    mailing.refresh_from_db()
    assert mailing.status == "draft"


def test_a_mailing_is_scheduled_in_the_cohorts_time_zone(client, cast):
    cast.cohort.time_zone = "Asia/Kathmandu"
    cast.cohort.save()
    User.objects.filter(pk=cast.coordinator.pk).update(time_zone="America/New_York")
    mailing = write(cast)
    client.force_login(cast.coordinator)
    url = reverse("cohorts:mailing-detail", args=[cast.cohort.slug, mailing.pk])
    with time_machine.travel(datetime(2027, 3, 1, tzinfo=UTC), tick=False):
        client.force_login(cast.coordinator)
        # New York's clock skips this time; Kathmandu's does not.
        client.post(url, {"action": "schedule", "send_at": "2027-03-14T02:30", "most": "7"})
        mailing.refresh_from_db()
        assert mailing.send_at == datetime(2027, 3, 13, 20, 45, tzinfo=UTC)
        assert mailing.most == 7
        answer = client.post(url, {"action": "schedule", "send_at": "2027-02-01T10:00"})
        assert answer.status_code == 422
        assert "This moment has passed" in answer.content.decode()
        assert "2027-02-01T10:00" in answer.content.decode()
        client.post(url, {"action": "cancel", **SURE})
    mailing.refresh_from_db()
    assert mailing.status == "cancelled"
    assert "Was never sent" in client.get(url).content.decode()
    edit = reverse("cohorts:mailing-edit", args=[cast.cohort.slug, mailing.pk])
    assert client.get(edit).url == url
    assert "can&#x27;t be changed" in client.post(edit, form_data(), follow=True).content.decode()


def test_a_time_in_the_hour_skipped_in_spring_is_refused(client, cast):
    cast.cohort.time_zone = "Europe/Berlin"
    cast.cohort.save()
    mailing = write(cast)
    url = reverse("cohorts:mailing-detail", args=[cast.cohort.slug, mailing.pk])
    with time_machine.travel(datetime(2027, 3, 1, tzinfo=UTC), tick=False):
        client.force_login(cast.coordinator)
        answer = client.post(url, {"action": "schedule", "send_at": "2027-03-28T02:30"})
        assert answer.status_code == 422
        assert "The clocks in Berlin go forward over this hour" in answer.content.decode()


def test_the_result_for_each_recipient_is_listed_filtered_and_exported(client, cast):
    for n, status in enumerate(["sent", "failed", "queued"]):
        EnrollmentFactory(cohort=cast.cohort, user__email=f"{status}@example.org", user__full_name=f"=Person {n}")
    set_opt_out(workspace=cast.programme.workspace, user=cast.mentee, out=True)
    mailing = send(cast)
    mails_of(mailing).filter(to=["sent@example.org"]).update(status="sent", sent_at=timezone.now())
    mails_of(mailing).filter(to=["failed@example.org"]).update(status="failed", last_error="550 no such box")
    client.force_login(cast.viewer)
    url = reverse("cohorts:mailing-detail", args=[cast.cohort.slug, mailing.pk])

    def shown(**query):
        return {r.user.email for r in client.get(url, query).context["page_obj"]}

    assert shown(status="sent") == {"sent@example.org"}
    assert shown(status="failed") == {"failed@example.org"}
    assert shown(status="queued") == {"queued@example.org", "mentor@example.org"}
    assert shown(status="skipped") == {"mentee@example.org"}
    assert shown(q="person 1") == {"failed@example.org"}
    assert "550 no such box" in client.get(url).content.decode()
    export = client.get(url, {"format": "csv"}).content.decode().splitlines()
    assert len(export) == 6
    assert any(row.startswith("'=Person 1,failed@example.org,failed,,,550 no such box") for row in export)
    assert any(row.endswith(f"left out,,{audience.OPTED_OUT},") for row in export)
    page = client.get(reverse("cohorts:mailing-list", args=[cast.cohort.slug]))
    (row,) = page.context["page_obj"]
    assert (row.sent, row.failed, row.waiting, row.skipped) == (1, 1, 2, 1)


def test_lists_take_a_constant_number_of_queries(client, cast, django_assert_max_num_queries):
    client.force_login(cast.viewer)
    url = reverse("cohorts:mailing-list", args=[cast.cohort.slug])
    assert "No emails to many yet" in client.get(url).content.decode()
    for _ in range(2):
        EnrollmentFactory.create_batch(8, cohort=cast.cohort)
        mailing = send(cast)
        waiting = write(cast)
        for page in (
            url,
            *(reverse("cohorts:mailing-detail", args=[cast.cohort.slug, m.pk]) for m in (mailing, waiting)),
        ):
            with django_assert_max_num_queries(21):
                client.get(page)


def test_names_are_escaped(client, cast):
    User.objects.filter(pk=cast.mentee.pk).update(full_name="<script>alert(1)</script>")
    draft, sent = write(cast, subject="<script>alert(2)"), send(cast, subject="<script>alert(2)")
    client.force_login(cast.coordinator)
    for url in [*pages(cast, draft)["read"], *pages(cast, draft)["write"], *pages(cast, sent)["read"]]:
        assert "<script>alert" not in client.get(url).content.decode()


# --- no more of them ------------------------------------------------------------------------------------------------


def test_a_person_stops_the_mails_by_their_link_and_gets_them_again(client, cast):
    url = opt_out_link(cast.programme.workspace_id, cast.mentee.pk).removeprefix("http://127.0.0.1:8000")
    assert "Necessary emails only?" in client.get(url).content.decode()
    assert not OptOut.objects.exists()  # mail scanners open links
    for _ in range(2):
        page = client.post(url, {"want": "necessary"}, follow=True).content.decode()
        assert "You get necessary emails only" in page
    assert OptOut.objects.get().user == cast.mentee
    assert "Necessary emails only?" in client.post(url, {"want": "all"}, follow=True).content.decode()
    assert not OptOut.objects.exists()
    assert history_of(cast.mentee).count() == 2


def test_a_link_that_was_not_made_here_stops_nothing(client, cast):
    feed = calendar_link(cast.mentee).rsplit("/", 1)[-1]
    for token in ("nonsense", feed):
        url = reverse("cohorts:opt-out-edit", args=[token])
        assert client.get(url).status_code == 404
        assert client.post(url, {"want": "necessary"}).status_code == 404
    assert not OptOut.objects.exists()
