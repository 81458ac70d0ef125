"""Public pages: off until switched on, only who agreed, gone at once when taken back."""

import json
import re
import struct
from datetime import timedelta
from unittest.mock import Mock

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from checkins.models import Graduation
from cohorts.mailings.weekly_dates import dates_between
from cohorts.models import Cohort, ProjectPage, PublicRound, TeamMember
from matching.models import Match
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.papers.pdf import PaperError
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory, PartnerFactory, UserFactory
from mentorship.operations.persons.erase import erase_person
from mentorship.portal.public_face import services
from mentorship.portal.public_face.content import common_questions, partners_of, project_links, steps_of
from mentorship.portal.public_face.figures import programme_figures, round_figures
from mentorship.portal.public_face.forms import PublicPageForm
from mentorship.portal.public_face.people import project_cards
from mentorship.portal.public_face.views import machines
from partners.models import Partner, Quote

pytestmark = pytest.mark.django_db


@pytest.fixture
def shown(cast):
    """The cast's programme and cohort with their pages on, and a project whose lead agreed."""
    OutboxMessage.objects.update(status="sent", sent_at=timezone.now())  # the pair knows of each other
    page = services.page_of_programme(cast.programme)
    page.is_on = True
    services.save_public_page(page=page, by=cast.owner)
    services.save_project_page(enrollment=cast.mentee_enrollment, agrees=True, by=cast.mentee)
    services.set_round_shown(cohort=cast.cohort, shown=True, by=cast.coordinator)
    services.set_named(enrollment=cast.mentor_enrollment, person=cast.mentor, named=True)
    services.set_named(enrollment=cast.mentee_enrollment, person=cast.mentee, named=True)
    Graduation.objects.create(
        enrollment=cast.mentee_enrollment,
        user=cast.mentee,
        status="graduated",
        name="Tariq Anwar",
        decided_on=cast.cohort.ends_on,
    )
    return cast


PROGRAMME, ROUND, PROJECT = "/p/open-seeds/", "/p/open-seeds/seeds-9/", "/p/open-seeds/seeds-9/soil-maps/"
PAGES = (PROGRAMME, ROUND, PROJECT)


def test_pages_are_off_until_a_coordinator_switches_them_on(client, cast):
    page = services.page_of_programme(cast.programme)
    services.save_public_page(page=page, by=cast.owner)
    assert client.get(PROGRAMME).status_code == 404
    client.force_login(cast.viewer)
    assert "Only your team sees this page" in client.get(PROGRAMME).content.decode()
    client.force_login(cast.stranger)
    assert client.get(PROGRAMME).status_code == 404


def test_everybody_sees_who_agreed_and_what_was_shown(client, shown):
    found = {url: client.get(url).content.decode() for url in PAGES}
    assert "Soil maps" in found[ROUND]
    assert found[ROUND].count("Tariq Anwar") == 2  # by the project and among the graduates
    assert "Tariq Anwar, with Mona" in found[PROGRAMME]
    assert "Mona" in found[PROJECT]
    services.set_round_shown(cohort=shown.cohort, shown=False, by=shown.coordinator)
    assert [client.get(url).status_code for url in PAGES] == [200, 404, 404]


def test_a_round_without_projects_has_no_empty_section_and_no_opening_that_is_past(client, shown):
    soon = timezone.now().date() + timedelta(days=9)
    shown.cohort.dates.create(key="opens", name="Sign-up opens", on=soon)
    steps = [step.name for step in steps_of(shown.cohort)]
    assert "Week 1 begins" in steps
    assert "Sign-up opens" not in steps
    assert "Sign-up opens" not in [one.name for one in dates_between(shown.cohort, soon, soon)]
    services.save_project_page(enrollment=shown.mentee_enrollment, agrees=False, by=shown.mentee)
    assert "No projects are shown yet" in client.get(ROUND).content.decode()
    Cohort.objects.filter(pk=shown.cohort.pk).update(standard_fields={"mentee": {"title": "off"}})
    assert "Projects" not in client.get(ROUND).content.decode()


def test_who_takes_consent_back_is_gone_at_once_from_kept_copies_too(client, shown):
    first = client.get(ROUND)
    assert first["Cache-Control"] == "public, no-cache"
    assert client.get(ROUND, headers={"if-none-match": first["ETag"]}).status_code == 304
    client.force_login(shown.mentee)
    mine = reverse("public:own-listing")
    assert "checked" in client.get(mine).content.decode()
    client.post(mine)
    client.logout()
    again = client.get(ROUND, headers={"if-none-match": first["ETag"]})
    assert again.status_code == 200
    assert all("Tariq" not in client.get(url).content.decode() for url in PAGES)
    assert "Name not shown, with Mona" in again.content.decode()
    services.save_project_page(enrollment=shown.mentee_enrollment, agrees=False, by=shown.mentee)
    assert client.get(PROJECT).status_code == 404
    assert "Soil maps" not in client.get(ROUND).content.decode()


def test_erased_people_and_those_who_left_are_on_no_page(client, shown):
    Match.objects.update(status=Match.Status.GRADUATED)
    erase_person(email=shown.mentor.email)
    erase_person(email=shown.mentee.email)
    assert not ProjectPage.objects.exists()
    assert [client.get(url).status_code for url in PAGES] == [200, 200, 404]
    text = "".join(client.get(url).content.decode() for url in PAGES[:2])
    assert "Tariq" not in text
    assert "Mona" not in text


def test_each_member_of_a_team_decides_for_themselves(shown):
    one = TeamMember.objects.create(enrollment=shown.mentee_enrollment, user=UserFactory(full_name="Sol Ferrer"))
    (card,) = project_cards(ProjectPage.objects.shown())
    assert card.who == "Tariq Anwar and one more, with Mona"
    services.set_named(enrollment=shown.mentee_enrollment, person=one.user, named=True)
    (card,) = project_cards(ProjectPage.objects.shown())
    assert card.who == "Tariq Anwar and Sol Ferrer, with Mona"


def test_a_figure_does_not_tell_how_few_were_not_named(shown):
    page = PublicRound.objects.get()
    page.figures = {"mentees": 18, "mentors": 20, "projects": 30, "countries": 7}
    told = {one.label: (one.number, one.is_about) for one in round_figures(page, {"mentees": 15, "mentors": 15})}
    assert told == {"mentees": (20, True), "mentors": (20, False), "projects": (30, False), "countries": (7, False)}
    assert round_figures(page, {"mentors": 19})[2].is_about  # perhaps all were named, perhaps not
    (sums,) = programme_figures(shown.programme, [page], {page.cohort_id: {"projects": 27}})[:1]
    assert (sums.number, sums.is_about) == (30, True)


def test_words_of_people_are_shown_while_they_agree(client, shown):
    quote = Quote.objects.create(cohort=shown.cohort, person=shown.mentee, text="It was worth it.", status="agreed")
    assert all("It was worth it." in client.get(url).content.decode() for url in PAGES[:2])
    Quote.objects.filter(pk=quote.pk).update(status="withdrawn")
    assert all("It was worth it." not in client.get(url).content.decode() for url in PAGES[:2])


def test_partners_are_named_as_they_allow(shown):
    assert [one.title for one in partners_of(shown.programme)]
    Partner.objects.filter(pk=shown.partner.pk).update(naming="nothing")
    assert partners_of(shown.programme) == []


def test_the_page_of_partners_says_what_each_supports_and_names_nobody_else(client, shown):
    shown.partner.kinds.create(kind="funding")
    shown.partner.kinds.create(kind="coaches", official=False)
    for name, fields in (("Quiet Help", {"official": False}), ("Not Named", {"naming": "nothing"})):
        PartnerFactory(workspace=shown.programme.workspace, name=name, **fields).kinds.create(kind="funding")
    url = reverse("public:partners", args=[shown.programme.slug])
    page = client.get(url).content.decode()
    assert url in client.get(PROGRAMME).content.decode()
    assert shown.partner.name in page
    assert "Gives: funding." in page
    assert f"Supports: {shown.cohort.name}." in page
    assert not any(word in page for word in ("coaches", "Quiet Help", "Not Named"))
    shown.programme.public_page.shows_partners = False
    shown.programme.public_page.save()
    assert client.get(url).status_code == 404


def test_texts_of_public_pages_name_partners_right(shown):
    Partner.objects.filter(pk=shown.partner.pk).update(name="OpenTechSchool", official=False)
    texts = {"about": "With open tech school.", "run_by": "Our sponsor OpenTechSchool."}
    form = PublicPageForm(texts, instance=shown.programme.public_page)
    assert "Write “OpenTechSchool”" in form.errors["about"][0]
    assert "unofficially" in form.errors["run_by"][0]


def test_the_address_stays_when_short_names_change(client, shown):
    shown.programme.slug, shown.cohort.slug = "renamed", "renamed-9"
    shown.programme.save()
    shown.cohort.save()
    assert [client.get(url).status_code for url in PAGES] == [200, 200, 200]


def test_topics_and_words_find_projects(client, shown):
    assert "Soil maps" in client.get(ROUND, {"q": "soil"}).content.decode()
    none = client.get(ROUND, {"q": "birds"}).content.decode()
    assert "Show all projects" in none
    assert client.get(ROUND, {"topic": "nothing"}).status_code == 404


def test_coordinators_see_who_is_named_and_why(client, shown):
    EnrollmentFactory(cohort=shown.cohort, role="mentor", user__full_name="Nil Open")
    client.force_login(shown.coordinator)
    url = reverse("public:round-settings", args=["seeds-9"])
    page = client.get(url).content.decode()
    assert "has not agreed to be named" in page
    client.post(url, {"do": "hold", "ids": [shown.mentee_enrollment.pk]})
    assert not ProjectPage.objects.agreed().exists()
    client.post(url, {"do": "release", "ids": [shown.mentee_enrollment.pk]})
    assert ProjectPage.objects.agreed().exists()
    client.post(url, {"do": "hide"})
    assert not PublicRound.objects.get().is_on


def test_a_lead_writes_the_page_of_their_own_project_only(client, shown):
    url = reverse("public:own-project", args=[shown.mentee_enrollment.pk])
    client.force_login(shown.stranger)
    assert client.get(url).status_code == 404
    client.force_login(shown.mentee)
    wrong = client.post(url, {"summary": "Maps of soil", "links": "nowhere, Code"})
    assert wrong.status_code == 422
    assert "Maps of soil" in wrong.content.decode()
    client.post(url, {"summary": "Maps of soil", "links": "https://example.org/a, Code, MIT", "agrees": "on"})
    page = client.get(PROJECT).content.decode()
    assert "Maps of soil" in page
    assert "MIT" in page


def test_texts_that_coordinators_type_are_read_by_line():
    assert common_questions("Free?\r\nYes.\r\n\r\nFor whom?")[0].answer == "Yes."
    assert project_links("https://example.org/a")[0].label == "https://example.org/a"
    form = PublicPageForm({"framed_by": "https://www.example.org/page"})
    assert "without what follows" in form.errors["framed_by"][0]
    assert PublicPageForm({"framed_by": "https://www.Example.org"}).is_valid()


def test_machines_find_what_people_see_and_no_more(client, shown, monkeypatch):
    page = client.get(PROJECT).content.decode()
    facts = json.loads(page.split('<script type="application/ld+json">')[1].split("</script>")[0])
    assert facts["author"] == [{"@type": "Person", "name": "Tariq Anwar"}]
    assert f'rel="canonical" href="{settings.SITE_URL}{PROJECT}"' in page
    sitemap, feed = (client.get(url).content.decode() for url in ("/sitemap.xml", f"{PROGRAMME}feed.xml"))
    assert [f"{settings.SITE_URL}{url}<" in sitemap for url in PAGES] == [True, True, True]
    assert "Soil maps" in feed
    assert "/sitemap.xml" in client.get("/robots.txt").content.decode()
    with monkeypatch.context() as of_many:
        of_many.setattr("mentorship.portal.public_face.views.machines.MAPPED_AT_ONCE", 0)
        index = client.get("/sitemap.xml").content.decode()
        (of_one,) = re.findall(r"<sitemap><loc>[^<]*(/sitemap[^<]*)</loc>", index)
        assert client.get(of_one).content.decode() == sitemap
    services.save_project_page(enrollment=shown.mentee_enrollment, agrees=False, by=shown.mentee)
    assert "soil-maps" not in client.get("/sitemap.xml").content.decode()
    assert "Soil maps" not in client.get(f"{PROGRAMME}feed.xml").content.decode()
    assert client.get(f"{PROJECT}picture.png").status_code == 404


def test_control_characters_in_words_leave_the_feed_readable(client, shown):
    ProjectPage.objects.update(summary="Maps\x0bof soils")  # as some programs break a line
    assert "Mapsof soils" in client.get(f"{PROGRAMME}feed.xml").content.decode()


def test_facts_for_machines_can_not_end_their_element(client, shown):
    shown.mentee_enrollment.title = "Maps</script><script>alert(1)"
    shown.mentee_enrollment.save()
    assert "<script>alert" not in client.get(PROJECT).content.decode()


def test_a_shared_page_has_a_picture_with_its_title(client, shown, monkeypatch):
    answer = client.get(f"{ROUND}picture.png")
    assert answer["Content-Type"] == "image/png"
    assert struct.unpack(">II", answer.content[16:24]) == (1200, 630)
    monkeypatch.setattr(machines, "_drawn", Mock(side_effect=PaperError("Many are being made.")))
    assert client.get(f"{ROUND}picture.png").status_code == 503


def test_only_named_sites_may_frame_the_open_calls_and_no_other_page(client, shown):
    CohortFactory(programme=shown.programme, name="Seeds 10", status="enrolling")
    page = services.page_of_programme(shown.programme)
    page.framed_by = "https://www.example.org"
    page.save()
    answer = client.get(reverse("public:calls-frame", args=["open-seeds"]))
    assert "Sign up as a mentor, Seeds 10" in answer.content.decode()
    assert "frame-ancestors 'self' https://www.example.org" in answer["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer
    other = client.get(PROGRAMME)
    assert other["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in other["Content-Security-Policy"]
    client.force_login(shown.owner)
    assert "show=button" in client.get(reverse("public:settings", args=["open-seeds"])).content.decode()
