"""Certificate of attendance as a page and as a PDF."""

import json
from dataclasses import dataclass
from datetime import date

import typst

from training.booking.attendees import Attendee

SOURCE = """
#let data = json(bytes(sys.inputs.data))
#set document(title: data.title, author: data.programme)
#set page(paper: "a4", flipped: true, margin: 2.5cm)
#set text(size: 14pt, lang: "en")
#align(center + horizon)[
  #text(size: 12pt, fill: rgb("#555555"))[#data.programme]
  #v(1em)
  #heading(level: 1)[#data.title]
  #v(1.5em)
  #text(size: 26pt, weight: "bold")[#data.name]
  #v(0.8em)
  took part in “#data.training”#if data.topic != "" [ (#data.topic)] on #data.day, #data.hours.
  #v(0.6em)
  Given by #data.provider for #data.cohort.
  #v(2.5em)
  #text(size: 10pt, fill: rgb("#555555"))[Whether this certificate is real says #link(data.link)[this page].]
]
"""


@dataclass(frozen=True)
class Certificate:
    """What a certificate says."""

    name: str
    training: str
    topic: str
    provider: str
    cohort: str
    programme: str
    day: str
    hours: str
    link: str
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
    )


def certificate_pdf(certificate: Certificate) -> bytes:
    """Render a certificate as a tagged PDF of one page."""
    # Passed as JSON, so that # or $ in a name is no markup.
    return typst.compile(SOURCE.encode(), sys_inputs={"data": json.dumps(certificate.__dict__)})
