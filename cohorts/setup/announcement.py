"""The announcement of a cohort's sign-up: addresses, a text for an email, a button for a website, a QR code."""

from dataclasses import dataclass
from io import BytesIO
from urllib.parse import quote

from django.utils.dateformat import format as format_date
from django.utils.html import escape

from cohorts.models import Cohort, Enrollment
from mentorship.core.links import absolute_url


@dataclass(frozen=True)
class Announcement:
    """The texts to pass on; each is copied as a whole. `links`: what an address is for, and the address."""

    url: str
    links: list[tuple[str, str]]
    subject: str
    body: str
    button: str

    @property
    def mailto(self) -> str:
        """Opens a new email with the text."""
        return f"mailto:?subject={quote(self.subject)}&body={quote(self.body)}"


def announcement_of(cohort: Cohort) -> Announcement:
    """The announcement of a cohort's sign-up. One query for its groups."""
    programme, url = cohort.programme, absolute_url("cohorts:signup-start", cohort.slug)
    links = [("For everybody", url)]
    for role in Enrollment.MATCHED_ROLES:
        address = absolute_url("cohorts:signup-create", cohort.slug, role)
        links.append((f"Form for {programme.plural_of(role)}", address))
    links += [(f"For {group}", f"{url}?group={group.slug}") for group in cohort.groups.all()]
    return Announcement(
        url=url,
        links=links,
        subject=f"Sign up for {programme}: {cohort}",
        body=_body(cohort, url),
        button=_button(cohort, url),
    )


def qr_code(url: str) -> bytes:
    """A QR code of an address as SVG, with a quiet zone on white, so that it can be read on a dark page."""
    import qrcode  # noqa: PLC0415 slow library: qrcode, which few requests need
    from qrcode.image.svg import SvgPathFillImage  # noqa: PLC0415 slow library: qrcode, which few requests need

    file = BytesIO()
    qrcode.make(url, image_factory=SvgPathFillImage, box_size=10, border=4).save(file)
    return file.getvalue()


def _day(cohort: Cohort) -> str:
    closes = cohort.signup_closes_at
    return format_date(closes.astimezone(cohort.closing_zone), "l j F Y") if closes else ""


def _body(cohort: Cohort, url: str) -> str:
    programme, until = cohort.programme, _day(cohort)
    first, last = (format_date(day, "j F Y") for day in (cohort.starts_on, cohort.ends_on))
    parts = [
        "Hello,",
        programme.summary.strip(),
        f"{programme} is looking for {programme.plural_of('mentee')} and {programme.plural_of('mentor')} for "
        f"{cohort}. It runs from {first} to {last}.",
        f"Sign up{f' by {until}' if until else ''}:\n{url}",
        f"Questions? Write to {programme.contact_email}.",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _button(cohort: Cohort, url: str) -> str:
    """HTML to paste into a website, as text that pages escape: a link with its own styles, nothing loaded from here."""
    style = (
        "display:inline-block;padding:12px 20px;border-radius:8px;background:#1c6b58;color:#fff;"
        "font:600 16px/1.25 sans-serif;text-decoration:none"
    )
    return f'<a href="{escape(url)}" style="{style}">Sign up for {escape(cohort.programme)}: {escape(cohort)}</a>'
