"""The intro tells each of the other, in their own words: what they agreed to, and nothing else."""

import re
from datetime import date
from types import SimpleNamespace

import pytest
from django.urls import reverse

from cohorts.models import Enrollment, SignupQuestion
from matching.engine.services import run_now
from matching.intro.mails import intro_mail
from matching.intro.services import confirm_run
from mentorship.core.outbox.delivery.deliver import deliver_all_due
from mentorship.core.outbox.models import MailTemplate, OutboxMessage
from mentorship.core.text import shorten
from mentorship.devtools.testing.factories import CohortFactory, EnrollmentFactory, TopicFactory

pytestmark = pytest.mark.django_db
SITE = "http://127.0.0.1:8000"
TODAY = date(2027, 1, 20)


@pytest.fixture
def cohort():
    return CohortFactory(status="matching")


def mentor(cohort, name="Ada Obi", **fields):
    return EnrollmentFactory(cohort=cohort, role="mentor", user__full_name=name, **fields)


def proposal(mentor):
    return SimpleNamespace(mentor=mentor, reasons=["share R"])


def question(cohort, role, text, seen_by="match", kind="long"):
    return SignupQuestion.objects.create(
        cohort=cohort, role=role, key=text[:40], kind=kind, text=text, seen_by=seen_by, options=[["r", "R"]]
    )


def test_two_people_of_one_name_are_told_apart_by_their_role(cohort):
    mentee = EnrollmentFactory(cohort=cohort, title="", goals="To learn.", user__full_name="Ada Obi")
    told = intro_mail(mentee, [proposal(mentor(cohort, "Ada obi", goals="To teach."))], today=TODAY).context["told"]
    assert "Ada Obi (mentee) hopes for:\n“To learn.”" in told
    assert "What brings Ada obi (mentor) here:\n“To teach.”" in told


def test_the_intro_tells_each_of_the_other_in_their_own_words(cohort):
    team = EnrollmentFactory(
        cohort=cohort,
        title="Soil maps",
        description="Maps that <b>farmers</b> use.\n\nOn a phone.",
        goals="To publish.",
        mentoring_type="technical",
        user__full_name="Tariq",
    )
    mona = mentor(cohort, "Mona", goals="My maps & I.", mentoring_type="both")
    for one, names in ((team, ("R", "Soil")), (mona, ("Maps",))):
        one.topics.set([TopicFactory(programme=cohort.programme, name=name) for name in names])
    for seen_by in SignupQuestion.Seen.values:
        asked = question(cohort, "mentor", f"Asked for {seen_by}?", seen_by)
        mona.answers.create(question=asked, value=f"Only for {seen_by}.")
    mona.answers.create(question=question(cohort, "mentor", "Which tools?", kind="one"), value="r")
    mail = intro_mail(team, [proposal(mona)], today=TODAY)
    told, _, rest = mail.text.partition("More about you\n--------------\n\n")
    assert "Tariq hopes for:\n“To publish.”\n\nWhat brings Mona here:\n“My maps & I.”\n\n" in told
    assert rest.partition("\n\nYour page")[0].split("\n\n") == [
        "About “Soil maps”:\n“Maps that <b>farmers</b> use.\nOn a phone.”",
        "Topics of “Soil maps”: R, Soil\nTariq would like: technical mentoring",
        "Mona on “Asked for match?”:\n“Only for match.”",
        "Mona can help with: Maps\nMona offers: technical and career mentoring\nMona on “Which tools?”: R",
    ]
    quote = "<p>“Maps that &lt;b&gt;farmers&lt;/b&gt; use.<br>On a phone.”</p></blockquote>"
    assert mail.html.partition("<p>About “Soil maps”:</p><blockquote ")[2].partition(">")[2].startswith(quote)
    assert "“My maps &amp; I.”" in mail.html


def test_long_words_are_cut_with_a_link_to_the_page_that_has_them_all(client, cast):
    words = "Maps that farmers use. " * 30
    team, mona = cast.mentee_enrollment, cast.mentor_enrollment
    Enrollment.objects.filter(pk=team.pk).update(description=words)
    team.refresh_from_db()
    mail = intro_mail(team, [proposal(mona)], today=TODAY)
    (quote,) = re.findall(r"“(Maps that[^”]*)”", mail.text)
    assert len(quote) <= 241
    assert quote.endswith("…")
    assert words.startswith(quote[:-1])
    assert f"There’s more on your page: {SITE}/my/pairs/{team.pk}/" in mail.text
    client.force_login(cast.mentor)
    assert words.strip() in client.get(reverse("matching:my-match", args=[cast.match.pk])).text


def test_a_team_is_named_together_and_who_said_nothing_is_not_quoted(cohort):
    team = EnrollmentFactory(cohort=cohort, title="", goals="A map.", user__full_name="Tariq")
    team.members.create(user=EnrollmentFactory(user__full_name="Chao").user, shares_address=True)
    told = intro_mail(team, [proposal(mentor(cohort))], today=TODAY).context["told"]
    assert told == "Tariq and Chao hope for:\n“A map.”"


def test_a_text_of_the_programme_keeps_its_placeholders_and_the_preview_shows_what_is_sent(client, cast):
    body = "Hello {names},\n{mentees}{mentors}{project}{goals}\nTold:{told}\n{contact}"
    MailTemplate.objects.create(workspace=cast.programme.workspace, kind="matching/intro", subject="Hi", body=body)
    cohort = CohortFactory(programme=cast.programme, status="matching")
    EnrollmentFactory(cohort=cohort, title="Birds", description="Count\nthem.", goals="A list.", user__full_name="Bo")
    mentor(cohort)
    run, _ = run_now(cohort=cohort, by=None)
    client.force_login(cast.coordinator)
    page = client.get(reverse("matching:run-preview", args=[cohort.slug, run.number]))
    shown = page.context["mail"]
    assert "The project: Birds\nCount\nthem.\n\nWhat Bo hopes for: A list.\n" in shown.text
    assert "Bo hopes for:\n“A list.”" in shown.text
    assert "<p>Bo hopes for:</p><blockquote><p>“A list.”</p></blockquote>" in page.text
    confirm_run(run=run, by=None)
    sent = OutboxMessage.objects.get(kind="intro", scope=f"cohort:{cohort.pk}")
    assert (sent.full_text, sent.full_html) == (shown.text, shown.html)


def test_what_somebody_takes_back_before_the_intro_leaves_is_not_in_it(cohort, mailoutbox):
    EnrollmentFactory(cohort=cohort, title="Birds")
    one = mentor(cohort)
    answer = one.answers.create(question=question(cohort, "mentor", "Why?"), value="A secret.")
    run, _ = run_now(cohort=cohort, by=None)
    confirm_run(run=run, by=None)
    assert "A secret." in OutboxMessage.objects.get().full_text
    answer.delete()
    deliver_all_due()
    assert "A secret." not in mailoutbox[0].body
    assert "A secret." not in OutboxMessage.objects.get().full_html


@pytest.mark.parametrize(
    ("text", "most", "cut"),
    [
        ("A map.", 10, "A map."),
        ("A  map\r\n\r\n\r\nof soil ", 20, "A map\nof soil"),
        ("A map, of soil", 8, "A map…"),
        ("Farmers", 4, "Farm…"),
        ("土壤侵蚀与山地农业", 5, "土壤侵蚀与…"),
        ("कृषिकृषि", 5, "कृषि…"),  # never a sign without its letter
        ("👩🏽‍🌾👩🏽‍🌾", 6, "👩🏽‍🌾…"),
        ("", 5, ""),
    ],
)
def test_people_s_words_are_cut_between_words_and_keep_their_lines(text, most, cut):
    assert shorten(text, most) == cut


def test_the_mail_quotes_each_once_at_the_top_and_what_matters_comes_before_the_details(cohort):
    long = "We hope to draw maps of soils with farmers, who correct them. " * 9
    team = EnrollmentFactory(cohort=cohort, title="Soil maps", description="Maps.", goals=long, user__full_name="Tariq")
    mail = intro_mail(team, [proposal(mentor(cohort, "Mona", goals=long))], today=TODAY)
    top, *_ = mail.html.partition("<h2>")
    for quoted in re.findall("“(We hope[^”]*)”", top):
        assert len(quoted) <= 161
    assert top.count("<blockquote ") == 2
    assert f'<a class="m-mail-link m-mail-main" href="{SITE}/my/pairs/{team.pk}/" rel="nofollow" style=' in top
    assert mail.html.count('m-mail-main"') == 1
    # About what fits on one and a half screens of a phone: some forty lines of some forty characters.
    assert len(re.sub("<[^>]+>", "", top.partition("<body")[2])) < 1500
    assert "There’s more on your page" in mail.text
