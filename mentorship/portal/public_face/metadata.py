"""Facts about a public page for search engines and for those who share it."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from cohorts.models import Cohort, Programme, ProjectPage, PublicPage, PublicRound
from mentorship.core.text import join_names, shorten
from mentorship.portal.public_face.content import OpenCall, project_links
from mentorship.portal.public_face.people import ProjectCard

DESCRIPTION = 200
# What could end the element in which the facts stand.
_ESCAPED = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@dataclass(frozen=True)
class PageFacts:
    """The title, description and addresses of a page, and its facts in the words of schema.org."""

    title: str
    description: str
    path: str
    kind: str
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return settings.SITE_URL + self.path

    @property
    def picture(self) -> str:
        return f"{self.url}picture.png"

    @property
    def short_description(self) -> str:
        return shorten(self.description, DESCRIPTION).replace("\n", " ")

    @property
    def json_ld(self) -> SafeString:
        """The facts as JSON-LD, for a script element that runs nothing."""
        said = {
            "@context": "https://schema.org",
            "@type": self.kind,
            "name": self.title,
            "url": self.url,
            "description": self.short_description,
            **self.facts,
        }
        told = {name: value for name, value in said.items() if value}
        return mark_safe(json.dumps(told, ensure_ascii=False).translate(_ESCAPED))  # escaped for its element


def programme_facts(page: PublicPage, calls: list[OpenCall]) -> PageFacts:
    """A programme, with the dates of its first open call."""
    programme = page.programme
    facts: dict[str, Any] = {"provider": {"@type": "Organization", "name": programme.name}}
    if calls:
        cohort = calls[0].cohort
        facts |= {"startDate": cohort.starts_on.isoformat(), "endDate": cohort.ends_on.isoformat()}
        if cohort.signup_closes_at:
            facts["applicationDeadline"] = cohort.signup_closes_at.isoformat()
    about = page.about or programme.summary
    return PageFacts(programme.name, about, page.get_absolute_url(), "EducationalOccupationalProgram", facts)


def round_facts(found: PublicRound, programme: Programme, dates: str, cards: list[ProjectCard]) -> PageFacts:
    """A round, with the projects on its page."""
    parts = [_work(card.page) for card in cards]
    about = f"{found.cohort.name} of {programme.name}, {dates}: its projects, and the people who agreed to be named."
    return PageFacts(found.cohort.name, about, found.get_absolute_url(), "CollectionPage", {"hasPart": parts})


def project_facts(card: ProjectCard, cohort: Cohort) -> PageFacts:
    """A project, with its people who agreed to be named."""
    page = card.page
    about = page.summary or f"A project of {cohort.name}, {cohort.programme.name}."
    facts = {
        "author": [{"@type": "Person", "name": person.known_name} for person in card.people],
        "keywords": card.topics,
        "isPartOf": {"@type": "Collection", "name": f"{cohort.programme.name}, {cohort.name}"},
        "sameAs": [link.url for link in project_links(page.links)],
    }
    return PageFacts(page.enrollment.title, about, page.get_absolute_url(), "CreativeWork", facts)


def citation(card: ProjectCard, cohort: Cohort) -> str:
    """How to cite a project: names as people write them, the year in which the round ended."""
    who = join_names([person.known_name for person in card.people]) or cohort.programme.name
    where = settings.SITE_URL + card.page.get_absolute_url()
    title = card.page.enrollment.title.rstrip(".")
    return f"{who} ({cohort.ends_on.year}): {title}. {cohort.programme.name}, {cohort.name}. {where}"


def _work(page: ProjectPage) -> dict[str, str]:
    return {
        "@type": "CreativeWork",
        "name": page.enrollment.title,
        "url": settings.SITE_URL + page.get_absolute_url(),
    }
