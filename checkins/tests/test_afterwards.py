"""After the programme: consent, breaks, coming back, the digest, honoraria, certificates of hours, facilitators."""

import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from checkins.links import honorarium_link, stay_link
from checkins.models import AlumniConsent, DigestPlan, HelperBreak, Honorarium, Opportunity, ServiceCertificate
from checkins.paths import STEPS, paths_of
from checkins.services import CheckInError
from checkins.services.alumni import alumni_of, ask_to_stay, stay_in_touch, take_break
from checkins.services.graduation import graduate
from checkins.services.helping import add_usual_tasks, tasks_of, tick_own_task
from checkins.services.opportunities import decide_opportunity, save_plan, send_digest, sweep_digests
from checkins.services.thanks import (
    answer_honorarium,
    gifts_of,
    issue_service_certificates,
    offer_honoraria,
    pay_honoraria,
    take_back_honorarium,
    totals_of,
)
from checkins.today import needs_of, of_person
from cohorts.mailing import opt_out_link, set_opt_out
from cohorts.models import Enrollment
from cohorts.returning import filled_in, who_might_return
from mentorship.outbox.models import OutboxMessage
from mentorship.testing.factories import CohortFactory, EnrollmentFactory, MatchFactory, TopicFactory, UserFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 6, 10, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def over(cast):
    """The cast's round is over; the mentee graduated."""
    cast.cohort.status, cast.cohort.time_zone = "completed", "Africa/Nairobi"
    cast.cohort.save()
    cast.mentee_enrollment.status = "completed"
    cast.mentee_enrollment.save()
    return cast


@pytest.fixture
def coming(cast):
    return CohortFactory(programme=cast.programme, name="Seeds 10", slug="seeds-10", starts_on=date(2027, 9, 1),
                         ends_on=date(2027, 12, 20), status="enrolling")  # fmt: skip


def path(link):
    return link.removeprefix("http://127.0.0.1:8000")


def stay(cast, user):
    return path(stay_link(cast.programme.pk, user.pk))


# --- consent ---


def test_nobody_is_an_alumna_without_saying_so(client, over):
    page = stay(over, over.mentee)
    client.get(page)
    assert list(alumni_of(over.programme)) == []
    client.post(page, {"do": "stay", "stays": "yes", "roles": ["mentor", "speaker"]})
    assert list(alumni_of(over.programme)) == [over.mentee]
    assert AlumniConsent.objects.get().roles == ["mentor", "speaker"]
    client.post(page, {"do": "stay", "stays": "no", "roles": ["mentor"]})
    assert list(alumni_of(over.programme)) == []
    assert AlumniConsent.objects.get().roles == []
    assert client.post(page, {"do": "stay"}).status_code == 422
    assert client.get(page[:-3] + "x/").status_code == 404


def test_people_are_asked_once_whatever_round(over):
    member = over.mentee_enrollment.members.create(user=UserFactory()).user
    set_opt_out(workspace=over.programme.workspace, user=over.mentor, out=True)
    assert ask_to_stay(cohort=over.cohort, by=over.coordinator) == 2
    assert ask_to_stay(cohort=over.cohort, by=over.coordinator) == 0
    mails = OutboxMessage.objects.filter(kind="alumni")
    assert {m.to[0] for m in mails} == {over.mentee.email, member.email}
    assert all(m.unsubscribe_url and stay_link(over.programme.pk, 0)[:30] in m.body_text for m in mails)


def test_who_is_in_the_middle_of_a_round_is_not_asked_yet(client, cast):
    assert ask_to_stay(cohort=cast.cohort, by=cast.coordinator) == 0
    with pytest.raises(CheckInError):
        stay_in_touch(programme=cast.programme, user=cast.mentee, stays=True)
    with pytest.raises(CheckInError):
        stay_in_touch(programme=cast.programme, user=cast.stranger, stays=True)
    assert "When your round is over" in client.get(stay(cast, cast.mentee)).content.decode()


def test_a_yes_after_an_opt_out_lets_mails_come_again(client, over):
    set_opt_out(workspace=over.programme.workspace, user=over.mentee, out=True)
    assert "they come again" in client.get(stay(over, over.mentee)).content.decode()
    client.post(stay(over, over.mentee), {"do": "stay", "stays": "yes"})
    assert list(alumni_of(over.programme)) == [over.mentee]


# --- coming back ---


def test_one_click_opens_the_next_form_filled_in(client, over, coming):
    over.mentee_enrollment.country, over.mentee_enrollment.hours_per_month = "KE", 4
    over.mentee_enrollment.save()
    over.mentee_enrollment.topics.add(TopicFactory(name="Soil", programme=over.programme))
    stay_in_touch(programme=over.programme, user=over.mentee, stays=True, roles=["mentor"])
    page = stay(over, over.mentee)
    assert "Seeds 10" in client.get(page).content.decode()
    answer = client.post(page, {"do": "join", "cohort": coming.slug, "role": "speaker"})
    form = client.get(answer.url).context["form"]
    assert (form.initial["topics"], form.initial["country"]) == ("Soil", "KE")
    assert "capacity" not in form.fields
    said = {
        "full_name": "Tariq Anwar", "country": "KE", "time_zone": "Africa/Nairobi", "languages": "English",
        "topics": "Soil",
    }  # fmt: skip
    done = client.post(answer.url, said)
    assert "has arrived" in done.content.decode(), done.context["form"].errors
    assert Enrollment.objects.get(cohort=coming).role == "expert"
    again = client.post(page, {"do": "join", "cohort": coming.slug, "role": "mentor"}, follow=True)
    assert "not open any more" in again.content.decode()


def test_a_mentee_finds_what_is_true_in_any_role(over, coming):
    over.mentee_enrollment.goals, over.mentee_enrollment.languages = "Learn", ["en", "sw"]
    over.mentee_enrollment.save()
    initial, source = filled_in(user=over.mentee, cohort=coming, role="mentor")
    assert (initial["languages"], source) == (["en", "sw"], "Seeds 9")
    assert "goals" not in initial


def test_alumni_are_asked_back_and_breaks_are_respected(client, over, coming):
    assert [r.user for r in who_might_return(coming)] == [over.mentor]
    stay_in_touch(programme=over.programme, user=over.mentee, stays=True, roles=["facilitator", "mentor"])
    assert {r.user: r.roles for r in who_might_return(coming)} == {
        over.mentor: ["mentor"],
        over.mentee: ["mentor", "facilitator"],
    }
    client.post(stay(over, over.mentor), {"do": "break", "until": "2027-06-01"})
    assert not HelperBreak.objects.exists()  # a day that has passed
    client.post(stay(over, over.mentor), {"do": "break", "until": "2028-01-01"})
    assert [r.user for r in who_might_return(coming)] == [over.mentee]
    client.force_login(over.coordinator)
    url = reverse("cohorts:invite-back", args=[coming.slug])
    client.post(url, {"role": "facilitator", "pk": [over.mentee.pk, over.mentor.pk]})
    (mail,) = OutboxMessage.objects.filter(key__startswith="signup-invite")
    assert (mail.to, "facilitator" in mail.body_text) == ([over.mentee.email], True)
    with time_machine.travel(datetime(2028, 1, 1, 12, tzinfo=UTC)):
        assert over.mentor in [r.user for r in who_might_return(coming)]
    client.post(stay(over, over.mentor), {"do": "back"})
    assert over.mentor in [r.user for r in who_might_return(coming)]


def test_the_path_has_its_numbers_for_each_round(client, over, coming, django_assert_max_num_queries):
    member = over.mentee_enrollment.members.create(user=UserFactory()).user
    coming.status = "running"
    coming.save()
    shared = EnrollmentFactory(cohort=coming)
    one = EnrollmentFactory(cohort=coming, role="mentor", user=over.mentee)
    EnrollmentFactory(cohort=coming, role="facilitator", user=member)
    EnrollmentFactory(cohort=coming, role="expert", user=member)
    EnrollmentFactory(cohort=coming, role="expert", status="declined", user=over.mentee)
    for mentor in (one, EnrollmentFactory(cohort=coming, role="mentor")):
        MatchFactory(mentee=shared, mentor=mentor)
    client.force_login(over.viewer)
    url = reverse("checkins:coming-back", args=[over.cohort.slug])
    with django_assert_max_num_queries(30):
        page = client.get(url).content.decode()
    assert "2 (100 %)" in page
    with django_assert_max_num_queries(5):
        now, before = paths_of(over.programme)
    assert (dict(zip(STEPS, before.numbers, strict=True)), before.came_back, before.rate) == (
        {"co_mentor": 1, "mentor": 0, "facilitator": 1, "expert": 1}, 2, 100,
    )  # fmt: skip
    assert (len(now.mentees), now.rate) == (1, None)
    MatchFactory(mentee=EnrollmentFactory(cohort=coming), mentor=one)
    assert dict(zip(STEPS, paths_of(over.programme)[1].numbers, strict=True))["mentor"] == 1
    lines = client.get(url, {"format": "csv"}).content.decode().splitlines()
    assert lines[2].startswith("Seeds 9,2,0,1,1,1,2,100")


# --- opportunities and their digest ---


@pytest.fixture
def alumni(over):
    for user in (over.mentee, over.mentor):
        stay_in_touch(programme=over.programme, user=user, stays=True, roles=["mentor"])
    return over


def opportunity(cast, title="Data steward", **fields):
    values = {"kind": "job", "text": "Half a year.", "url": "https://example.org/job", "status": "approved", **fields}
    return Opportunity.objects.create(programme=cast.programme, title=title, **values)


def test_alumni_post_coordinators_read_and_it_goes_out_once(client, alumni):
    client.force_login(alumni.mentee)
    url = reverse("checkins:propose", args=[alumni.programme.slug])
    said = {"kind": "event", "title": "Meeting", "text": "In May.", "url": "https://example.org/m"}
    assert client.post(url, said | {"closes_on": "2027-06-09"}).status_code == 422
    client.post(url, said)
    one = Opportunity.objects.get()
    assert one.status == "proposed"
    assert "Meeting" in client.get(url).content.decode()
    with pytest.raises(CheckInError):
        send_digest(programme=alumni.programme, by=alumni.coordinator)
    decide_opportunity(opportunity=one, approve=True, by=alumni.coordinator)
    assert send_digest(programme=alumni.programme, by=alumni.coordinator) == 2
    with pytest.raises(CheckInError):
        send_digest(programme=alumni.programme, by=alumni.coordinator)
    with pytest.raises(CheckInError):
        decide_opportunity(opportunity=one, approve=False, by=alumni.coordinator)
    mails = OutboxMessage.objects.filter(kind="digest")
    assert {m.to[0] for m in mails} == {alumni.mentee.email, alumni.mentor.email}
    mail = mails.get(to=[alumni.mentee.email])
    assert "Meeting" in mail.body_text
    assert mail.unsubscribe_url == opt_out_link(alumni.programme.workspace_id, alumni.mentee.pk)
    client.force_login(alumni.stranger)
    assert client.get(url).status_code == 404


def test_the_plan_sends_on_its_morning_once_and_late_only_one(alumni):
    with time_machine.travel(datetime(2027, 6, 30, 22, tzinfo=UTC)):  # in Nairobi July has begun
        plan = save_plan(programme=alumni.programme, every=1, day=15, by=alumni.coordinator)
    assert plan.next_on == date(2027, 7, 15)
    opportunity(alumni)
    opportunity(alumni, title="Closed by then", closes_on=date(2027, 7, 1))
    due = datetime(2027, 7, 15, 6, tzinfo=UTC)  # nine in Nairobi
    assert sweep_digests(due - timedelta(minutes=1)) == 0
    assert [sweep_digests(due), sweep_digests(due)] == [2, 0]
    assert "Closed by then" not in OutboxMessage.objects.filter(kind="digest")[0].body_text
    assert DigestPlan.objects.get().next_on == date(2027, 8, 15)
    # Nothing is approved in August, and the sweep sleeps in autumn.
    assert sweep_digests(datetime(2027, 8, 15, 7, tzinfo=UTC)) == 0
    opportunity(alumni, title="Fellowship")
    assert sweep_digests(datetime(2027, 11, 20, 7, tzinfo=UTC)) == 2
    assert DigestPlan.objects.get().next_on == date(2027, 12, 15)
    save_plan(programme=alumni.programme, every=0, day=15, by=alumni.coordinator)
    opportunity(alumni, title="Later")
    assert sweep_digests(datetime(2028, 1, 15, 7, tzinfo=UTC)) == 0


def test_two_sweeps_that_read_the_same_plan_send_one_digest(alumni):
    from checkins.services.opportunities import _send_planned

    plan = save_plan(programme=alumni.programme, every=1, day=15, by=alumni.coordinator)
    opportunity(alumni)
    first, second = (DigestPlan.objects.select_related("programme").get(pk=plan.pk) for _ in range(2))
    due = datetime(2027, 6, 15, 6, tzinfo=UTC)
    assert [_send_planned(first, due), _send_planned(second, due)] == [2, 0]


def test_the_digest_asks_back_but_nobody_who_rests(alumni, coming):
    take_break(programme=alumni.programme, user=alumni.mentor)
    opportunity(alumni)
    send_digest(programme=alumni.programme, by=alumni.coordinator)
    asked = {m.to[0]: "come back as mentor" in m.body_text for m in OutboxMessage.objects.filter(kind="digest")}
    assert asked == {alumni.mentee.email: True, alumni.mentor.email: False}


def test_the_page_of_opportunities_plans_and_moderates(client, alumni):
    one = opportunity(alumni, status="proposed")
    url = reverse("checkins:after", args=[alumni.cohort.slug])
    client.force_login(alumni.viewer)
    assert client.get(url).status_code == 200
    assert client.post(url, {"do": "approve", "opportunity": one.pk}).status_code == 404
    client.force_login(alumni.coordinator)
    assert client.post(url, {"do": "plan", "every": "1", "day": "31"}).status_code == 422
    client.post(url, {"do": "plan", "every": "1", "day": "28"})
    client.post(url, {"do": "approve", "opportunity": one.pk})
    page = client.get(url, {"status": "approved", "q": "steward"}).content.decode()
    assert "Data steward" in page
    assert "Opportunities for alumni of Open Seeds" in page
    assert "Data steward" not in client.get(url, {"q": "nothing"}).content.decode().split("The digest")[0]


# --- honoraria ---


def offered(cast, amount="150.00", currency="EUR", what="Mentoring"):
    return offer_honoraria(
        cohort=cast.cohort, people=[cast.mentor], what=what, amount=Decimal(amount), currency=currency,
        by=cast.coordinator,
    )  # fmt: skip


def test_an_honorarium_is_offered_once_answered_by_link_and_paid(client, cast):
    (one,) = offered(cast)
    assert offered(cast) == []
    link = path(honorarium_link(one))
    mail = OutboxMessage.objects.get(kind="honorarium")
    assert "150.00 EUR" in mail.subject
    assert link in mail.body_text
    client.get(link)
    assert Honorarium.objects.get().status == "offered"
    with pytest.raises(CheckInError):
        pay_honoraria(honoraria=[one], paid_on=NOW.date(), by=cast.coordinator)
    client.post(link, {"answer": "decline"})
    assert Honorarium.objects.get().status == "declined"
    client.post(link, {"answer": "accept"})
    assert pay_honoraria(honoraria=[one], paid_on=NOW.date(), reference="SEPA 1", by=cast.coordinator) == 1
    assert "It was paid" in client.post(link, {"answer": "decline"}, follow=True).content.decode()
    assert Honorarium.objects.get().status == "paid"
    take_back_honorarium(honorarium=one, by=cast.coordinator)
    assert (Honorarium.objects.get().status, Honorarium.objects.get().paid_on) == ("accepted", None)
    take_back_honorarium(honorarium=one, by=cast.coordinator)
    with pytest.raises(CheckInError):
        answer_honorarium(honorarium=one, accept=True)
    assert len(offered(cast)) == 1


def test_totals_keep_currencies_apart(cast):
    for amount, currency, what in (("150.00", "EUR", "a"), ("0.10", "EUR", "b"), ("99.90", "USD", "c")):
        (one,) = offered(cast, amount, currency, what)
        answer_honorarium(honorarium=one, accept=what != "b")
    totals = {c: {s: n for s, n in of.items() if n} for c, of in totals_of(Honorarium.objects.all())}
    assert totals == {
        "EUR": {"accepted": Decimal("150.00"), "declined": Decimal("0.10")},
        "USD": {"accepted": Decimal("99.90")},
    }


def test_the_pages_of_honoraria(client, cast):
    client.force_login(cast.coordinator)
    new, url = (reverse(f"checkins:{n}", args=[cast.cohort.slug]) for n in ("honorarium-offer", "honoraria"))
    said = {"what": "A talk", "amount": "80", "currency": "gbp"}
    wrong = client.post(new, said)
    assert wrong.status_code == 422
    assert "Choose somebody" in wrong.content.decode()
    assert client.post(new, said | {"email": "s@example.org", "currency": "pounds"}).status_code == 422
    assert client.post(new, said | {"email": "s@example.org", "amount": "-5"}).status_code == 422
    client.post(new, said | {"people": [cast.mentor_enrollment.pk], "email": "s@example.org", "full_name": "Sol Vega"})
    assert set(Honorarium.objects.values_list("user__full_name", "currency")) == {("Mona", "GBP"), ("Sol Vega", "GBP")}
    mona = Honorarium.objects.get(user=cast.mentor)
    refused = client.post(url, {"do": "paid", "ids": [mona.pk], "paid_on": "2027-06-10"}, follow=True)
    assert "has not accepted it" in refused.content.decode()
    answer_honorarium(honorarium=mona, accept=True)
    assert client.post(url, {"do": "paid", "ids": [mona.pk], "paid_on": ""}).status_code == 422
    client.post(url, {"do": "paid", "ids": [mona.pk], "paid_on": "2027-06-10", "reference": "R1"})
    page = client.get(url, {"status": "paid"})
    assert [h.user for h in page.context["page_obj"]] == [cast.mentor]
    lines = client.get(url, {"format": "csv"}).content.decode().splitlines()
    assert len(lines) == 3
    assert any("80.00,GBP,paid" in line for line in lines)
    client.force_login(cast.viewer)
    assert client.get(url).status_code == 200
    assert client.get(new).status_code == 404
    client.force_login(cast.stranger)
    assert client.get(url).status_code == 404


# --- certificates of hours ---


def test_a_certificate_of_hours_is_suggested_corrected_mailed_once_and_valid(client, over):
    over.mentor_enrollment.hours_per_month = 3
    over.mentor_enrollment.save()
    EnrollmentFactory(cohort=over.cohort, role="facilitator", user__full_name="Fay #panic()")
    gifts = {g.enrollment.role: (g.what, g.hours) for g in gifts_of(over.cohort)}
    assert gifts == {"mentor": ("mentored 1 project", 11), "facilitator": ("facilitated the round", None)}
    client.force_login(over.coordinator)
    url = reverse("checkins:recognition", args=[over.cohort.slug])
    ids = [g.enrollment.pk for g in gifts_of(over.cohort)]
    wrong = client.post(url, {"ids": ids, f"hours-{ids[0]}": "many", f"hours-{ids[1]}": "12"})
    assert wrong.status_code == 422
    assert 'value="many"' in wrong.content.decode()
    assert not ServiceCertificate.objects.exists()
    client.post(url, {"ids": ids, f"hours-{ids[0]}": "", f"hours-{ids[1]}": "12"})
    assert OutboxMessage.objects.filter(kind="certificate").count() == 2
    mentor = ServiceCertificate.objects.get(enrollment=over.mentor_enrollment)
    assert mentor.hours == 12
    again = client.post(
        url, {"ids": [over.mentor_enrollment.pk], f"hours-{over.mentor_enrollment.pk}": "14"}, follow=True
    )
    assert "1 had one" in again.content.decode()
    assert OutboxMessage.objects.filter(kind="certificate").count() == 2
    assert "14 hours" in client.get(mentor.get_absolute_url()).content.decode()
    from pypdf import PdfReader

    pdf = client.get(reverse("checkins:service-certificates", args=[over.cohort.slug]))
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf.content)).pages]
    assert len(pages) == 2
    assert "Fay #panic()" in pages[0]
    assert "14 hours" in pages[1]
    client.logout()
    one = client.get(reverse("checkins:service-certificate-file", args=[mentor.pk]))
    assert "mentored 1 project" in PdfReader(io.BytesIO(one.content)).pages[0].extract_text()
    unknown = "/thanks/00000000-0000-4000-8000-000000000000/"
    assert client.get(unknown).status_code == 404


def test_the_thanks_page_names_only_who_agreed(client, over):
    over.mentor_enrollment.listed_publicly = True
    over.mentor_enrollment.save()
    EnrollmentFactory(cohort=over.cohort, role="expert", user=over.mentor, listed_publicly=True)
    EnrollmentFactory(cohort=over.cohort, role="expert", user__full_name="Hidden One")
    page = client.get(reverse("checkins:thanks-page", args=[over.programme.slug])).content.decode()
    assert page.count("Mona") == 1
    assert "Hidden One" not in page


# --- facilitators ---


def test_facilitators_have_tasks_that_they_tick_themselves(client, cast):
    with pytest.raises(CheckInError):
        add_usual_tasks(cohort=cast.cohort, by=cast.coordinator)
    fay, gil = (EnrollmentFactory(cohort=cast.cohort, role="facilitator").user for _ in range(2))
    client.force_login(cast.coordinator)
    url = reverse("checkins:facilitators", args=[cast.cohort.slug])
    client.post(url, {"do": "usual"})
    assert add_usual_tasks(cohort=cast.cohort, by=cast.coordinator) == 0
    assert {t.owner for t in tasks_of(cast.cohort)} == {fay, gil}
    assert client.post(url, {"do": "add", "name": "Cake", "owner": cast.mentor.pk}).status_code == 422
    client.post(url, {"do": "add", "name": "Cake", "owner": fay.pk, "due_on": "2027-06-01"})
    client.force_login(fay)
    mine = reverse("checkins:mine")
    assert "Cake" in client.get(mine).content.decode()
    cake = tasks_of(cast.cohort, fay).get(name="Cake")
    client.post(mine, {"item": cake.pk, "done": "yes"})
    cake.refresh_from_db()
    assert cake.done_by == fay
    other = tasks_of(cast.cohort, gil).first()
    assert client.post(mine, {"item": other.pk, "done": "yes"}).status_code == 404
    with pytest.raises(CheckInError):
        tick_own_task(item=other, done=True, by=fay)
    client.force_login(cast.stranger)
    assert client.get(url).status_code == 404


# --- one's own page ---


def test_people_find_what_is_theirs(client, over, coming):
    (one,) = offered(over)
    issue_service_certificates(cohort=over.cohort, hours={over.mentor_enrollment.pk: 9}, by=over.coordinator)
    client.force_login(over.mentor)
    page = client.get(reverse("checkins:mine")).content.decode()
    assert "9 hours" in page
    assert path(honorarium_link(one)) in page
    assert stay(over, over.mentor) in page
    client.force_login(over.stranger)
    page = client.get(reverse("checkins:mine")).content.decode()
    assert "9 hours" not in page
    client.logout()
    assert client.get(reverse("checkins:mine")).status_code == 302


def test_the_lists_cost_the_same_for_few_and_many(client, over):
    client.force_login(over.coordinator)
    names = ["after", "coming-back", "recognition", "honoraria", "facilitators"]
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
            stay_in_touch(programme=over.programme, user=one.user, stays=True, roles=["mentor"])
        add_usual_tasks(cohort=over.cohort, by=over.coordinator)
        for url in urls:
            with CaptureQueriesContext(connection) as queries:
                client.get(url)
            found[url].append(len(queries))
    assert [after - before for before, after in found.values()] == [0, 0, 0, 0, 0]
    assert max(after for _, after in found.values()) <= 30


def test_the_first_page_is_told_what_needs_somebody(over):
    """Each number has the list that it counts."""
    offered_one = offered(over)[0]
    answer_honorarium(honorarium=offered_one, accept=True)
    stay_in_touch(programme=over.programme, user=over.mentee, stays=True)
    opportunity(over, status="proposed")
    fay = EnrollmentFactory(cohort=over.cohort, role="facilitator").user
    add_usual_tasks(cohort=over.cohort, by=over.coordinator)
    graduate(enrollment=over.mentee_enrollment, user=over.mentee, by=over.coordinator, anyway=True)
    needs = {n.title: n.number for n in needs_of(over.coordinator, over.cohort, NOW.date())}
    assert needs == {
        "Certificates to send": 1,
        "Honoraria to pay": 1,
        "Opportunities to read": 1,
        "Tasks of facilitators are late": 7,
    }
    offer_honoraria(
        cohort=over.cohort, people=[fay], what="Calls", amount=Decimal(50), currency="EUR", by=over.coordinator
    )
    words = [text for text, _, _ in of_person(fay, NOW.date())]
    assert words == ["50.00 EUR for Calls", "7 tasks as a facilitator"]
    assert of_person(over.mentor, NOW.date()) == []
