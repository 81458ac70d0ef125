"""Create, edit, publish and share impact reports."""

import hashlib
import json
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from cohorts.models import Cohort
from mentorship.core.accounts.models import User, Workspace
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from mentorship.core.wording import require_right_words
from partners.models import ImpactReport, Partner, ReportLink, ReportVersion, Sponsorship
from partners.reports.acknowledgements import gifts_in_words
from partners.reports.blocks import all_blocks, block_of
from partners.reports.composition import cohorts_of, compose
from partners.reports.mails import send_published

MAX_DAYS = 365


@transaction.atomic
def create_report(
    *,
    workspace: Workspace,
    title: str,
    by: User,
    partner: Partner | None = None,
    cohort: Cohort | None = None,
    year: int | None = None,
    first_year: int | None = None,
    words: str = "",
    blocks: Sequence[str] | None = None,
) -> ImpactReport:
    """Create a report about a cohort or about years. Raises ServiceError for objects of another programme."""
    if (cohort is None) == (year is None):
        raise ServiceError("A report is about a cohort or about a year: choose one of them.")
    if first_year is not None and (year is None or first_year > year):
        raise ServiceError("The first year must not be after the last one.")
    if (cohort and cohort.programme.workspace_id != workspace.pk) or (partner and partner.workspace_id != workspace.pk):
        raise ServiceError("This belongs to another programme.")
    report = ImpactReport.objects.create(
        workspace=workspace,
        title=title,
        partner=partner,
        cohort=cohort,
        year=year,
        first_year=first_year if first_year != year else None,
        words=words,
        blocks=_checked_kinds([block.kind for block in all_blocks()] if blocks is None else blocks),
    )
    record(verb=Verb.CREATED, target=report, workspace_id=workspace.pk, by=by)
    return report


@transaction.atomic
def save_report(*, report: ImpactReport, by: User) -> ImpactReport:
    """Save title, words and blocks. Published versions are not changed."""
    report.blocks = _checked_kinds(report.blocks)
    report.save()
    record(verb=Verb.EDITED, target=report, workspace_id=report.workspace_id, by=by)
    return report


@transaction.atomic
def publish_report(*, report: ImpactReport, by: User) -> ReportVersion:
    """Publish the report as its next version, which never changes; the partner's contacts see it, and get a mail.

    If nothing has changed, no new version is created, and nobody gets a mail.
    """
    locked = (
        ImpactReport.objects.select_for_update(of=("self",))
        .select_related("partner", "cohort__programme")
        .get(pk=report.pk)
    )
    locked.workspace.refuse_if_sample("its reports stay drafts")
    require_right_words(locked.workspace_id, [locked.title, locked.words, *_scopes_in(locked)])
    data = compose(locked, release=True)
    if not data["blocks"]:
        raise ServiceError("There is nothing to tell yet: every block is empty.")
    last = locked.versions.order_by("-number").first()
    # A figure kept from an earlier version is not a change.
    same = {"at": "", "definitions": []}
    if last and {**last.data, **same} == {**json.loads(json.dumps(data)), **same}:
        return last
    number = last.number + 1 if last else 1
    version = ReportVersion.objects.create(report=locked, number=number, published_by=by, data=data)
    record(verb=Verb.PUBLISHED, target=locked, workspace_id=locked.workspace_id, by=by, version=version.number)
    send_published(version)
    return version


@transaction.atomic
def share_version(*, version: ReportVersion, days: int, by: User) -> tuple[ReportLink, str]:
    """Create a secret link that expires. Returns the row and the secret, of which only the hash is stored."""
    if not 1 <= days <= MAX_DAYS:
        raise ServiceError(f"A link works for 1 to {MAX_DAYS} days.")
    token = secrets.token_urlsafe(32)
    link = ReportLink.objects.create(
        version=version, token_hash=_hash(token), expires_at=timezone.now() + timedelta(days=days), created_by=by
    )
    record(
        verb=Verb.SHARED_BY_A_LINK,
        target=version.report,
        workspace_id=version.report.workspace_id,
        by=by,
        version=version.number,
        days=days,
    )
    return link, token


@transaction.atomic
def revoke_link(*, link: ReportLink, by: User) -> None:
    """Revoke a link. Idempotent."""
    if ReportLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=timezone.now()):
        report = link.version.report
        record(verb=Verb.ENDED_A_LINK, target=report, workspace_id=report.workspace_id, by=by)


def version_by_token(token: str, now: datetime) -> ReportVersion | None:
    """The version behind a secret link; None if the link is unknown, revoked or expired."""
    found = ReportLink.objects.filter(token_hash=_hash(token), revoked_at=None, expires_at__gt=now)
    link = found.select_related("version__report__partner").first()
    return link.version if link else None


def _checked_kinds(kinds: Sequence[str]) -> list[str]:
    """The kinds of blocks, each once."""
    if not kinds:
        raise ServiceError("Choose at least one block.")
    try:
        return [block_of(kind).kind for kind in dict.fromkeys(kinds)]
    except LookupError as error:
        raise ServiceError(str(error)) from error


def _scopes_in(report: ImpactReport) -> list[str]:
    """The scopes of its partner's sponsorships and the gifts in kind, for which the report thanks."""
    cohorts = cohorts_of(report)
    gifts = gifts_in_words(cohorts)
    if report.partner is None:
        return [words for all_of in gifts.values() for words in all_of]
    found = Sponsorship.objects.filter(partner=report.partner, cohort__in=cohorts, draft=False)
    return [*found.values_list("scope", flat=True), *gifts.get(report.partner.pk, [])]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
