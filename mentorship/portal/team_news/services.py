"""Tell coordinators by mail what happened in their programmes, as often as each of them wants it.

The mail of a role covers the time since `news_until`. Its text, its outbox row and the new `news_until` are written in
one transaction under a lock of the role, so nothing is told twice and no span is skipped, however late a sweep runs.
"""

import logging
from datetime import UTC, datetime, time, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from cohorts.models import Programme
from cohorts.setup.team import TEAM_RULE
from mentorship.core.accounts.models import User, WorkspaceRole
from mentorship.core.audit.models import AuditEntry
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.links import absolute_url
from mentorship.core.outbox.send_mail import send_mail
from mentorship.core.timezones import local_moment
from mentorship.portal.team_news.happenings import Span, happenings_of
from mentorship.portal.team_news.links import news_link

logger = logging.getLogger(__name__)

News = WorkspaceRole.News
# A row becomes visible when its transaction ends, a little after the moment that it bears.
SETTLED = timedelta(minutes=5)
# "At once" gathers what comes in a rush.
BETWEEN_MAILS = timedelta(minutes=10)
MORNING, MONDAY = time(8), 0


def sweep_team_news(now: datetime) -> int:
    """Write the news mails that are due at `now` (UTC) and return how many.

    A role is first noted with the present moment: nobody is told of what was before they joined the team.
    """
    roles = readers().filter(news_until=None)
    roles.update(news_until=now)
    return sum(_tell(pk, now) for pk in _due(now))


@transaction.atomic
def set_news(*, role: WorkspaceRole, news: str, by: User, now: datetime | None = None) -> None:
    """Choose how often a member of a team is told. Whoever wants it again is told what happens from now on."""
    before = WorkspaceRole.objects.select_for_update(of=("self",)).get(pk=role.pk)
    if before.news == news:
        return
    restart = {"news_until": now or timezone.now()} if before.news == News.NEVER else {}
    WorkspaceRole.objects.filter(pk=role.pk).update(news=news, **restart)
    record(verb=Verb.EDITED, target=role, workspace_id=role.workspace_id, by=by, fields=["news"])


def readers() -> QuerySet[WorkspaceRole]:
    """The roles whose people are told: those who run a programme, and want it. Of sample data there is no news."""
    roles = WorkspaceRole.objects.filter(role__in=WorkspaceRole.EDITORS, user__is_active=True)
    return roles.filter(workspace__is_sample=False).exclude(news=News.NEVER)


def end_of_news(role: WorkspaceRole, now: datetime) -> datetime:
    """Up to which moment (UTC) a role may be told at `now`: a morning of their own, or a moment ago."""
    settled = now - SETTLED
    if role.news == News.AT_ONCE:
        return settled
    zone = role.user.tz
    day = settled.astimezone(zone).date()
    if role.news == News.WEEKLY:
        day -= timedelta(days=(day.weekday() - MONDAY) % 7)
    morning = local_moment(day, MORNING, zone)
    step = timedelta(days=7 if role.news == News.WEEKLY else 1)
    return (morning if morning <= settled else local_moment(day - step, MORNING, zone)).astimezone(UTC)


def _due(now: datetime) -> list[int]:
    """Roles with something to look at: changes since they were last told, all of which leave an audit entry."""
    settled = now - SETTLED
    changes = AuditEntry.objects.filter(workspace=OuterRef("workspace"), at__gte=OuterRef("news_until"), at__lt=settled)
    rested = Q(news=News.AT_ONCE, news_until__lte=now - BETWEEN_MAILS) | ~Q(news=News.AT_ONCE)
    roles = readers().filter(rested, Exists(changes), news_until__lt=settled).select_related("user")
    return [role.pk for role in roles.order_by("pk") if role.news_until and role.news_until < end_of_news(role, now)]


def _tell(pk: int, now: datetime) -> bool:
    """Write the mail of one role; False if nothing happened, or another sweep was first."""
    with transaction.atomic():
        role = readers().select_for_update(of=("self",)).select_related("user").filter(pk=pk).first()
        if role is None or role.news_until is None or role.news_until >= (end := end_of_news(role, now)):
            return False
        start = role.news_until
        WorkspaceRole.objects.filter(pk=pk).update(news_until=end)
        programme = Programme.objects.filter(workspace=role.workspace_id).first()
        groups = happenings_of(role.workspace_id, Span(start, end)) if programme else []
        if not programme or not groups:
            return False
        stop = news_link(role)
        send_mail(
            "portal/team_news",
            {
                "person": role.user,
                "programme": programme,
                "groups": [[name, [[one.text, one.url] for one in lines]] for name, lines in groups],
                "link": absolute_url("home"),
                "stop": stop,
            },
            sender=programme.sender,
            key=f"team-news:{role.workspace_id}:{role.user_id}:{end.isoformat()}",
            why=f"{role.user} gets news of {programme} {role.get_news_display()}.",
            to=[role.user],
            audience={"rule": TEAM_RULE, "workspace": role.workspace_id},
            unsubscribe_url=stop,
            reply_to=[],
        )
        return True
