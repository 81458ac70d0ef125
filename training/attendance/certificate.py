"""Certificate of attendance as a page and as a PDF."""

from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from mentorship.core.papers.pdf import make_pdf
from training.booking.attendees import Attendee

SOURCE = Path(__file__).with_name("certificate.typ")


@dataclass(frozen=True)
class Certificate:
    """The text of a certificate."""

    name: str
    training: str
    topic: str
    provider: str
    cohort: str
    programme: str
    day: str
    hours: str
    link: str
    country: str = ""
    title: str = "Certificate of attendance"


def certificate_of(person: Attendee, link: str) -> Certificate:
    """The certificate of somebody who attended. Its date is in the cohort's time zone."""
    session = person.booking.session
    day: date = session.starts_at.astimezone(session.cohort.tz).date()
    hours, minutes = divmod(session.minutes, 60)
    words = [f"{hours} hour{'s' if hours > 1 else ''}"] if hours else []
    return Certificate(
        name=person.name,
        training=session.training.name,
        topic=session.training.topic,
        provider=session.training.provider.name,
        cohort=session.cohort.name,
        programme=session.cohort.programme.name,
        day=f"{day.day} {day:%B %Y}",
        hours=" and ".join([*words, *([f"{minutes} minutes"] if minutes else [])]),
        link=link,
        country=person.country,
    )


def certificate_pdf(certificate: Certificate) -> bytes:
    """Render a certificate as PDF/A of one page. Raises PaperError."""
    return make_pdf(SOURCE, asdict(certificate), standard="a-2b", country=certificate.country)
