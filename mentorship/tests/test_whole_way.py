"""The main job from end to end, as people do it: sign-up, selection, matching, intro, check-in, impact page.

Everything is real: PostgreSQL, Valkey, a Celery worker with beat, a mail server and a browser. Only the clock is moved.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from mentorship.devtools.testing.browser import chromium
from mentorship.devtools.testing.servers.installation import Installation, link_in, text_of, whole_installation

pytestmark = [pytest.mark.servers, pytest.mark.browser]

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
PASSWORD = "a-long-enough-passphrase"
START = f"""
from mentorship.core.accounts.models import User
from cohorts.setup.services import create_programme
user = User.objects.create_user("coordinator@example.org", "{PASSWORD}", full_name="Amara Diallo")
create_programme(name="Open Seeds", slug="open-seeds", contact_email="hello@example.org", by=user)
"""
MENTORS = "id,email,name,country,utc_offset,expertise,capacity\n" + "".join(
    f"m{n},mentor{n}@example.org,Mentor {n},Kenya,+3,Soil; Maps; Topic {n},1\n" for n in range(1, 5)
)
MENTEES = "id,emails,name,country,utc_offset,title,description,keywords\n" + "".join(
    f"p{n},lead{n}@example.org,Lead {n},Nepal,+5:45,Project {n},About soil and maps,Soil; Topic {n}\n"
    for n in range(1, 5)
)


@pytest.fixture(scope="module")
def installation(tmp_path_factory) -> Iterator[Installation]:
    with whole_installation(tmp_path_factory.mktemp("installation")) as installation:
        yield installation


def sign_in(page: Page, installation: Installation, email: str) -> None:
    page.goto(f"{installation.url}/accounts/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[type=password]").fill(PASSWORD)
    page.locator("input[type=password]").press("Enter")
    page.wait_for_url(lambda url: "login" not in url)


def sign_up(page: Page, installation: Installation, role: str, email: str, name: str) -> None:
    page.goto(f"{installation.url}/join/seeds-1/{role}/")
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Your email address").fill(email)
    page.get_by_role("combobox", name="country").fill("Kenya")
    page.get_by_role("combobox", name="country").press("Enter")
    page.get_by_label("Your time zone").fill("Nairobi")
    page.get_by_label("Your time zone").press("Enter")
    fill_chips(page, "languages", "English")
    go_on = page.get_by_role("button", name="Continue")  # in steps, as on a phone
    go_on.click()
    fill_chips(page, "topics", "Soil, Remote sensing")
    if role == "mentee":
        page.locator("input[name=title]").fill("Soil maps for small farms")
        page.locator("textarea[name=description]").fill("Maps from the sky, checked by those who know the ground.")
    go_on.click()
    go_on.click()  # past the times to meet
    if role == "mentee":
        page.get_by_role("button", name="Add a person").click()
        page.locator("input[name=members-0-full_name]").fill("Baraka")
        page.locator("input[name=members-0-email]").fill("baraka@example.org")
        go_on.click()
    page.get_by_label("My match may see my email address").check()
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("heading", name="Check your email")).to_be_visible()
    page.goto(link_in(installation.wait_for_mail(email, "confirm"), "/join/confirm/"))
    page.get_by_label("Yes, this is my sign-up").check()
    page.get_by_role("button", name="Confirm my sign-up").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()


def fill_chips(page: Page, name: str, words: str) -> None:
    for word in words.split(","):
        page.locator(f"#id_{name}").fill(word.strip())
        page.locator(f"#id_{name}").press("Enter")


def import_sheet(page: Page, installation: Installation, role: str, text: str) -> None:
    page.goto(f"{installation.url}/cohorts/seeds-1/people/import/")
    page.locator("select[name=role]").select_option(role)
    page.locator("input[type=file]").set_input_files(
        {"name": "sheet.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )
    page.get_by_role("button", name="Read the sheet").click()
    page.get_by_label("They agreed that their match").check()
    page.get_by_role("button", name="Preview again").click()
    page.get_by_role("button", name="Import 4 rows").click()
    expect(page.get_by_role("heading", name="sheet.csv imported")).to_be_visible()


def answer(page: Page, link: str) -> None:
    page.goto(link)
    for group in page.locator("fieldset, [role=radiogroup], .m-chips").all():
        options = group.locator("input[type=radio]")
        if options.count():
            options.first.check(force=True)
    page.locator("form button[type=submit]").last.click()
    expect(page.get_by_text("Thank you").first).to_be_visible()


def test_a_cohort_from_sign_up_to_the_impact_page(installation):
    installation.manage("shell", "--verbosity=0", "-c", START)
    installation.start()
    with chromium() as browser:
        desk = browser.new_page(viewport=DESK)
        phone = browser.new_page(viewport=PHONE)
        plan_and_open(desk, installation)
        sign_up(phone, installation, "mentee", "wanjiru@example.org", "Wanjiru Otieno")
        sign_up(phone, installation, "mentor", "ines@example.org", "Ines Duarte")
        import_sheet(desk, installation, "mentee", MENTEES)
        import_sheet(desk, installation, "mentor", MENTORS)
        accept_everybody(desk, installation)
        match_and_confirm(desk, installation)
        intro = installation.wait_for_mail("wanjiru@example.org", "")
        introduced = check_intros(installation)
        assert intro is not None
        invite_partner(desk, installation)

        # Three calendar months after the later of intro and start. The people's mornings differ, so a day more.
        installation.stop()
        begins = max(introduced, datetime(2027, 2, 1, tzinfo=introduced.tzinfo))
        installation.start(at=add_three_months(begins) + timedelta(days=1))
        # Five mentors, five leads and one member of a team.
        people = installation.wait(lambda: everybody_asked(installation))
        # A decision about several people can be undone for five minutes, so its mails waited for the other clock.
        assert "Soil maps for small farms" in text_of(installation.wait_for_mail("baraka@example.org", "You are in"))
        assert len(people) == 11
        for person in people:
            answer(phone, link_in(installation.wait_for_mail(person, "heck-in"), "/c/"))
        see_answers(browser.new_page(viewport=DESK), installation)
        see_impact(browser.new_page(viewport=DESK), installation)
    assert len(installation.mail.box.message_ids) == len(set(installation.mail.box.message_ids))


def plan_and_open(page: Page, installation: Installation) -> None:
    sign_in(page, installation, "coordinator@example.org")
    page.goto(f"{installation.url}/programmes/open-seeds/cohorts/new/")
    page.locator("input[name=name]").fill("Seeds 1")
    page.get_by_label("Short name").fill("seeds-1")
    page.get_by_label("Starts on").fill("2027-02-01")
    page.get_by_label("Ends on").fill("2027-05-28")
    page.get_by_role("button", name="Save as a draft").click()
    page.get_by_role("button", name="Open sign-up").click()
    expect(page.get_by_text("Seeds 1 is now enrolling.")).to_be_visible()


def open_by_keys(page: Page) -> None:
    """From any page to the list of people, and over its rows, without a mouse."""
    page.keyboard.press("Control+k")
    page.keyboard.type("people")
    palette = page.locator("#palette")
    expect(palette.get_by_role("link").first).to_contain_text("Write to people")  # pages first, then the guide
    expect(palette.get_by_role("link").nth(1)).to_contain_text(re.compile(r"People\s*Seeds 1"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(palette.get_by_role("searchbox")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/people/")
    for key in "jjx":
        page.keyboard.press(key)
    expect(page.locator("[data-selected-count]")).to_have_text("1")
    expect(page.locator("tbody tr").nth(1).get_by_role("checkbox")).to_be_checked()
    page.keyboard.press("Control+k")
    page.keyboard.press("Escape")
    expect(page.locator("tbody tr").nth(1).get_by_role("link").first).to_be_focused()


def accept_everybody(page: Page, installation: Installation) -> None:
    open_by_keys(page)
    expect(page.get_by_text("10 sign-ups")).to_be_visible()
    page.get_by_label("Choose everyone on this page").check()
    page.locator("select[name=to]").select_option("accepted")
    page.get_by_role("button", name="Preview the emails").click()
    expect(page.get_by_role("heading", name="10 to be accepted")).to_be_visible()
    page.get_by_role("button", name="Confirm 10").click()
    expect(page.get_by_text("10 now accepted")).to_be_visible()


def match_and_confirm(page: Page, installation: Installation) -> None:
    page.goto(f"{installation.url}/cohorts/seeds-1/")
    page.locator("main summary", has_text="More").first.click()  # while sign-up is open, sharing it is the next step
    page.get_by_role("button", name="Move on to matching").click()
    page.get_by_role("button", name="Close sign-up").click()
    page.goto(f"{installation.url}/cohorts/seeds-1/matching/")
    page.locator("main form[action$='/matching/run/'] button").click()
    expect(page.get_by_text("proven best")).to_be_visible(timeout=120_000)  # the page looks for the answer by itself
    page.get_by_role("link", name="Confirm 5").click()
    page.get_by_role("button", name="Confirm and send 5 intros").click()
    page.get_by_role("button", name="Send now").click()  # else they wait ten minutes, so that it can be undone
    page.get_by_role("button", name="Send 5 intros").click()
    page.goto(f"{installation.url}/cohorts/seeds-1/")
    page.get_by_role("button", name="Move on to running").click()


def check_intros(installation: Installation) -> datetime:
    """One mail for each team, to the team and its mentor; returns when, in UTC."""

    def intros() -> list:
        taken = installation.mail.box.taken
        return [e for e in taken if any("mentor" in a or "ines" in a for a in e.rcpt_tos) and len(e.rcpt_tos) > 1]

    installation.wait(lambda: len(intros()) >= 5)
    found = intros()
    assert len(found) == 5
    (team,) = [e for e in found if "wanjiru@example.org" in e.rcpt_tos]
    # Baraka has not agreed that his address is shared: he gets a blind copy, and the programme passes answers on.
    assert {"baraka@example.org", "hello@example.org"} < set(team.rcpt_tos)
    assert len(team.rcpt_tos) == 4
    return datetime.now(UTC)


def invite_partner(page: Page, installation: Installation) -> None:
    installation.manage(
        "shell",
        "--verbosity=0",
        "-c",
        f"""
from datetime import date
from cohorts.models import Cohort
from mentorship.core.accounts.models import User
from partners.contacts.services import invite_contact
from partners.records.services import create_partner
from partners.sponsorships.services import add_sponsorship
by = User.objects.get(email="coordinator@example.org")
cohort = Cohort.objects.get(slug="seeds-1")
for name, email in (("Soil Fund", "partner@example.org"), ("Other Fund", "other@example.org")):
    partner = create_partner(workspace=cohort.programme.workspace, name=name, by=by)
    invite_contact(partner=partner, email=email, full_name=name, by=by)
    user = User.objects.get(email=email)
    user.set_password("{PASSWORD}")
    user.save()
    if name == "Soil Fund":
        add_sponsorship(partner=partner, cohort=cohort, scope="The time of five mentors",
                        starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31), by=by)
""",
    )


def add_three_months(moment: datetime) -> datetime:
    """Three calendar months on; the 28th where a month is too short is close enough with the day that is added."""
    month = moment.month + 3
    return moment.replace(year=moment.year + (month - 1) // 12, month=(month - 1) % 12 + 1, day=min(moment.day, 28))


def everybody_asked(installation: Installation) -> list[str]:
    wanted = ["wanjiru", "baraka", "ines", *(f"mentor{n}" for n in range(1, 5)), *(f"lead{n}" for n in range(1, 5))]
    addresses = [f"{name}@example.org" for name in wanted]
    return addresses if all(installation.mails_to(address, "heck-in") for address in addresses) else []


def see_answers(page: Page, installation: Installation) -> None:
    sign_in(page, installation, "coordinator@example.org")
    page.goto(f"{installation.url}/cohorts/seeds-1/check-ins/?status=answered")
    expect(page.get_by_text("Wanjiru Otieno").first).to_be_visible()


def see_impact(page: Page, installation: Installation) -> None:
    page.context.clear_cookies()
    sign_in(page, installation, "partner@example.org")
    page.goto(f"{installation.url}/partners/soil-fund/impact/seeds-1/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Soil Fund")
    expect(page.locator("main")).to_contain_text(re.compile(r"People\s*11"))
    expect(page.get_by_role("figure", name="Who answered (mentees, Three-month check-in)")).to_contain_text("answered")
    assert page.goto(f"{installation.url}/partners/other-fund/").status == 404
