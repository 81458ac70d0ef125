"""Switch public pages on and off, agree to be shown, and take it back. What is taken back is gone at once."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from cohorts.models import Cohort, Enrollment, Programme, ProjectPage, PublicPage, PublicRound, TeamMember
from cohorts.querysets import BEGUN
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from mentorship.core.text import without_accents
from mentorship.portal.public_face.figures import release_figures


def page_of_programme(programme: Programme) -> PublicPage:
    """The public page of a programme; a new, unsaved one that shows nothing where there is none."""
    found = PublicPage.objects.filter(programme=programme).first()
    return found or PublicPage(programme=programme, slug=_free_slug(PublicPage, programme.slug))


def round_of_cohort(cohort: Cohort) -> PublicRound:
    """The public page of a cohort; a new, unsaved one that is off where there is none."""
    found = PublicRound.objects.filter(cohort=cohort).select_related("cohort__programme").first()
    return found or PublicRound(cohort=cohort, slug=_free_slug(PublicRound, cohort.slug))


@transaction.atomic
def save_public_page(*, page: PublicPage, by: User) -> PublicPage:
    """Save the switches and texts of a programme's pages."""
    page.save()
    programme = page.programme
    switches = {name: getattr(page, name) for name in ("is_on", "thanks_on", "shows_calls", "shows_partners")}
    record(verb=Verb.EDITED_PUBLIC_PAGE, target=programme, workspace_id=programme.workspace_id, by=by, **switches)
    return page


@transaction.atomic
def set_round_shown(*, cohort: Cohort, shown: bool, by: User) -> PublicRound:
    """Switch the page of a round on or off. Raises ServiceError for drafts.

    Its figures are counted as it goes on, unless places are still given: what was shown once bounds what may follow.
    """
    if shown and cohort.status == Cohort.Status.DRAFT:
        raise ServiceError(f"{cohort} is a draft. Open its sign-up first.")
    locked = Cohort.objects.select_for_update(of=("self",)).select_related("programme").get(pk=cohort.pk)
    _with_page(locked.programme)
    page = round_of_cohort(locked)
    if page.pk and page.is_on == shown:
        return page
    page.is_on = shown
    if shown and locked.status in BEGUN:
        _count(page)
    page.save()
    verb = Verb.SHOWN_IN_PUBLIC if shown else Verb.NOT_SHOWN_IN_PUBLIC
    record(verb=verb, target=cohort, workspace_id=cohort.workspace_id, by=by)
    return page


@transaction.atomic
def count_again(*, cohort: Cohort, by: User) -> PublicRound:
    """Count the figures of a shown round anew. Raises ServiceError if its page is off."""
    page = round_of_cohort(cohort)
    if not page.is_on or cohort.status not in BEGUN:
        raise ServiceError("Figures are counted once the round has begun and its page is on.")
    _count(page)
    page.save(update_fields=["figures", "counted_on"])
    record(verb=Verb.COUNTED_FOR_THE_PUBLIC, target=cohort, workspace_id=cohort.workspace_id, by=by)
    return page


@transaction.atomic
def set_named(*, enrollment: Enrollment, person: User, named: bool) -> None:
    """Save whether a person may be named in public as part of a cohort. Raises ServiceError if they have left."""
    locked = (
        Enrollment.objects.select_for_update(of=("self",)).select_related("cohort__programme").get(pk=enrollment.pk)
    )
    theirs: Enrollment | TeamMember | None = locked
    if person.pk != locked.user_id:
        theirs = TeamMember.objects.filter(enrollment=locked, user=person).first()
    if theirs is None or not locked.occupies_place:
        raise ServiceError("You are no longer in this cohort.")
    if theirs.listed_publicly == named:
        return
    theirs.listed_publicly = named
    theirs.save(update_fields=["listed_publicly"])
    verb = Verb.MAY_BE_NAMED if named else Verb.MAY_NOT_BE_NAMED
    record(verb=verb, target=locked, workspace_id=locked.cohort.workspace_id, by=person, person=person.pk)


@transaction.atomic
def save_project_page(
    *, enrollment: Enrollment, agrees: bool, by: User, words: Mapping[str, Any] | None = None
) -> ProjectPage:
    """Save the public page of a project, and whether everybody may see it. Raises ServiceError if it can't be shown."""
    locked = (
        Enrollment.objects.select_for_update(of=("self",)).select_related("cohort__programme").get(pk=enrollment.pk)
    )
    if agrees and (locked.role != "mentee" or not locked.occupies_place or locked.cohort.status not in BEGUN):
        raise ServiceError("A project can be shown once its cohort has begun.")
    if agrees and not locked.title:
        raise ServiceError("There is no project to show: the sign-up doesn’t say what they work on.")
    page = ProjectPage.objects.filter(enrollment=locked).first() or ProjectPage(enrollment=locked)
    for name, text in (words or {}).items():
        setattr(page, name, text)
    was_shown = page.agreed_at is not None
    page.slug = page.slug or _project_slug(locked)
    if agrees != was_shown:
        page.agreed_at, page.agreed_by = (timezone.now(), by) if agrees else (None, None)
    page.save()
    verb = Verb.EDITED_PUBLIC_PAGE
    if agrees != was_shown:
        verb = Verb.SHOWN_IN_PUBLIC if agrees else Verb.NOT_SHOWN_IN_PUBLIC
    record(verb=verb, target=locked, workspace_id=locked.cohort.workspace_id, by=by)
    return page


@transaction.atomic
def show_projects(*, cohort: Cohort, enrollments: Collection[int], by: User) -> int:
    """Show projects whose leads told the coordinators that they agree. Returns how many are new."""
    Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
    waiting = (
        Enrollment.objects.filter(cohort=cohort, pk__in=enrollments, role="mentee").exclude(title="").occupying_place()
    )
    new = list(waiting.exclude(project_page__agreed_at__isnull=False).order_by("pk"))
    for one in new:
        save_project_page(enrollment=one, agrees=True, by=by)
    return len(new)


@transaction.atomic
def hold_back_project(*, page: ProjectPage, held_back: bool, by: User) -> None:
    """Switch the page of one project off, or on again; its lead's consent stays."""
    if page.held_back == held_back:
        return
    page.held_back = held_back
    page.save(update_fields=["held_back"])
    one = page.enrollment
    verb = Verb.NOT_SHOWN_IN_PUBLIC if held_back else Verb.SHOWN_IN_PUBLIC
    record(verb=verb, target=one, workspace_id=one.cohort.workspace_id, by=by)


def _with_page(programme: Programme) -> None:
    page = page_of_programme(programme)
    if page.pk is None:
        page.save()


def _count(page: PublicRound) -> None:
    page.figures = release_figures(page.cohort)
    page.counted_on = timezone.localdate(timezone=page.cohort.tz)


def _free_slug(model: type[PublicPage] | type[PublicRound], wanted: str) -> str:
    """The short name, or the next free one: somebody else's page may have kept it as its address."""
    used = set(model.objects.filter(slug__startswith=wanted[:50]).values_list("slug", flat=True))
    names = (wanted, *(f"{wanted[:50]}-{number}" for number in range(2, 999)))
    return next(name for name in names if name not in used)


def _project_slug(enrollment: Enrollment) -> str:
    base = slugify(without_accents(enrollment.title))[:50].strip("-") or f"project-{enrollment.pk}"
    others = ProjectPage.objects.filter(enrollment__cohort=enrollment.cohort_id, slug__startswith=base)
    used = set(others.values_list("slug", flat=True))
    return next(name for name in (base, *(f"{base}-{n}" for n in range(2, 9999))) if name not in used)
