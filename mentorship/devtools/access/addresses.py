"""Every address of the URL list, with rows of the database in it.

What the parameters of an address stand for follows from what comes before them: `people/<pk>` is a sign-up. A new
address below a known one needs nothing; any other has no row, which the matrix reports.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from mentorship.core.accounts.models import WorkspaceRole
from mentorship.core.accounts.permissions import narrowed_to
from mentorship.core.outbox.planned.planned_mail import mail_to_come

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
# Pages of libraries, which have tests of their own.
NOT_OURS = ("admin:", "account_", "mfa_")


@dataclass(frozen=True)
class Rows:
    """The model whose rows an address is about, and how to get each parameter from a row: attributes with dots."""

    model: str
    where: Mapping[str, str] = field(default_factory=dict)
    only: Mapping[str, Any] = field(default_factory=dict)


def _of_cohort(model: str, path: str = "cohort.slug", **where: str) -> Rows:
    return Rows(model, {"cohort_slug": path, **(where or {"pk": "pk"})})


def _of_partner(model: str, path: str = "partner.slug") -> Rows:
    return Rows(model, {"slug": path, "pk": "pk"})


_PK = {"pk": "pk"}
_MENTEE, _SESSION, _SURVEY = "mentee.cohort.slug", "session.cohort.slug", "survey.programme.cohorts.first.slug"
# The beginning of an address → whose rows. The longest beginning counts that has a name for each parameter.
ROWS: dict[str, Rows] = {
    "mail-reports/<provider>/": Rows("cohorts.Programme", {"provider": "=sendgrid"}),
    "messages/coming/<key>/": Rows("cohorts.Programme", {"key": "=planned"}),
    "help/<page>/": Rows("cohorts.Programme", {"page": "=plan"}),
    "privacy/<programme_slug>/": Rows("cohorts.Programme", {"programme_slug": "slug"}),
    "data-requests/<pk>/": Rows("accounts.DataRequest", _PK),
    "history/<kind>/<key>/": Rows("cohorts.Enrollment", {"kind": "=cohorts.enrollment", "key": "pk"}),
    "views/<pk>/": Rows("accounts.SavedView", _PK),
    "messages/<pk>/": Rows("outbox.OutboxMessage", _PK),
    "partners/sponsorships/<pk>/": Rows("partners.Sponsorship", _PK),
    "partners/sponsorships/<pk>/instalments/<instalment>/": Rows(
        "partners.InstalmentDue", {"pk": "sponsorship_id", "instalment": "pk"}
    ),
    "partners/sponsorships/<pk>/deliverables/<deliverable>/": Rows(
        "partners.Deliverable", {"pk": "sponsorship_id", "deliverable": "pk"}
    ),
    "partners/people/<pk>/": Rows("partners.PartnerPerson", _PK),
    "partners/funds/<pk>/": Rows("partners.Fund", _PK),
    "partners/costs/<pk>/": Rows("partners.Cost", _PK),
    "partners/shares/<pk>/": Rows("partners.CostShare", _PK),
    "partners/invoices/<pk>/": Rows("partners.Invoice", _PK),
    "partners/invoices/<pk>/payments/<payment>/": Rows("partners.Payment", {"pk": "invoice_id", "payment": "pk"}),
    "partners/biller/<programme_slug>/": Rows("cohorts.Programme", {"programme_slug": "slug"}),
    "partners/journal/<programme_slug>/": Rows("cohorts.Programme", {"programme_slug": "slug"}),
    "partners/bank/<programme_slug>/": Rows("cohorts.Programme", {"programme_slug": "slug"}),
    "partners/bank-lines/<pk>/": Rows("partners.BankLine", _PK),
    "partners/bank-statements/<pk>/": Rows("partners.BankStatement", _PK),
    "partners/bank-layouts/<pk>/": Rows("partners.BankLayout", _PK),
    "partners/reports/<pk>/": Rows("partners.ImpactReport", _PK),
    "partners/reports/<pk>/links/<link>/": Rows("partners.ReportLink", {"pk": "version.report_id", "link": "pk"}),
    "partners/reports/<pk>/<number>/": Rows("partners.ReportVersion", {"pk": "report_id", "number": "number"}),
    "partners/reports/<pk>/<number>/beside/<other>/": Rows(
        "partners.ReportVersion", {"pk": "report_id", "number": "number", "other": "number"}
    ),
    "partners/quotes/<cohort_slug>/": Rows("cohorts.Cohort", {"cohort_slug": "slug"}),
    "partners/quotes/<cohort_slug>/<pk>/": _of_cohort("partners.Quote"),
    "partners/<slug>/": Rows("partners.Partner", {"slug": "slug"}),
    "partners/<slug>/contacts/<pk>/": _of_partner("partners.PartnerContact"),
    "partners/<slug>/sponsorships/<pk>/": _of_partner("partners.Sponsorship"),
    "partners/agreements/<pk>/": Rows("partners.Agreement", _PK),
    "partners/agreements/<pk>/instalments/<instalment>/": Rows(
        "partners.InstalmentDue", {"pk": "framework_id", "instalment": "pk"}
    ),
    "partners/agreements/<pk>/deliverables/<deliverable>/": Rows(
        "partners.Deliverable", {"pk": "framework_id", "deliverable": "pk"}
    ),
    "partners/agreements/<pk>/scopes/<scope>/": Rows("partners.AgreementScope", {"pk": "agreement_id", "scope": "pk"}),
    "partners/requirements/<programme_slug>/": Rows("cohorts.Programme", {"programme_slug": "slug"}),
    "partners/<slug>/kinds/<pk>/": _of_partner("partners.PartnerKind"),
    "partners/<slug>/contributions/<pk>/": _of_partner("partners.Contribution"),
    "partners/<slug>/entries/<pk>/": _of_partner("partners.ContributionEntry", "contribution.partner.slug"),
    "partners/<slug>/impact/<cohort_slug>/": Rows(
        "partners.Sponsorship", {"slug": "partner.slug", "cohort_slug": "cohort.slug"}
    ),
    "cohorts/<cohort_slug>/": Rows("cohorts.Cohort", {"cohort_slug": "slug"}),
    "cohorts/<cohort_slug>/surveys/<pk>/": _of_cohort("checkins.Survey", "programme.cohorts.first.slug"),
    "cohorts/<cohort_slug>/surveys/<survey_pk>/": _of_cohort(
        "checkins.Survey", "programme.cohorts.first.slug", survey_pk="pk"
    ),
    "cohorts/<cohort_slug>/surveys/<survey_pk>/questions/<pk>/": _of_cohort(
        "checkins.SurveyQuestion", _SURVEY, survey_pk="survey_id", pk="pk"
    ),
    "cohorts/<cohort_slug>/check-ins/<pk>/": _of_cohort("checkins.CheckIn", "wave.cohort.slug"),
    "cohorts/<cohort_slug>/waves/<pk>/": _of_cohort("checkins.CheckInWave"),
    "cohorts/<cohort_slug>/cases/<pk>/": _of_cohort("checkins.Case"),
    "cohorts/<cohort_slug>/pairs/<pk>/": _of_cohort("matching.Match", _MENTEE),
    "cohorts/<cohort_slug>/replies/<pk>/": _of_cohort("checkins.Reply"),
    "cohorts/<cohort_slug>/graduation/criteria/<pk>/": _of_cohort("checkins.GraduationCriterion"),
    "cohorts/<cohort_slug>/graduation/<enrollment_pk>/<user_pk>/": _of_cohort(
        "checkins.Graduation", "enrollment.cohort.slug", enrollment_pk="enrollment_id", user_pk="user_id"
    ),
    "certificates/<pk>/": Rows("checkins.Graduation", _PK, {"status": "graduated"}),
    "thanks/<pk>/": Rows("checkins.ServiceCertificate", _PK),
    "cohorts/<cohort_slug>/training/catalogue/trainings/<pk>/": _of_cohort(
        "training.Training", "sessions.first.cohort.slug"
    ),
    "cohorts/<cohort_slug>/training/catalogue/providers/<pk>/": _of_cohort(
        "training.Provider", "workspace.programme.cohorts.first.slug"
    ),
    "cohorts/<cohort_slug>/training/<pk>/": _of_cohort("training.TrainingSession"),
    "cohorts/<cohort_slug>/training/<pk>/attendance/import/<list_pk>/": _of_cohort(
        "training.AttendanceImport", _SESSION, pk="session_id", list_pk="pk"
    ),
    "cohorts/<cohort_slug>/training/<pk>/attendance/import/<list_pk>/attendance/": _of_cohort(
        "training.AttendanceImport", _SESSION, pk="session_id", list_pk="pk"
    ),
    "cohorts/<cohort_slug>/training/borrowed/<pk>/": _of_cohort("training.SeatHold", _SESSION),
    "cohorts/<cohort_slug>/training/offered/<pk>/": _of_cohort("training.SeatHold", _SESSION),
    "cohorts/<cohort_slug>/training/seats/<pk>/": _of_cohort("training.SeatRequest"),
    "cohorts/<cohort_slug>/training/invite/<pk>/": _of_cohort("training.Training", "sessions.first.cohort.slug"),
    "cohorts/<cohort_slug>/training/<pk>/share/<hold_pk>/": _of_cohort(
        "training.SeatHold", _SESSION, pk="session_id", hold_pk="pk"
    ),
    "cohorts/<cohort_slug>/training/<pk>/share/link/<organisation_pk>/": Rows(
        "training.SeatHold",
        {"cohort_slug": _SESSION, "pk": "session_id", "organisation_pk": "guest_id"},
        {"guest__isnull": False},
    ),
    "cohorts/<cohort_slug>/training/<pk>/bookings/<booking_pk>/": _of_cohort(
        "training.TrainingBooking", _SESSION, pk="session_id", booking_pk="pk"
    ),
    "cohorts/<cohort_slug>/matching/<number>/": _of_cohort("matching.MatchRun", number="number"),
    "cohorts/<cohort_slug>/matching/<number>/candidates/<pk>/": _of_cohort(
        "matching.MatchProposal", "run.cohort.slug", number="run.number", pk="mentee_id"
    ),
    "cohorts/<cohort_slug>/matching/sentences/<mentee_pk>/<mentor_pk>/": _of_cohort(
        "matching.MatchProposal", "run.cohort.slug", mentee_pk="mentee_id", mentor_pk="mentor_id"
    ),
    "cohorts/<cohort_slug>/matches/<pk>/": _of_cohort("matching.Match", _MENTEE),
    "cohorts/<cohort_slug>/matches/asked/<pk>/": _of_cohort("matching.AskedPair", _MENTEE),
    "cohorts/<cohort_slug>/matches/wishes/<pk>/": _of_cohort("matching.RematchWish", "match.mentee.cohort.slug"),
    "my/matches/<pk>/": Rows("matching.Match", _PK),
    "my/matches/<pk>/notes/<note_pk>/": Rows("matching.PairNote", {"pk": "matches.first.pk", "note_pk": "pk"}),
    "my/matches/<pk>/meetings/<meeting_pk>/": Rows(
        "matching.PairMeeting", {"pk": "mentee.matches_as_mentee.first.pk", "meeting_pk": "pk"}
    ),
    "my/pairs/<mentee_pk>/": Rows("matching.Match", {"mentee_pk": "mentee_id"}),
    "my/pause/<pk>/": Rows("cohorts.Enrollment", _PK, {"role": "mentor"}),
    "e/<code>/": Rows("matching.SpeedEvent", {"code": "code"}, {"code__isnull": False}),
    "my/events/<pk>/": Rows("matching.SpeedEvent", _PK),
    "my/groups/of/<pk>/": Rows("matching.GoalPlace", {"pk": "group_id"}),
    "my/groups/<pk>/": Rows("matching.GoalChoice", {"pk": "enrollment_id"}),
    "my/sharing/<pk>/": Rows("cohorts.Enrollment", _PK),
    "my/enrollments/<pk>/": Rows("cohorts.Enrollment", _PK),
    "cohorts/<cohort_slug>/matching/pauses/<pk>/": _of_cohort("matching.MentorPause", "enrollment.cohort.slug"),
    "cohorts/<cohort_slug>/matching/events/<pk>/": _of_cohort("matching.SpeedEvent"),
    "cohorts/<cohort_slug>/matching/groups/<pk>/": _of_cohort("matching.GoalGroup"),
    "programmes/<programme_slug>/channels/<pk>/": Rows(
        "cohorts.Channel", {"programme_slug": "programme.slug", "pk": "pk"}
    ),
    "programmes/<programme_slug>/": Rows("cohorts.Programme", {"programme_slug": "slug"}),
    "programmes/<programme_slug>/team/<role_id>/": Rows(
        "accounts.WorkspaceRole", {"programme_slug": "workspace.programme.slug", "role_id": "pk"}
    ),
    "programmes/<programme_slug>/mails/<room>/<mail>/": Rows(
        "cohorts.Programme", {"programme_slug": "slug", "room": "=matching", "mail": "=intro"}
    ),
    "programmes/<programme_slug>/duplicates/<pk>/": Rows(
        "accounts.PersonMerge", {"programme_slug": "kept.enrollments.first.cohort.programme.slug", "pk": "pk"}
    ),
    "programmes/<programme_slug>/topics/merges/<pk>/": Rows(
        "cohorts.TopicMerge", {"programme_slug": "programme.slug", "pk": "pk"}
    ),
    "programmes/<programme_slug>/topics/<pk>/": Rows("cohorts.Topic", {"programme_slug": "programme.slug", "pk": "pk"}),
    "cohorts/<cohort_slug>/plan/dates/<pk>/": _of_cohort("cohorts.CohortDate"),
    "cohorts/<cohort_slug>/plan/checklist/<pk>/": _of_cohort("cohorts.ChecklistItem"),
    "cohorts/<cohort_slug>/groups/<pk>/": _of_cohort("cohorts.Group"),
    "cohorts/<cohort_slug>/forms/<role>/": Rows("cohorts.Cohort", {"cohort_slug": "slug", "role": "=mentee"}),
    "cohorts/<cohort_slug>/waitlist/<role>/": Rows("cohorts.Cohort", {"cohort_slug": "slug", "role": "=mentee"}),
    "cohorts/<cohort_slug>/people/add/<role>/": Rows("cohorts.Cohort", {"cohort_slug": "slug", "role": "=mentee"}),
    "cohorts/<cohort_slug>/forms/<role>/<pk>/": _of_cohort("cohorts.SignupQuestion", role="role", pk="pk"),
    "cohorts/<cohort_slug>/files/<pk>/": _of_cohort("cohorts.SignupFile"),
    "cohorts/<cohort_slug>/people/<pk>/": _of_cohort("cohorts.Enrollment"),
    "cohorts/<cohort_slug>/review/<pk>/": Rows(
        "cohorts.Enrollment", {"cohort_slug": "cohort.slug", "pk": "pk"}, {"role": "mentee"}
    ),
    "cohorts/<cohort_slug>/bulk-actions/<pk>/": _of_cohort("cohorts.BulkAction"),
    "cohorts/<cohort_slug>/mailings/<pk>/": _of_cohort("cohorts.Mailing"),
    "cohorts/<cohort_slug>/people/import/<pk>/": _of_cohort("cohorts.ImportBatch"),
    "cohorts/<cohort_slug>/selection/<pk>/": _of_cohort("cohorts.SelectionRun"),
    "cohorts/<cohort_slug>/selection/<pk>/change/<enrollment_pk>/": _of_cohort(
        "cohorts.SelectionRun", pk="pk", enrollment_pk="cohort.enrollments.first.pk"
    ),
    "my/public/<pk>/": Rows("cohorts.Enrollment", _PK, {"role": "mentee"}),
    "embed/<page_slug>/": Rows("cohorts.PublicPage", {"page_slug": "slug"}),
    "p/<page_slug>/": Rows("cohorts.PublicPage", {"page_slug": "slug"}),
    "p/<page_slug>/<round_slug>/": Rows(
        "cohorts.PublicRound", {"page_slug": "cohort.programme.public_page.slug", "round_slug": "slug"}
    ),
    "p/<page_slug>/<round_slug>/<project_slug>/": Rows(
        "cohorts.ProjectPage",
        {
            "page_slug": "enrollment.cohort.programme.public_page.slug",
            "round_slug": "enrollment.cohort.public_round.slug",
            "project_slug": "slug",
        },
    ),
    "join/<cohort_slug>/": Rows("cohorts.Cohort", {"cohort_slug": "slug"}),
    "join/<cohort_slug>/<role>/": Rows("cohorts.Cohort", {"cohort_slug": "slug", "role": "=mentee"}),
}


@dataclass(frozen=True)
class Pattern:
    """One entry of the URL list; addresses with a token are opened by links of people instead."""

    view: str
    route: str
    module: str
    gets: bool
    posts: bool

    @property
    def parameters(self) -> list[str]:
        return PARAMETER.findall(self.route)

    @property
    def has_token(self) -> bool:
        return "token" in self.parameters

    @property
    def rows(self) -> Rows | None:
        """The rows that its parameters stand for; None where `ROWS` has no entry yet."""
        known = [start for start in ROWS if self._begins_with(start) and {*self.parameters} == set(ROWS[start].where)]
        return ROWS[max(known, key=len)] if known else None

    def _begins_with(self, start: str) -> bool:
        return PARAMETER.sub(r"<\1>", self.route).startswith(start)

    def addresses(self, most: int | None = None) -> Iterator[tuple[Any, str]]:
        """Each row that it can be about, by its id, with the address; of the first `most` rows."""
        if not self.parameters:
            yield None, reverse(self.view)
            return
        rows = self.rows
        if rows is None:
            return
        found = apps.get_model(rows.model)._base_manager.filter(**rows.only).order_by("pk")
        for row in found[:most]:
            values = {name: _value(row, path) for name, path in rows.where.items()}
            if None not in values.values():
                yield row.pk, reverse(self.view, kwargs=values)


def _value(row: Model, path: str) -> Any:
    if path == "=planned":
        return _planned(row)
    if path.startswith("="):
        return path[1:]
    value: Any = row
    for name in path.split("."):
        value = getattr(value, name, None)
        value = value() if callable(value) and not isinstance(value, type) and hasattr(value, "__self__") else value
    return value


def _planned(programme: Any) -> str | None:
    """The key of a message that is not written yet."""
    role = WorkspaceRole.objects.filter(workspace=programme.workspace, role="owner").first()
    if role is None:
        return None
    reader = narrowed_to(role.user, programme.workspace_id)
    return next((mail.key for mail in mail_to_come(reader) if mail.key), None)


def every_pattern(resolver: URLResolver | None = None, route: str = "", prefix: str = "") -> Iterator[Pattern]:
    """The URL list without the pages of libraries."""
    for pattern in (resolver or get_resolver()).url_patterns:
        where = route + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            view = f"{prefix}{pattern.name}"
            if not view.startswith(NOT_OURS):
                of_class = getattr(pattern.callback, "view_class", None)
                module = (of_class or pattern.callback).__module__
                gets, posts = (of_class is None or hasattr(of_class, name) for name in ("get", "post"))
                yield Pattern(view, where, module, gets, posts)
        else:
            yield from every_pattern(pattern, where, prefix + (f"{pattern.namespace}:" if pattern.namespace else ""))
