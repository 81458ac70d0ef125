"""Cases and concerns: who is asked to act, and who may read them."""

import pytest
from django.urls import reverse

from checkins.cases.services import add_conduct_reader, cases_for_today, concerns_for_today, raise_concern
from checkins.models import Case
from checkins.tests.rows import NOW, path, say
from checkins.waves.links import checkin_link
from mentorship.core.audit.models import ReadEntry
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.walks.forms import post_forms

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_a_flag_opens_one_case_with_owner_date_and_step(client, cast, checkin):
    for _ in range(2):
        say(checkin, have_met="no", want="other")
    kinds = {c.kind: c for c in Case.objects.all()}
    assert set(kinds) == {"not_met", "other_mentor"}
    case = kinds["other_mentor"]
    assert (case.owner, case.about, case.match) == (cast.coordinator, cast.mentee, cast.match)
    assert case.due_on > NOW.date()
    assert case.next_step
    say(checkin, have_met="regularly", want="nothing")
    assert "not asked for any more" in case.notes.get().text
    client.force_login(cast.coordinator)
    url = case.get_absolute_url()
    form = {"status": "done", "owner": cast.coordinator.pk, "next_step": "x", "due_on": "2027-05-09", "note": "Called."}
    assert client.post(url, form).status_code == 422  # how did it end?
    assert client.post(url, form | {"outcome": "They go on."}).status_code == 302
    page = client.get(url).content.decode()
    assert "Called." in page
    assert "made done" in page
    client.force_login(cast.viewer)
    assert client.get(url).status_code == 404
    assert client.post(url, form).status_code == 404
    client.force_login(cast.stranger)
    assert client.get(url).status_code == 404


def test_concerns_are_read_only_by_those_who_are_named(client, cast, checkin):
    client.post(path(checkin_link(checkin)) + "concern/", {"text": "He shouted at me."})
    case = Case.objects.get(kind="conduct")
    assert case.owner is None
    told = OutboxMessage.objects.filter(kind="case")
    assert [m.to for m in told] == [[cast.owner.email]]
    assert "shouted" not in told.get().full_text
    urls = [case.get_absolute_url(), reverse("checkins:case-list", args=[cast.cohort.slug])]
    for user in (cast.owner, cast.coordinator, cast.viewer):
        client.force_login(user)
        assert client.get(urls[0]).status_code == 404
        assert "shouted" not in client.get(urls[1]).content.decode()
    client.force_login(cast.coordinator)
    assert client.get(reverse("checkins:conduct-reader-list", args=[cast.cohort.slug])).status_code == 404
    client.force_login(cast.owner)
    client.post(reverse("checkins:conduct-reader-list", args=[cast.cohort.slug]), {"user": cast.coordinator.pk})
    assert client.get(urls[0]).status_code == 404
    client.force_login(cast.coordinator)
    assert "shouted" in client.get(urls[0]).content.decode()
    assert Case.objects.get(kind="conduct").owner == cast.coordinator


def test_members_of_the_pair_cannot_read_a_concern_about_it(client, cast, checkin):
    cast.mentor.workspace_roles.create(workspace=cast.programme.workspace, role="coordinator")
    add_conduct_reader(cohort=cast.cohort, user=cast.mentor, by=cast.owner)
    case = raise_concern(checkin=checkin, text="About my mentor.")
    assert case.owner is None
    client.force_login(cast.mentor)
    assert client.get(case.get_absolute_url()).status_code == 404


def test_concerns_have_a_list_of_their_own(client, cast, checkin):
    add_conduct_reader(cohort=cast.cohort, user=cast.owner, by=cast.owner)
    raise_concern(checkin=checkin, text="He shouted.")
    cases, concerns = (reverse(f"checkins:{name}", args=[cast.cohort.slug]) for name in ("case-list", "concern-list"))
    client.force_login(cast.coordinator)
    assert client.get(concerns).status_code == 404
    assert concerns not in client.get(cases).content.decode()
    client.force_login(cast.owner)
    assert list(client.get(cases, {"status": "all"}).context["page_obj"]) == []
    assert [c.kind for c in client.get(concerns).context["page_obj"]] == ["conduct"]
    assert concerns in client.get(cases).content.decode()
    assert cases_for_today(cast.owner, cast.cohort, NOW.date())["open"] == 0
    assert concerns_for_today(cast.owner, cast.cohort).count() == 1


def test_a_concern_that_is_sent_twice_is_one_case(client, checkin):
    """The form is answered with a page, so that nobody is led on."""
    url = path(checkin_link(checkin)) + "concern/"
    (form,) = [form for form in post_forms(client.get(url).text, url) if "text" in form.values]
    sent = {**next(form.sendings()), "text": ["He shouted at me."]}
    assert client.post(form.action, sent).status_code == 200
    assert "You sent this form twice. Only the first one counted." in client.post(form.action, sent, follow=True).text
    assert Case.objects.count() == 1


def test_reading_a_concern_its_list_and_its_file_is_on_record_by_who_raised_it(client, cast, checkin):
    add_conduct_reader(cohort=cast.cohort, user=cast.coordinator, by=cast.owner)
    case = raise_concern(checkin=checkin, text="He shouted at me.")
    client.force_login(cast.coordinator)
    concerns = reverse("checkins:concern-list", args=[cast.cohort.slug])
    client.get(reverse("checkins:case-list", args=[cast.cohort.slug]))
    assert not ReadEntry.objects.exists()
    for url in (case.get_absolute_url(), concerns, f"{concerns}?format=csv", f"{concerns}?format=xlsx"):
        assert client.get(url).status_code == 200
    read = ReadEntry.objects.order_by("pk").values_list("reader", "about", "kind", "way", "object_id")
    who = (cast.coordinator.pk, checkin.user_id, "concern")
    assert list(read) == [(*who, "page", str(case.pk)), (*who, "file", str(case.pk))]
