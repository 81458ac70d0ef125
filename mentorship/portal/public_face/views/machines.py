"""Public pages for machines: sharing pictures, feeds, and the map of the site. They hold what the pages hold."""

import logging
from datetime import UTC, datetime, time
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.feedgenerator import Atom1Feed
from django.views import View

from cohorts.models import ProjectPage, PublicPage, PublicRound
from mentorship.core.papers.pdf import PaperError, make_png
from mentorship.core.text import printable
from mentorship.portal.public_face.content import day_range, open_calls
from mentorship.portal.public_face.views.pages import FaceView, ProgrammeFace, ProjectFace, RoundFace

logger = logging.getLogger(__name__)

TEMPLATE = Path(__file__).parents[1] / "picture.typ"
IN_FEED, IN_MAP = 50, 40_000
# The pages of so many programmes are in one map.
MAPPED_AT_ONCE = 5


class _Picture(FaceView):
    """The picture that goes with a page where it is shared: titles only, no names of people."""

    def get(self, request: HttpRequest) -> HttpResponse:
        try:
            content = _drawn(*self.picture_words())
        except PaperError as error:
            if error.letters:  # which no font has
                raise Http404 from error
            logger.warning("A picture of a public page was not made: %s", error)
            busy = HttpResponse(status=503, headers={"Retry-After": "60"})
            busy._has_been_logged = True  # type: ignore[attr-defined]  # by the line above
            return busy
        return HttpResponse(content, content_type="image/png", headers={"Cache-Control": "public, no-cache"})


class ProgrammePicture(_Picture, ProgrammeFace):
    """The sharing picture of a programme."""


class RoundPicture(_Picture, RoundFace):
    """The sharing picture of a round."""


class ProjectPicture(_Picture, ProjectFace):
    """The sharing picture of a project."""


@lru_cache(maxsize=64)
def _drawn(above: str, title: str, below: str) -> bytes:
    return make_png(TEMPLATE, {"above": above, "title": title, "below": below})


class Feed(FaceView):
    """News of a programme as Atom: open calls, rounds, projects. Read anew each time, so it never names who left."""

    def get(self, request: HttpRequest) -> HttpResponse:
        page, site = self.page_row, settings.SITE_URL
        feed = Atom1Feed(
            title=printable(self.programme.name),
            link=site + page.get_absolute_url(),
            description=printable(page.about or self.programme.summary),
            feed_url=site + request.path,
            language="en-gb",
        )
        for at, title, url, text in self._entries()[:IN_FEED]:
            feed.add_item(
                title=printable(title),
                link=site + url,
                description=printable(text),  # XML has no control characters, which people paste with their words
                pubdate=at,
                updateddate=at,
                unique_id=site + url,
            )
        content = feed.writeString("utf-8")
        return HttpResponse(content, content_type=feed.content_type, headers={"Cache-Control": "public, no-cache"})

    def _entries(self) -> list[tuple[datetime, str, str, str]]:
        """When, title, address and text of each entry, the latest first."""
        found = []
        for call in open_calls(self.programme) if self.page_row.shows_calls else []:
            until = f"Sign-up closes {call.until}." if call.until else "Sign-up is open."
            title = f"Sign up as {call.as_a} for {call.cohort.name}"
            found.append((call.cohort.created_at, title, call.url, until))
        rounds = self.rounds()
        for one in rounds:
            at = datetime.combine(one.counted_on or one.cohort.starts_on, time(), UTC)
            dates = day_range(one.cohort.starts_on, one.cohort.ends_on)
            found.append((at, one.cohort.name, one.get_absolute_url(), f"The round of {dates} with its projects."))
        projects = ProjectPage.objects.agreed().filter(enrollment__cohort__in=[one.cohort_id for one in rounds])
        found += [
            (page.agreed_at, page.enrollment.title, page.get_absolute_url(), page.summary)
            for page in projects.order_by("-agreed_at")[:IN_FEED]
            if page.agreed_at
        ]
        return sorted(found, key=lambda entry: entry[0], reverse=True)


class SiteMap(View):
    """The addresses of all public pages that are on; of many programmes, those of the map of each, `?of=` its page."""

    def get(self, request: HttpRequest) -> HttpResponse:
        pages = PublicPage.objects.filter(is_on=True).order_by("slug")
        rounds, projects = PublicRound.objects.shown(), ProjectPage.objects.shown()
        if of := request.GET.get("of", "").replace("\0", ""):
            pages = pages.filter(slug=of)
            rounds = rounds.filter(cohort__programme__public_page__slug=of)
            projects = projects.filter(enrollment__cohort__programme__public_page__slug=of)
        found = list(pages[:IN_MAP])
        here = f"{settings.SITE_URL}{request.path}"
        if not of and len(found) > MAPPED_AT_ONCE:
            context = {"maps": [f"{here}?of={page.slug}" for page in found]}
        else:
            rows = [*found, *rounds[:IN_MAP], *projects[:IN_MAP]][:IN_MAP]
            context = {"addresses": [settings.SITE_URL + row.get_absolute_url() for row in rows]}
        return render(request, "portal/public_face/sitemap.xml", context, content_type="application/xml")


class Robots(View):
    """Where machines find the map of the site."""

    def get(self, request: HttpRequest) -> HttpResponse:
        text = f"User-agent: *\nDisallow:\n\nSitemap: {settings.SITE_URL}/sitemap.xml\n"
        return HttpResponse(text, content_type="text/plain")
