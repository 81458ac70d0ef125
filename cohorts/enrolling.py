"""The one place that writes what somebody said at sign-up, whether by a form or by a sheet."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from cohorts.models import Cohort, Enrollment, TeamMember, Topic
from mentorship.accounts.models import User
from mentorship.accounts.services import person_by_email
from mentorship.audit.services import record

CREATED, UPDATED, UNCHANGED = "created", "updated", "unchanged"
# What the person's own page takes over from a sign-up where it is still empty there.
PERSON_FIELDS = ("pronouns", "country", "time_zone", "languages")


@dataclass(frozen=True)
class Said:
    """What somebody said. `values` are fields of Enrollment; `members` are (name, address) beside the lead."""

    email: str
    full_name: str = ""
    pronouns: str = ""
    external_id: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    topics: Sequence[str] | None = None
    members: Sequence[tuple[str, str]] | None = None
    # Go to the coordinators' note, each once, below what stands there.
    remarks: Sequence[str] = ()


@transaction.atomic
def save_enrollment(
    *,
    cohort: Cohort,
    role: str,
    said: Said,
    by: User | None,
    enrollment: Enrollment | None = None,
    status: str = Enrollment.Status.APPLIED,
) -> tuple[Enrollment, str]:
    """Make an enrollment, or bring it up to date, and say which: created, updated or unchanged.

    Without `enrollment` it is found by external id, else by address (for mentees: and title). `status` counts for a
    new one only. `None` for topics or members leaves them as they are. Writes one audit entry unless unchanged.
    """
    user = person_by_email(email=said.email, full_name=clean_name(said.full_name))
    found = enrollment or find_enrollment(cohort=cohort, role=role, said=said, user=user)
    row = found or Enrollment(cohort=cohort, role=role, user=user, status=status)
    values = {**said.values, **({"external_id": said.external_id} if said.external_id else {})}
    if new := [remark for remark in said.remarks if remark not in row.note]:
        values["note"] = "\n".join(filter(None, [row.note, *new]))
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    if found is None or changed:
        row.save()
    if said.topics is not None and _set_topics(row, said.topics):
        changed.append("topics")
    if said.members is not None and _set_members(row, said.members):
        changed.append("members")
    _fill_person(user, said)
    outcome = CREATED if found is None else UPDATED if changed else UNCHANGED
    if outcome != UNCHANGED:
        # Names of fields only: the audit trail must not keep what erasing a person would have to reach.
        record(verb=outcome, target=row, workspace_id=cohort.workspace_id, by=by, fields=sorted(changed))
    return row, outcome


def find_enrollment(*, cohort: Cohort, role: str, said: Said, user: User) -> Enrollment | None:
    """The enrollment that `said` is about: by external id, else by person, for mentees by person and title."""
    of_role = Enrollment.objects.filter(cohort=cohort, role=role)
    if said.external_id and (found := of_role.filter(external_id=said.external_id).first()):
        return found
    of_person = of_role.filter(user=user)
    if said.external_id:
        # Rows that came with ids of their own are other applications of the same person.
        of_person = of_person.filter(external_id="")
    if role == Enrollment.Role.MENTEE:
        of_person = of_person.filter(title=said.values.get("title", ""))
    return of_person.first()


def topic_key(name: str) -> str:
    """What makes two topics the same: letters without case, one blank between words, no outer punctuation."""
    text = unicodedata.normalize("NFKC", name).casefold()
    return " ".join(text.split()).strip(" .,;:!?\"'")[:120]


def split_topics(text: str) -> list[str]:
    """The topics in a text with commas, semicolons or line breaks, each once, in the order given."""
    for mark in ";\n\r":
        text = text.replace(mark, ",")
    names: dict[str, str] = {}
    for part in text.split(","):
        name = clean_name(part).strip(" .")[:120]
        if topic_key(name):
            names.setdefault(topic_key(name), name)
    return list(names.values())


def clean_name(text: str) -> str:
    """One line without control characters and marks that turn the direction of text."""
    kept = (" " if unicodedata.category(c) == "Cc" else c for c in text if c not in _DIRECTION_MARKS)
    return " ".join("".join(kept).split())


_DIRECTION_MARKS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")


def _topics_by_name(programme_id: int, names: Iterable[str]) -> list[Topic]:
    """The topics of a programme by these names, made where new; for a merged one that which it was merged into."""
    wanted = {topic_key(name): name for name in names if topic_key(name)}
    of_programme = Topic.objects.filter(programme_id=programme_id, key__in=wanted)
    known = set(of_programme.values_list("key", flat=True))
    Topic.objects.bulk_create(
        [Topic(programme_id=programme_id, key=k, name=n[:120]) for k, n in wanted.items() if k not in known],
        ignore_conflicts=True,
    )
    return [topic.merged_into or topic for topic in of_programme.select_related("merged_into")]


def _set_topics(row: Enrollment, names: Sequence[str]) -> bool:
    before = set(row.topics.values_list("pk", flat=True))
    after = {topic.pk for topic in _topics_by_name(row.cohort.programme_id, names)}
    if before != after:
        row.topics.set(after)
    return before != after


def _set_members(row: Enrollment, members: Sequence[tuple[str, str]]) -> bool:
    people = [person_by_email(email=email, full_name=clean_name(name)) for name, email in members]
    wanted = {person.pk: person for person in people if person.pk != row.user_id}
    present = set(row.members.values_list("user_id", flat=True))
    row.members.exclude(user_id__in=wanted).delete()
    TeamMember.objects.bulk_create(TeamMember(enrollment=row, user=wanted[pk]) for pk in wanted if pk not in present)
    return present != set(wanted)


def _fill_person(user: User, said: Said) -> None:
    told = {"pronouns": said.pronouns, **{name: said.values.get(name) for name in PERSON_FIELDS if name != "pronouns"}}
    empty = [name for name, value in told.items() if value and not getattr(user, name)]
    for name in empty:
        setattr(user, name, told[name])
    if empty:
        user.save(update_fields=empty)
