"""Marked words in every text of every row, and who may read each of them.

The rules of personal data say who wrote a text for whom; what they don't say stands in `READERS`. This is on purpose a
second statement beside the code of the pages: where the two differ, one of them is wrong.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import CharField, EmailField, Field, Model, TextField, Value
from django.db.models.functions import Cast, Concat, Left

from checkins.models import Case, CaseNote, ConductReader
from cohorts.models import Enrollment
from mentorship.core.personal_data import PROGRAMME, TEAM, THEMSELVES
from mentorship.operations.persons.model_registry import personal_data_rules

APPS = ("accounts", "audit", "outbox", "cohorts", "training", "matching", "checkins", "partners")
MARK = re.compile(r"qz(\d+)x(\d+)x([0-9a-f-]+)zq")
# Texts that programs read.
NOT_WORDS = frozenset(
    """
    approved_audience audience availability body_html content_type days_off digest event key kind link mail_key
    object_id object_type password provider_id sealed selection sha256 token_hash towns uid unsubscribe_url verb where
    xml
    """.split()  # noqa: SIM905 (names are read as text)
)
SHORTEST = 100  # a text that may be shorter is a code of something

# Who reads a text, beyond what the rules of personal data say: `everybody`; the programme's `team`, its `coordinators`;
# for a case its coordinators or, for a concern, named readers; the `subject` whom the row is about, the `author`, and
# `companions`: the people whom a subject is matched with, takes part with, or turns to.
READERS: dict[str, str] = {
    "accounts.DataRequest": "coordinators subject",
    "accounts.User.full_name": "team subject companions",
    "accounts.User.preferred_name": "team subject companions",
    "audit.AuditEntry": "coordinators",
    "accounts.Workspace": "everybody",
    "checkins.AnonymousBox": "coordinators",
    "checkins.Answer.text": "coordinators subject",
    "checkins.Case": "case",
    "checkins.CaseNote": "case",
    "checkins.Graduation.reason": "coordinators",
    "checkins.PairFarewell": "subject",
    "checkins.PairPause": "coordinators",
    "checkins.Reply": "coordinators",
    "cohorts.Cohort": "everybody",
    "cohorts.Enrollment.description": "team subject companions",
    "cohorts.Enrollment.goals": "team subject companions",
    "cohorts.Enrollment.note": "coordinators",
    "cohorts.Enrollment.private_needs": "coordinators subject",
    "cohorts.Enrollment.title": "team subject companions",
    "cohorts.Programme": "everybody",
    "cohorts.PublicPage": "everybody",
    "cohorts.Review.conflict_reason": "team author",
    "cohorts.Review.summary": "team author",
    "cohorts.SignupQuestion": "everybody",
    "cohorts.TeamDeparture.named_as": "team subject companions",
    "cohorts.TeamDeparture.reason": "coordinators",
    "cohorts.TeamMember.named_as": "team subject companions",
    "cohorts.Topic": "everybody",  # the public form suggests them
    "matching.AskedSide.reason": "coordinators author",
    "matching.Match.ended_reason": "coordinators",
    "matching.MentorPause.reason": "coordinators subject",
    "matching.PairGoal": "subject",
    "matching.PairMeeting": "subject",
    "matching.PairNote": "subject",
    "matching.RematchWish.words": "coordinators author",
    "outbox.OutboxMessage.body_text": "team subject",
    "outbox.OutboxMessage.subject": "team subject",
    "partners.Agreement.decided_by": "team",
    "partners.Agreement.decided_where": "team",
    "partners.Agreement.note": "team",
    "partners.Cost": "team subject",
    "partners.Partner.decided_by": "team",
    "partners.Partner.decided_where": "team",
    "partners.Partner.next_touch": "team",
    "partners.Partner.note": "team",
    "partners.Partner.requirements_agreed_by": "team",
    "training.TrainingFeedback.words": "coordinators",
}


@cache
def _models() -> list[type[Model]]:
    found = [model for model in apps.get_models() if model._meta.app_label in APPS]
    return sorted(found, key=lambda model: model._meta.label)


def marked_fields(model: type[Model]) -> list[Field]:
    """The texts of a model in which people write words. Rows of the books can't be changed, also not for this."""
    if (
        (rule := personal_data_rules().get(model._meta.label_lower)) and rule.books
    ) or model._meta.app_label == "audit":
        return []
    return [
        one
        for one in model._meta.concrete_fields
        if isinstance(one, CharField | TextField)
        and not (one.choices or one.unique or one.remote_field or isinstance(one, EmailField) or one.name in NOT_WORDS)
        and (one.max_length or SHORTEST) >= SHORTEST
    ]


def mark_of(label: str, field: str) -> str:
    """A mark of no row, for a text that is not a column."""
    model = apps.get_model(label)
    return f"qz{_models().index(model)}x{model._meta.fields.index(model._meta.get_field(field))}x0zq"


def put_marks() -> None:
    """Begin every text of every row with its mark: in front, because lists show the beginning."""
    for number, model in enumerate(_models()):
        columns = {}
        for one in marked_fields(model):
            begin = Value(f"qz{number}x{model._meta.fields.index(one)}x")
            if one.__class__.__name__ == "URLField":
                begin = Value(f"https://example.org/qz{number}x{model._meta.fields.index(one)}x")
            text = Concat(
                begin, Cast(model._meta.pk.name, CharField()), Value("zq "), one.name, output_field=TextField()
            )
            columns[one.name] = Left(text, one.max_length) if one.max_length else text
        if columns:
            model._base_manager.update(**columns)


class Marks:
    """Reads marks in pages. Knows whose each row is, from queries that are made once."""

    def __init__(self) -> None:
        self._people: dict[str, dict[str, set[int]]] = {}
        self._companions: dict[str, dict[str, set[int]]] = {}
        self.concerns = {str(pk) for pk in Case.objects.filter(kind="conduct").values_list("pk", flat=True)}
        self.readers_of_concerns = set(ConductReader.objects.values_list("user", flat=True))
        self.notes = dict(CaseNote.objects.values_list("pk", "case_id"))

    def in_text(self, text: str) -> Iterator[tuple[str, str, str]]:
        """(model, field, id) of each."""
        for number, field, pk in sorted(set(MARK.findall(text))):
            model = _models()[int(number)]
            yield model._meta.label, model._meta.fields[int(field)].name, pk.replace("-", "")

    def people_of(self, label: str, pk: Any) -> set[int]:
        """The people whom a row is about."""
        if label not in self._people:
            self._people[label] = _people_of(apps.get_model(label))
        return self._people[label].get(str(pk).replace("-", ""), set())

    def companions_of(self, label: str, pk: Any) -> set[int]:
        """The people who take part with those whom a row is about."""
        if label not in self._companions:
            self._companions[label] = _companions_of(apps.get_model(label))
        return self._companions[label].get(str(pk), set())

    def is_concern(self, label: str, pk: str) -> bool:
        """Whether a case, or the case of a note, is about conduct."""
        return str(self.notes.get(int(pk)) if label.endswith("Note") else pk) in self.concerns

    def kinds(self, label: str, field: str) -> set[str]:
        """The readers of a text, in the words of `READERS`."""
        if said := READERS.get(f"{label}.{field}") or READERS.get(label):
            return set(said.split())
        rule = personal_data_rules().get(label.lower())
        writer = rule.words.get(field) if rule else None
        if writer in (THEMSELVES, PROGRAMME) or (writer is None and label in PEOPLE):
            return {"team", "subject"}
        return {"team"} if writer in (None, TEAM) else {"coordinators", "author"}

    def author_of(self, label: str, field: str, pk: Any) -> int | None:
        """The author of a text about somebody else, by id; None where no column names one."""
        writer = personal_data_rules()[label.lower()].words.get(field)
        rows = apps.get_model(label)._base_manager.filter(pk=pk)
        return rows.values_list(writer, flat=True).first() if isinstance(writer, str) else None


# Lookups of the people of a row, for models whose rules of personal data don't have all of them.
_PAIR = ("matches__mentee__user", "matches__mentor__user")
_OF_COHORT = ("cohort__enrollments__user",)
_OF_SURVEY = (
    "programme__cohorts__enrollments__user",
    "programme__cohorts__sponsorships__partner__contacts__user",
)
PEOPLE: dict[str, tuple[str, ...]] = {
    "matching.PairNote": _PAIR,
    "matching.PairGoal": _PAIR,
    "matching.PairMeeting": ("mentee__matches_as_mentee__mentor__user",),
    "matching.GoalGroup": _OF_COHORT,
    "matching.SpeedEvent": _OF_COHORT,
    "checkins.GraduationCriterion": _OF_COHORT,
    "checkins.PairFarewell": ("mentee__user", "mentee__matches_as_mentee__mentor__user"),
    "cohorts.Channel": ("programme__cohorts__enrollments__user",),
    "cohorts.ChecklistItem": ("owner",),
    "cohorts.Cohort": ("enrollments__user",),
    "cohorts.CohortDate": _OF_COHORT,
    "cohorts.Programme": ("cohorts__enrollments__user",),
    "checkins.Opportunity": ("programme__cohorts__enrollments__user",),
    "training.TrainingSession": (*_OF_COHORT, "bookings__enrollment__user", "holds__cohort__enrollments__user"),
    "training.Training": ("sessions__cohort__enrollments__user",),
    "training.Provider": ("trainings__sessions__cohort__enrollments__user",),
    "checkins.Survey": _OF_SURVEY,
    "checkins.SurveyQuestion": tuple(f"survey__{path}" for path in _OF_SURVEY),
    "checkins.CheckInWave": tuple(f"survey__{path}" for path in _OF_SURVEY),
    "partners.Partner": ("contacts__user",),
    "partners.PartnerContact": ("partner__contacts__user",),
    **dict.fromkeys(
        ("partners.Sponsorship", "partners.Invoice", "partners.ImpactReport", "partners.Contribution", "partners.Fund"),
        ("partner__contacts__user",),
    ),
    "partners.RequirementList": ("workspace__partners__contacts__user",),
    "partners.RequirementAnswer": ("partner__contacts__user",),
    "partners.PartnerKind": ("partner__contacts__user",),
    "partners.Agreement": ("partner__contacts__user",),
    "partners.AgreementScope": ("agreement__partner__contacts__user",),
    "partners.InstalmentDue": ("sponsorship__partner__contacts__user", "framework__partner__contacts__user"),
    "partners.Deliverable": ("sponsorship__partner__contacts__user", "framework__partner__contacts__user"),
    "partners.ReportVersion": ("report__partner__contacts__user",),
    "partners.Payment": ("invoice__partner__contacts__user",),
    "partners.ContributionEntry": ("contribution__partner__contacts__user",),
    "partners.Cost": ("shares__partner__contacts__user",),
    "partners.CostShare": ("partner__contacts__user",),
    "partners.PartnerPerson": ("partner__contacts__user",),
}
_MATCHED = (
    "asked_as_mentee__mentor__user",
    "asked_as_mentor__mentee__user",
    "asked_as_mentor__mentee__members__user",
    "matches_as_mentee__mentor__user",
    "matches_as_mentor__mentee__user",
    "matches_as_mentor__mentee__members__user",
    "members__user",
    "user",
)
_ROLES = ("enrollments", "team_memberships__enrollment")
COMPANIONS: dict[str, tuple[str, ...]] = {
    "cohorts.Enrollment": _MATCHED,
    "cohorts.TeamMember": tuple(f"enrollment__{path}" for path in _MATCHED),
    "cohorts.TeamDeparture": tuple(f"enrollment__{path}" for path in _MATCHED),
    "accounts.User": (
        *(f"{role}__{path}" for role in _ROLES for path in _MATCHED),
        *(f"{role}__goal_place__group__places__enrollment__user" for role in _ROLES),
        "workspace_roles__workspace__programme__cohorts__enrollments__user",
        "partner_contacts__partner__contacts__user",
    ),
}


def _companions_of(model: type[Model]) -> dict[str, set[int]]:
    """Row → the people who take part with those whom it is about."""
    return _ends(model, COMPANIONS.get(model._meta.label, ()))


def _people_of(model: type[Model]) -> dict[str, set[int]]:
    """Row → people, with those of the teams of sign-ups."""
    rule = personal_data_rules().get(model._meta.label_lower)
    paths = {*(rule.whose if rule else ()), *PEOPLE.get(model._meta.label, ())}
    paths |= {f"{path.removesuffix('user')}members__user" for path in paths if _ends_at_a_sign_up(model, path)}
    found = _ends(model, paths)
    if model._meta.label == "outbox.OutboxMessage":
        for pk, people in model._base_manager.values_list("pk", "people"):
            found[str(pk).replace("-", "")] |= set(people.values())
    return found


def _ends_at_a_sign_up(model: type[Model], path: str) -> bool:
    *names, last = path.split("__")
    for name in names:
        model = model._meta.get_field(name).related_model  # type: ignore[assignment]
    return last == "user" and model is Enrollment


def _ends(model: type[Model], paths: Iterable[str]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for path in paths:
        rows = model._base_manager.filter(**{f"{path}__isnull": False}).order_by()
        for pk, person in rows.values_list("pk", path).distinct():
            found[str(pk).replace("-", "")].add(person)
    return found
