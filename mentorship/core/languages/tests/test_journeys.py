"""Translated journeys from their first page to their last mail: nothing in another language, nothing unmarked."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cohorts.enrollment.links import place_link
from cohorts.models import Enrollment, PendingSignup, SignupQuestion
from cohorts.signup import links
from mentorship.core.outbox.mail_templates.catalogue import entry_of
from mentorship.core.outbox.mail_templates.rendering import mail_text
from mentorship.core.outbox.models import OutboxMessage
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory, ProgrammeFactory, UserFactory
from mentorship.devtools.testing.made_up_language import made_up_language, plain_in, plain_words  # noqa: F401

pytestmark = pytest.mark.django_db
SITE = "http://127.0.0.1:8000"
ANSWERS = {
    "full_name": "Ωρίων",
    "email": "orion@example.org",
    "title": "Χάρτες",
    "description": "Χάρτες του εδάφους.",
    "topics": "Έδαφος",
    "mentoring_type": "both",
    "interaction_style": "calls",
    "mentors_wanted": "1",
    "country": "KE",
    "time_zone": "Africa/Nairobi",
    "languages": "inglés",
    "shares_address": "on",
    "members-TOTAL_FORMS": "0",
    "members-INITIAL_FORMS": "0",
}


@pytest.fixture
def cohort():
    """A cohort in Spanish and French whose people write Greek."""
    programme = ProgrammeFactory(name="Σπόροι", contact_email="seeds@example.org", summary="Σπόροι για όλους.")
    return CohortFactory(
        programme=programme,
        name="Κύκλος",
        slug="kyklos",
        status="enrolling",
        language="es",
        other_languages=["fr", "en"],
        signup_closes_at=timezone.now() + timedelta(days=9),
    )


def open_page(client, url, status=200, **data):
    """Open a page, or send its form; its text has no plain English."""
    path = url.removeprefix(SITE)
    page = client.post(path, data, follow=True) if data else client.get(path)
    text = page.content.decode()
    assert (page.status_code, plain_words(text)) == (status, []), path
    assert '<html lang="es">' in text
    return text


@pytest.mark.usefixtures("made_up_language")
def test_sign_up_from_the_call_to_the_withdrawal_shows_no_unmarked_word(client, cohort):
    for key, kind in (("a", "yes_no"), ("b", "file"), ("c", "person"), ("d", "section")):
        SignupQuestion.objects.create(cohort=cohort, role="mentee", key=key, kind=kind, text="Γιατί;", seen_by="match")
    form = reverse("cohorts:signup-create", args=["kyklos", "mentee"])
    for url in (reverse("cohorts:signup-start", args=["kyklos"]), form, form.replace("mentee", "mentor")):
        open_page(client, url)
    open_page(client, form, 422, **{"members-TOTAL_FORMS": "0", "members-INITIAL_FORMS": "0", "email": "a"})
    open_page(client, form, **ANSWERS)
    confirm = links.confirm_link(PendingSignup.objects.get().pk)
    open_page(client, confirm)
    open_page(client, confirm, mine="")
    open_page(client, confirm, mine="yes")
    enrollment = Enrollment.objects.get()
    edit, place = links.edit_link(enrollment.pk, enrollment.user_id), place_link(enrollment.pk, enrollment.user_id)
    open_page(client, edit)
    open_page(client, edit, 422, **{**ANSWERS, "title": ""})
    open_page(client, edit, **{**ANSWERS, "goals": "Χάρτης"})
    leave = reverse("cohorts:place-leave", args=[place.rstrip("/").rpartition("/")[2]])
    open_page(client, place)
    open_page(client, leave)
    open_page(client, leave, 422, reason="Γιατί")
    open_page(client, leave, how="defer")
    open_page(client, place, do="come-back")
    open_page(client, leave, how="withdraw")
    open_page(client, edit)
    kinds = OutboxMessage.objects.order_by("created_at").values_list("kind", "language")
    assert set(kinds) == {("sign-up", "es"), ("leaving", "es")}
    for message in OutboxMessage.objects.all():
        assert plain_in(f"{message.subject}\n{message.body_text.replace('(their own link)', '')}") == [], message.key
        assert '<html lang="es" dir="ltr">' in message.body_html
    assert enrollment.user.language == "es"


@pytest.mark.usefixtures("made_up_language")
@pytest.mark.parametrize("status", ["accepted", "waitlisted", "declined", "completed"])
def test_the_place_of_a_team_shows_no_unmarked_word(client, cohort, status):
    lead, member = UserFactory(full_name="Ωρίων", language="es"), UserFactory(full_name="Ήρα", language="es")
    team = EnrollmentFactory(cohort=cohort, user=lead, role="mentee", status=status, title="Χάρτες")
    team.members.create(user=member)
    if status == "accepted":
        Enrollment.objects.update(offer_expires_at=timezone.now() + timedelta(days=2))
    for person in (lead, member):
        open_page(client, place_link(team.pk, person.pk))
    if status == "accepted":
        open_page(client, reverse("cohorts:place-leave", args=[place_link(team.pk, member.pk).split("/")[-2]]))
        open_page(client, place_link(team.pk, lead.pk), do="accept")


@pytest.mark.usefixtures("made_up_language")
def test_a_closed_sign_up_and_a_link_that_does_not_work_show_no_unmarked_word(client, cohort):
    spanish = {"headers": {"Accept-Language": "es"}}
    for url, status in (("/join/confirm/nonsense/", 404), ("/join/edit/nonsense/", 404)):
        page = client.get(url, **spanish)
        assert (page.status_code, plain_words(page.content.decode())) == (status, [])
    cohort.status = "matching"
    cohort.save()
    for name in ("signup-start", "signup-create"):
        open_page(client, reverse(f"cohorts:{name}", args=["kyklos", "mentor"][: 1 + (name == "signup-create")]))


def test_the_chosen_language_goes_from_the_form_to_the_mails_and_the_account(client, cohort):
    form = reverse("cohorts:signup-create", args=["kyklos", "mentee"]) + "?lang=fr"
    page = client.get(form, headers={"Accept-Language": "en"})
    assert "S’inscrire comme mentoré·e" in page.content.decode()
    assert "Accept-Language" in page.headers["Vary"]
    sent = client.post(form, {**ANSWERS, "languages": "anglais"}, follow=True)
    assert "Consultez vos e-mails" in sent.content.decode()
    mail = OutboxMessage.objects.get()
    assert mail.subject == "Confirmez votre inscription à Κύκλος"
    assert '<html lang="fr"' in mail.body_html
    client.post(links.confirm_link(PendingSignup.objects.get().pk).removeprefix(SITE), {"mine": "yes"})
    enrollment = Enrollment.objects.select_related("user").get()
    assert (enrollment.user.language, enrollment.languages) == ("fr", ["en"])
    received = OutboxMessage.objects.get(key=f"signup-received:{enrollment.pk}")
    assert received.body_text.startswith("Bonjour Ωρίων,")
    edit = client.get(links.edit_link(enrollment.pk, enrollment.user_id).removeprefix(SITE))
    assert "Votre inscription comme mentoré·e" in edit.content.decode()


def test_a_cohort_with_one_language_offers_no_choice_and_leaves_accounts_alone(client, cohort):
    cohort.language, cohort.other_languages = "en", []
    cohort.save()
    form = reverse("cohorts:signup-create", args=["kyklos", "mentee"])
    page = client.get(form + "?lang=fr", headers={"Accept-Language": "de"}).content.decode()
    assert "Sign up as mentee" in page
    assert "hreflang" not in page
    client.post(form, {**ANSWERS, "languages": "English"})
    client.post(links.confirm_link(PendingSignup.objects.get().pk).removeprefix(SITE), {"mine": "yes"})
    assert Enrollment.objects.get().user.language == ""
    assert set(OutboxMessage.objects.values_list("language", flat=True)) == {"en"}


def test_what_coordinators_type_is_marked_with_the_main_language_of_the_cohort(client, cohort):
    SignupQuestion.objects.create(cohort=cohort, role="mentor", key="a", kind="short", text="Γιατί;", seen_by="match")
    url = reverse("cohorts:signup-create", args=["kyklos", "mentor"])
    assert '<div lang="es">' in client.get(url + "?lang=fr").content.decode()
    assert '<span lang="fr">' not in client.get(url + "?lang=fr").content.decode()  # no hint of theirs before ours
    assert '<div lang="es">' not in client.get(url + "?lang=es").content.decode()


def test_a_mail_that_is_not_translated_stays_in_english_and_says_so():
    assert not entry_of("cohorts/accepted").is_translated
    assert mail_text("cohorts/accepted", language="es").language == "en"
    assert mail_text("cohorts/withdrawn", language="es").body.startswith("Hola, {name}:")


def test_the_check_sees_words_that_are_not_marked():
    page = (
        '<html><p title="Hidden help">Ĥéļļö <b>there</b></p><input placeholder="Search"><script>let x</script></html>'
    )
    assert sorted(plain_words(page)) == ["Hidden", "Search", "help", "there"]
    assert plain_in("Write to ana@example.org in Nairobi") == ["Write", "to", "in"]
