"""The public pages of programmes, rounds and projects. They need no account and are the same for everybody."""

from abc import ABC, abstractmethod
from typing import Any

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.http import conditional_page

from checkins.recognition.service_certificates import named_helpers
from cohorts.models import Cohort, Enrollment, Programme, ProjectPage, PublicPage, PublicRound, Topic
from cohorts.querysets import ProjectPageQuerySet
from cohorts.signup_form.form_definition import asks_for_project
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.ui.requests import page_of
from mentorship.core.ui.search import every_word
from mentorship.core.views import LookupView
from mentorship.portal.public_face.content import (
    common_questions,
    day_range,
    lines_of,
    open_calls,
    partner_lines,
    partners_of,
    project_links,
    steps_of,
    team_lines,
    testimonials_of,
)
from mentorship.portal.public_face.figures import programme_figures, round_figures
from mentorship.portal.public_face.metadata import citation, programme_facts, project_facts, round_facts
from mentorship.portal.public_face.people import graduates_of, helpers_of, named_counts, project_cards

CARDS, FIRST_CARDS, TOPICS, QUOTES = 24, 3, 12, 4


@method_decorator(conditional_page, name="dispatch")
class FaceView(LookupView):
    """A public page. Browsers and proxies may keep it, but ask each time whether it is still the same.

    So somebody who is taken out is gone at once. While a page is off, its team sees it as a preview.
    """

    page_row: PublicPage
    is_preview = False

    def look_up(self) -> None:
        rows = PublicPage.objects.select_related("programme__workspace")
        self.page_row = get_visible_or_404(rows, slug=self.kwargs["page_slug"])
        self.programme = self.page_row.programme
        self.require(on=self.page_row.is_on)

    def require(self, *, on: bool) -> None:
        """Raise Http404 if a page is off and the reader is not of its team."""
        if not on:
            if not Programme.objects.visible_to(self.request.user).filter(pk=self.programme.pk).exists():
                raise Http404
            self.is_preview = True

    def page(self, status: int = 200, **context: Any) -> HttpResponse:
        response = super().page(status, **context)
        response["Cache-Control"] = "public, no-cache"
        return response

    def get_context(self) -> dict[str, Any]:
        return {
            "face": self.page_row,
            "programme": self.programme,
            "preview": self.is_preview,
            "about": self.page_row.about or self.programme.summary,
        }

    def picture_words(self) -> tuple[str, str, str]:
        """The line above the title of its sharing picture, the title, and the line below."""
        return self.programme.name, self.page_row.headline or self.programme.name, ""

    def rounds(self) -> list[PublicRound]:
        """The rounds of the programme whose pages are on, the latest first."""
        found = PublicRound.objects.filter(cohort__programme=self.programme, is_on=True)
        rows = found.exclude(cohort__status=Cohort.Status.DRAFT).select_related("cohort")
        return [_of(one, self.programme) for one in rows.order_by("-cohort__starts_on", "-pk")]


class ProgrammeFace(FaceView):
    """The page of a programme: its texts, open calls and rounds."""

    template_name = "portal/public_face/programme.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        row, rounds = self.page_row, self.rounds()
        begun = [one for one in rounds if one.cohort.status not in ("enrolling", "matching")]
        calls = open_calls(self.programme) if row.shows_calls else []
        latest = begun[0] if begun else None
        projects = ProjectPage.objects.agreed().filter(enrollment__cohort__in=[one.cohort_id for one in begun[:1]])
        of_steps = calls[0].cohort if calls else latest.cohort if latest else None
        named = named_counts([one.cohort_id for one in begun])
        return self.page(
            facts=programme_facts(row, calls),
            calls=calls,
            call_rounds=len({call.cohort.pk for call in calls}),
            steps=steps_of(of_steps),
            steps_of=of_steps,
            has_rounds=bool(rounds),
            rounds=[(one, day_range(one.cohort.starts_on, one.cohort.ends_on)) for one in rounds],
            figures=programme_figures(self.programme, begun, named),
            counted=max((one.counted_on for one in begun if one.counted_on), default=None),
            number_of_rounds=len(begun),
            quotes=testimonials_of([one.cohort_id for one in begun], QUOTES),
            latest=latest,
            cards=project_cards(projects[:FIRST_CARDS]),
            number_of_projects=projects.count() if latest else 0,
            gives=lines_of(row.gives),
            expects=lines_of(row.expects),
            team=team_lines(row.run_by),
            partner_groups=partners_of(self.programme) if row.shows_partners else [],
            questions=common_questions(row.questions),
        )


class RoundFace(FaceView):
    """A round: what came of it, its projects, and the people who agreed to be named."""

    template_name = "portal/public_face/round.html"

    def look_up(self) -> None:
        super().look_up()
        rows = PublicRound.objects.filter(cohort__programme=self.programme).exclude(cohort__status="draft")
        found = get_visible_or_404(rows.select_related("cohort"), slug=self.kwargs["round_slug"])
        self.round = _of(found, self.programme)
        self.require(on=found.is_on)

    def get(self, request: HttpRequest) -> HttpResponse:
        cohort, everything = self.round.cohort, self.projects()
        chosen = self._topic(everything)
        found = _search(everything, request.GET.get("q", ""))
        if chosen:
            found = found.filter(enrollment__topics=chosen)
        page_obj = page_of(request, found, CARDS)
        graduates, helpers, dates = (
            graduates_of(cohort),
            helpers_of(cohort),
            day_range(cohort.starts_on, cohort.ends_on),
        )
        cards = project_cards(page_obj.object_list)
        return self.page(
            facts=round_facts(self.round, self.programme, dates, cards),
            dates=dates,
            figures=round_figures(self.round, named_counts([cohort.pk])[cohort.pk]),
            page_obj=page_obj,
            cards=cards,
            has_projects=bool(page_obj.paginator.count) or everything.exists(),
            asks_for_project=asks_for_project(cohort),
            topics=self._topics(everything),
            chosen=chosen,
            q=request.GET.get("q", ""),
            quotes=testimonials_of([cohort.pk], QUOTES),
            graduates=graduates,
            helpers=helpers,
            calls=open_calls(self.programme) if self.page_row.shows_calls else [],
        )

    def picture_words(self) -> tuple[str, str, str]:
        cohort = self.round.cohort
        return self.programme.name, cohort.name, day_range(cohort.starts_on, cohort.ends_on)

    def projects(self) -> ProjectPageQuerySet:
        return ProjectPage.objects.agreed().filter(enrollment__cohort=self.round.cohort)

    def _topic(self, everything: ProjectPageQuerySet) -> Topic | None:
        key = self.request.GET.get("topic", "").replace("\0", "")
        if not key:
            return None
        return get_visible_or_404(Topic.objects.filter(enrollments__project_page__in=everything).distinct(), key=key)

    def _topics(self, everything: ProjectPageQuerySet) -> list[Topic]:
        """The most common topics of the projects that are shown, with their number."""
        rows = Topic.objects.filter(enrollments__project_page__in=everything.order_by().values("pk"))
        return list(rows.annotate(n=Count("enrollments")).order_by("-n", "name")[:TOPICS])

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "has_rounds": True, "round": self.round, "cohort": self.round.cohort}


class ProjectFace(RoundFace):
    """A project: its texts, its links, and its people who agreed to be named."""

    template_name = "portal/public_face/project.html"

    def look_up(self) -> None:
        super().look_up()
        found = self.projects().select_related("enrollment__user")
        self.project = get_visible_or_404(found, slug=self.kwargs["project_slug"])

    def get(self, request: HttpRequest) -> HttpResponse:
        (card,) = project_cards([self.project])
        return self.page(
            facts=project_facts(card, self.round.cohort),
            citation=citation(card, self.round.cohort),
            card=card,
            project=self.project,
            links=project_links(self.project.links),
            graduated=self.project.enrollment.status == "completed",
        )

    def picture_words(self) -> tuple[str, str, str]:
        return self.programme.name, self.project.enrollment.title, self.round.cohort.name


class FaceByShortName(FaceView, ABC):
    """A public page whose address names the programme, as it is called now or was when the page was made."""

    @abstractmethod
    def is_on(self) -> bool:
        """Whether everybody sees it."""

    def look_up(self) -> None:
        slug = self.kwargs["programme_slug"]
        rows = PublicPage.objects.filter(Q(slug=slug) | Q(programme__slug=slug)).select_related("programme")
        # The address of then comes before the short name of now.
        found = sorted(rows, key=lambda row: row.slug != slug)
        if not found:
            raise Http404
        self.page_row, self.programme = found[0], found[0].programme
        self.require(on=self.is_on())


class ThanksFace(FaceByShortName):
    """The page that thanks everybody who helped and agreed to be named, by round."""

    template_name = "portal/public_face/thanks.html"

    def is_on(self) -> bool:
        return self.page_row.thanks_on

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(rounds=named_helpers(self.programme))


class PartnersFace(FaceByShortName):
    """Partners that may be named, with what each of them supports."""

    template_name = "portal/public_face/partners.html"

    def is_on(self) -> bool:
        return self.page_row.is_on and self.page_row.shows_partners

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(lines=partner_lines(self.programme))


def _of(found: PublicRound, programme: Programme) -> PublicRound:
    """The round with its programme, which was read before."""
    found.cohort.programme = programme
    return found


def _search(found: ProjectPageQuerySet, text: str) -> ProjectPageQuerySet:
    """Projects with every word in their title, their summary or a topic."""
    of_topic = Enrollment.objects.all()
    return every_word(
        found,
        text,
        "enrollment__title",
        "summary",
        lambda word: Q(enrollment__in=of_topic.filter(topics__name__icontains=word).values("pk")),
    )
