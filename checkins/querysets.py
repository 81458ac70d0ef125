"""Every reusable read of check-ins, cases and graduations."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import Exists, OuterRef, Q, Subquery

from matching.models import Match
from mentorship.core.accounts.permissions import workspaces_of
from mentorship.core.personal_data import ERASED
from mentorship.core.querysets import WorkspaceQuerySet
from mentorship.core.ui.search import every_word

if TYPE_CHECKING:  # the models import this module
    from checkins.models import (  # noqa: F401
        Case,
        CheckIn,
        CheckInWave,
        Graduation,
        Honorarium,
        Opportunity,
        Reply,
        ServiceCertificate,
        Survey,
    )


class SurveyQuerySet(WorkspaceQuerySet["Survey"]):
    workspace_path = "programme__workspace"


class WaveQuerySet(WorkspaceQuerySet["CheckInWave"]):
    workspace_path = "cohort__programme__workspace"


class CheckInQuerySet(WorkspaceQuerySet["CheckIn"]):
    workspace_path = "wave__cohort__programme__workspace"

    def due(self, now: datetime) -> "CheckInQuerySet":
        """Check-ins with a mail or reminder to write at `now`, without paused waves and pairs.

        People with inactive accounts are asked nothing.
        """
        waiting = self.filter(status__in=self.model.OPEN, next_mail_at__lte=now, wave__paused_at=None)
        waiting = waiting.filter(user__is_active=True)
        return waiting.exclude(_paused()).exclude(_at_rest()).order_by("next_mail_at", "id")

    def overdue(self, now: datetime) -> "CheckInQuerySet":
        """Check-ins reminded at least once without an answer or reply, and still open."""
        return self.filter(status="sent", closes_at__gt=now, mails_sent__gte=2).exclude(Exists(_replies()))

    def asked(self) -> "CheckInQuerySet":
        """Check-ins that count in response rates: asked, and not cancelled."""
        return self.filter(mails_sent__gt=0).exclude(status="cancelled")

    def silent(self) -> "CheckInQuerySet":
        """Check-ins asked without an answer or reply since; open or expired."""
        return self.filter(is_silent())

    def answered_or_of_silent_sides(self) -> "CheckInQuerySet":
        """The answered check-ins, and those of silent sides that were reminded.

        One member's reply counts for the team.
        """
        reminded = Q(is_silent(), ~Exists(_replies(of_side=True)), mails_sent__gte=2)
        return self.filter(Q(status="answered") | reminded)

    def with_replies(self) -> "CheckInQuerySet":
        """Add `wrote_on`: the last day on which the person replied by other means since they were asked."""
        return self.annotate(wrote_on=Subquery(_replies().order_by("-day").values("day")[:1]))

    def with_people(self) -> "CheckInQuerySet":
        """With everything that a list shows, in a constant number of queries."""
        return self.select_related(
            "user", "wave__survey", "wave__cohort__programme", "match__mentee__user", "match__mentor__user"
        )

    def flagged(self) -> "CheckInQuerySet":
        """Check-ins with a case that is not done. Conduct concerns are listed elsewhere and not revealed here."""
        open_cases = (
            apps.get_model("checkins", "Case")
            .objects.filter(checkin=OuterRef("pk"))
            .exclude(status="done")
            .exclude(kind="conduct")
        )
        return self.filter(Exists(open_cases))

    def search(self, text: str) -> "CheckInQuerySet":
        """Check-ins whose person or project holds every word of `text`."""
        return every_word(self, text, "user__full_name", "user__email", "match__mentee__title")


class ReplyQuerySet(WorkspaceQuerySet["Reply"]):
    workspace_path = "cohort__programme__workspace"

    def visible_to(self, user: Any) -> "ReplyQuerySet":
        """Replies in programmes that the user coordinates: they were written to the coordinators."""
        return super().visible_to(user).filter(cohort__programme__workspace_id__in=workspaces_of(user, editing=True))


class CaseQuerySet(WorkspaceQuerySet["Case"]):
    workspace_path = "cohort__programme__workspace"

    def visible_to(self, user: Any) -> "CaseQuerySet":
        """Cases of the programmes that the user coordinates; conduct concerns only for those named to read them.

        They quote what people said to the coordinators. Whoever is part of the pair of a concern does not read it.
        """
        readers = apps.get_model("checkins", "ConductReader").objects
        if not getattr(user, "is_authenticated", False):
            return self.none()
        named = Exists(readers.filter(user=user, workspace=OuterRef("cohort__programme__workspace_id")))
        coordinates = Q(cohort__programme__workspace_id__in=workspaces_of(user, editing=True))
        conduct = Q(kind="conduct")
        return super().visible_to(user).filter((~conduct & coordinates) | (conduct & Q(named) & ~Q(_is_party(user))))

    def editable_by(self, user: Any) -> "CaseQuerySet":
        """Cases that the user may work on."""
        return self.visible_to(user).filter(cohort__programme__workspace_id__in=workspaces_of(user, editing=True))

    def open(self) -> "CaseQuerySet":
        return self.exclude(status="done")

    def late(self, today: date) -> "CaseQuerySet":
        """Open cases with an overdue next step before `today`."""
        return self.open().filter(due_on__lt=today)

    def with_people(self) -> "CaseQuerySet":
        """With everything that a list shows, in a constant number of queries."""
        return self.select_related("cohort__programme", "about", "owner", "match__mentee__user", "match__mentor__user")

    def search(self, text: str) -> "CaseQuerySet":
        """Cases whose person, project or words hold every word of `text`."""
        places = ("about__full_name", "about__email", "match__mentee__title", "summary", "next_step")
        return every_word(self, text, *places)


class GraduationQuerySet(WorkspaceQuerySet["Graduation"]):
    workspace_path = "enrollment__cohort__programme__workspace"

    def graduated(self) -> "GraduationQuerySet":
        return self.filter(status="graduated")

    def valid(self) -> "GraduationQuerySet":
        """Graduated, and not erased since: that makes a certificate void."""
        return self.graduated().exclude(name=ERASED)

    def with_people(self) -> "GraduationQuerySet":
        """With everything a certificate shows, in one query."""
        return self.select_related("user", "enrollment__cohort__programme")


class ServiceCertificateQuerySet(WorkspaceQuerySet["ServiceCertificate"]):
    workspace_path = "enrollment__cohort__programme__workspace"

    def valid(self) -> "ServiceCertificateQuerySet":
        """Certificates of people who have not been erased since."""
        return self.exclude(name=ERASED)

    def with_people(self) -> "ServiceCertificateQuerySet":
        """With everything that a certificate shows, in one query."""
        return self.select_related("enrollment__cohort__programme")


class OpportunityQuerySet(WorkspaceQuerySet["Opportunity"]):
    workspace_path = "programme__workspace"

    def search(self, text: str) -> "OpportunityQuerySet":
        """Opportunities whose title or text holds every word of `text`."""
        return every_word(self, text, "title", "text")


class HonorariumQuerySet(WorkspaceQuerySet["Honorarium"]):
    workspace_path = "cohort__programme__workspace"

    def to_pay(self) -> "HonorariumQuerySet":
        """Honoraria accepted and not paid yet."""
        return self.filter(status="accepted")

    def search(self, text: str) -> "HonorariumQuerySet":
        """Honoraria whose person, purpose or reference holds every word of `text`."""
        return every_word(self, text, "user__full_name", "user__email", "what", "reference")


def _paused() -> Exists:
    return Exists(apps.get_model("checkins", "PairPause").objects.filter(match=OuterRef("match"), ended_at=None))


def is_silent() -> Q:
    """The condition that a check-in was asked without an answer or reply since; open or expired."""
    return Q(~Exists(_replies()), status__in=["sent", "expired"], mails_sent__gt=0)


def _replies(*, of_side: bool = False) -> "ReplyQuerySet":
    """For a subquery of check-ins: what their person, or anybody `of_side` of the pair, wrote since they were asked."""
    about = Q(match=OuterRef("match")) | Q(match=None, cohort=OuterRef("wave__cohort"))
    found = apps.get_model("checkins", "Reply").objects.filter(
        about, side=OuterRef("side"), ends_at__gt=OuterRef("asked_at")
    )
    return found if of_side else found.filter(user=OuterRef("user"))


def _at_rest() -> Q:
    # In any other status of the match mails are held back, not cancelled.
    return Q(match__isnull=False) & ~Q(match__status__in=["introduced", "active", "graduated"])


def _is_party(user: Any) -> Exists:
    """Whether the user is in the pair that a case is about."""
    of_pair = Q(mentor__user=user) | Q(mentee__user=user) | Q(mentee__members__user=user)
    return Exists(Match.objects.filter(of_pair, pk=OuterRef("match")))
