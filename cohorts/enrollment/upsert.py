"""Create enrollments or update them, from a form or a sheet."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from cohorts.models import Cohort, Enrollment, TeamMember, Topic
from cohorts.signup_form.services import changed_answers, save_own_answers
from cohorts.signup_form.topic_names import topic_key
from mentorship.core.accounts.models import User
from mentorship.core.accounts.people.services import people_by_email
from mentorship.core.audit.services import record_many
from mentorship.core.audit.verbs import Verb
from mentorship.core.text import clean_name

CREATED, UPDATED, UNCHANGED = "created", "updated", "unchanged"
# Fields of a person's account that a sign-up fills if they are empty.
PERSON_FIELDS = ("pronouns", "country", "time_zone", "languages")


@dataclass(frozen=True)
class EnrollmentInput:
    """The answers of a sign-up form, or the contents of a row of a sheet. Addresses are in lower case.

    `values` are fields of Enrollment; `members` are (name, address) beside the lead.
    """

    email: str
    full_name: str = ""
    pronouns: str = ""
    external_id: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    # Answers to the cohort's own questions, by key. Questions that are not named keep their answers.
    own: Mapping[str, Any] = field(default_factory=dict)
    topics: Sequence[str] | None = None
    members: Sequence[tuple[str, str]] | None = None
    # Whether new members agreed that their match may have their address. A lead can't agree for the others.
    members_share: bool = False
    # Whether the lead wrote it: they learn nothing about people whose addresses they merely typed.
    by_themselves: bool = False
    # Added to the coordinators' note, each once.
    remarks: Sequence[str] = ()


@dataclass
class UpsertResult:
    """The enrollment that was created, updated or left unchanged, with the changed fields; or the error.

    `before`: the earlier values of the changed fields, topics and members as lists of keys and addresses. `have_left`:
    people named as members who had left the team, and were not put back.
    """

    row: Enrollment | None
    outcome: str = ""
    error: str = ""
    fields: list[str] = field(default_factory=list)
    before: dict[str, Any] = field(default_factory=dict)
    have_left: list[str] = field(default_factory=list)


@transaction.atomic
def save_enrollment(
    *,
    cohort: Cohort,
    role: str,
    given: EnrollmentInput,
    by: User | None,
    enrollment: Enrollment | None = None,
    status: str = Enrollment.Status.APPLIED,
) -> tuple[Enrollment, str]:
    """Create an enrollment or update it; return it with created, updated or unchanged.

    Without `enrollment` it is looked up by external id, then by address (for mentees: and title). `status` applies to a
    new one only. Topics and members that are `None` stay unchanged. Writes one audit entry unless unchanged. Raises
    IntegrityError if it clashes with another application of the same person.
    """
    (result,) = save_enrollments(cohort=cohort, role=role, inputs=[given], by=by, status=status, target=enrollment)
    if result.row is None:
        raise IntegrityError(result.error)
    return result.row, result.outcome


@transaction.atomic
def save_enrollments(
    *,
    cohort: Cohort,
    role: str,
    inputs: Sequence[EnrollmentInput],
    by: User | None,
    status: str = Enrollment.Status.APPLIED,
    target: Enrollment | None = None,
    dry_run: bool = False,
) -> list[UpsertResult]:
    """`save_enrollment` for many, in a constant number of queries. If one clashes, the others are still saved.

    With `dry_run` nothing is written, and the outcomes are what writing would give.
    """
    people = people_by_email(
        names=names_by_address(inputs), details={s.email: _of_person(s) for s in inputs}, make=not dry_run
    )
    known = _ExistingRows(cohort, role, inputs, people, target)
    results = [_merge(known, given, people[given.email], status, target) for given in inputs]
    if not dry_run:
        _write(cohort, [s for s in results if s.row is not None])
    topics = _TopicLinks(cohort.programme_id, inputs, make=not dry_run)
    for given, result in zip(inputs, results, strict=True):
        if result.row is not None:
            _link_topics(topics, known, given, result)
            _link_members(people, known, given, result)
    _compare_answers(cohort, role, zip(inputs, results, strict=True))
    for result in results:
        if result.outcome == UNCHANGED and result.fields:
            result.outcome = UPDATED
    if not dry_run:
        topics.write()
        known.write_members()
        _write_answers(zip(inputs, results, strict=True))
        _fill_people(
            [(people[given.email], given) for given, result in zip(inputs, results, strict=True) if result.row]
        )
        _record(cohort, results, by)
    return results


def names_by_address(inputs: Sequence[EnrollmentInput]) -> dict[str, str]:
    """Address → name of everybody in `inputs`. Leads' names win over members', earlier ones over later ones."""
    people = [(given.full_name, given.email) for given in inputs]
    people += [member for given in inputs for member in given.members or ()]
    names: dict[str, str] = {}
    for name, email in people:
        names[email] = names.get(email) or clean_name(name)
    return names


class _ExistingRows:
    """The rows that a cohort already has for the people of `inputs`, and team members still to be written."""

    def __init__(
        self,
        cohort: Cohort,
        role: str,
        inputs: Sequence[EnrollmentInput],
        people: Mapping[str, User],
        target: Enrollment | None,
    ) -> None:
        self.cohort, self.role = cohort, role
        self.by_id: dict[str, Enrollment] = {}
        self.by_person: dict[str, list[Enrollment]] = {}
        self.new_members: list[TeamMember] = []
        self.gone_members: list[int] = []
        of_role = Enrollment.objects.filter(cohort=cohort, role=role)
        users = [people[given.email].pk for given in inputs if people[given.email].pk]
        ids = [given.external_id for given in inputs if given.external_id]
        which = Q(user__in=users) | Q(external_id__in=ids)
        if target is not None:
            which |= Q(pk=target.pk)
        self.target: Enrollment | None = None
        rows = (
            of_role.filter(which)
            .select_related("user")
            .prefetch_related("topics", "members__user", "departures")
            .order_by("pk")
        )
        for row in rows:
            row.cohort = cohort
            self.add(row)
            if target is not None and row.pk == target.pk:
                self.target = row

    def add(self, row: Enrollment) -> None:
        if row.external_id:
            self.by_id[row.external_id] = row
        self.by_person.setdefault(row.user.email, []).append(row)

    def find(self, given: EnrollmentInput, user: User) -> Enrollment | None:
        """Look up the row for an input: by external id, otherwise by person, for mentees by person and title."""
        if self.target is not None:
            return self.target
        # An id from a sheet is trusted only for the same person: another sheet may number its rows from 1 as well.
        if given.external_id and (found := self.by_id.get(given.external_id)) and found.user == user:
            return found
        for row in self.by_person.get(user.email, []):
            # Rows with different ids of a sheet are different applications of the same person.
            same_title = self.role != Enrollment.Role.MENTEE or row.title == given.values.get("title", "")
            if same_title and not (given.external_id and row.external_id):
                return row
        return None

    def clash(self, row: Enrollment) -> bool:
        """Whether a unique constraint would refuse the row: another application of the same person, title or id."""
        for other in self.by_person.get(row.user.email, []):
            if other is not row and (self.role != Enrollment.Role.MENTEE or other.title == row.title):
                return True
        same_id = self.by_id.get(row.external_id) if row.external_id else None
        return same_id is not None and same_id is not row

    def write_members(self) -> None:
        TeamMember.objects.filter(pk__in=self.gone_members).delete()
        TeamMember.objects.bulk_create(self.new_members)


def _most_usual(names: Iterable[str]) -> dict[str, str]:
    """The keys of topics, each with the spelling that most of these people used; the first of those that are equal."""
    spelled: dict[str, Counter[str]] = defaultdict(Counter)
    for name in names:
        if key := topic_key(name):
            spelled[key][name] += 1
    return {key: counts.most_common(1)[0][0] for key, counts in spelled.items()}


class _TopicLinks:
    """The topics that `inputs` name, and the links still to be written."""

    def __init__(self, programme_id: int, inputs: Sequence[EnrollmentInput], *, make: bool) -> None:
        names = [name for given in inputs for name in given.topics or ()]
        wanted = _most_usual(names)
        of_programme = Topic.objects.filter(programme_id=programme_id, key__in=list(wanted))
        known = set(of_programme.values_list("key", flat=True)) if wanted else set()
        new = [Topic(programme_id=programme_id, key=k, name=n[:120]) for k, n in wanted.items() if k not in known]
        if make and new:
            Topic.objects.bulk_create(new, ignore_conflicts=True)
        found = of_programme.select_related("merged_into") if wanted else []
        self.by_key = {topic.key: topic.merged_into or topic for topic in found}
        self.new: list[tuple[int, int]] = []
        self.gone: list[tuple[int, int]] = []

    def write(self) -> None:
        through = Enrollment.topics.through
        for row, topic in self.gone:
            through.objects.filter(enrollment_id=row, topic_id=topic).delete()
        through.objects.bulk_create(
            [through(enrollment_id=row, topic_id=topic) for row, topic in self.new], ignore_conflicts=True
        )


def _merge(
    known: _ExistingRows, given: EnrollmentInput, user: User, status: str, target: Enrollment | None
) -> UpsertResult:
    """Apply the input to an existing or new row, in memory. Reports a clash as an error."""
    found = known.find(given, user)
    row = found or Enrollment(cohort=known.cohort, role=known.role, user=user, status=status)
    values = {**given.values, **({"external_id": given.external_id} if given.external_id else {})}
    if new := [remark for remark in given.remarks if remark not in row.note]:
        values["note"] = "\n".join(filter(None, [row.note, *new]))
    before = {name: getattr(row, name) for name in values}
    changed = [name for name, value in values.items() if before[name] != value]
    for name in changed:
        setattr(row, name, values[name])
    if found is None:
        known.add(row)
    if known.clash(row):
        for name in changed:
            setattr(row, name, before[name])
        if found is None:
            known.by_person[user.email].remove(row)
            if known.by_id.get(row.external_id) is row:
                del known.by_id[row.external_id]
        return UpsertResult(None, error="It clashes with another application of the same person, title or id.")
    if found is None:
        return UpsertResult(row, CREATED, fields=changed)
    if "external_id" in changed:
        known.by_id[row.external_id] = row
    was = {name: before[name] for name in changed}
    return UpsertResult(row, UPDATED if changed else UNCHANGED, fields=changed, before=was)


def _write(cohort: Cohort, results: Sequence[UpsertResult]) -> None:
    Enrollment.objects.bulk_create([s.row for s in results if s.row and s.outcome == CREATED])
    now = timezone.now()
    changed = [s for s in results if s.outcome == UPDATED]
    names = sorted({name for s in changed for name in s.fields})
    for one in changed:
        assert one.row is not None  # noqa: S101  (the callers left out those without)
        one.row.updated_at = now
    if names:
        Enrollment.objects.bulk_update([s.row for s in changed if s.row], [*names, "updated_at"])


def _link_topics(topics: _TopicLinks, known: _ExistingRows, given: EnrollmentInput, result: UpsertResult) -> None:
    row = result.row
    if given.topics is None or row is None:
        return
    before = {topic.key: topic.pk for topic in row.topics.all()} if result.outcome != CREATED else {}
    keys = {topic_key(name) for name in given.topics if topic_key(name)}
    # A dry run creates no topics, so their keys are compared.
    after = {topics.by_key[key].key if key in topics.by_key else key for key in keys}
    if set(before) != after:
        result.fields.append("topics")
        result.before["topics"] = sorted(before)
        if row.pk:
            topics.gone += [(row.pk, pk) for key, pk in before.items() if key not in after]
            by_own_key = {topic.key: topic.pk for topic in topics.by_key.values()}
            topics.new += [(row.pk, by_own_key[key]) for key in after if key not in before and key in by_own_key]


def _link_members(
    people: Mapping[str, User], known: _ExistingRows, given: EnrollmentInput, result: UpsertResult
) -> None:
    row = result.row
    if given.members is None or row is None:
        return
    is_new = result.outcome == CREATED
    # People who left the team are added again only if they agree.
    left = set() if is_new else {departure.user_id for departure in row.departures.all()}
    named = [people[email] for _, email in given.members]
    result.have_left = [person.email for person in named if person.pk in left]
    wanted = {person.email: person for person in named if person.email != row.user.email and person.pk not in left}
    names = {person.email: clean_name(name) for person, (name, _) in zip(named, given.members, strict=True)}
    present = {} if is_new else {m.user.email: m.pk for m in row.members.all()}
    if set(wanted) != set(present):
        result.fields.append("members")
        result.before["members"] = sorted(present)
        if row.pk:
            known.gone_members += [pk for email, pk in present.items() if email not in wanted]
            known.new_members += [
                TeamMember(
                    enrollment=row,
                    user=user,
                    shares_address=given.members_share,
                    named_as=_named_as(names[email], user) if given.by_themselves else "",
                )
                for email, user in wanted.items()
                if email not in present
            ]


def _named_as(name: str, user: User) -> str:
    """The name that a lead typed, if it differs from the one that the person gave."""
    return name[:200] if name != user.full_name else ""


def _of_person(given: EnrollmentInput) -> dict[str, Any]:
    """The part of an input that is about the person, not the cohort."""
    values = {"pronouns": given.pronouns, **{n: given.values.get(n) for n in PERSON_FIELDS if n != "pronouns"}}
    return {name: value for name, value in values.items() if value}


def _fill_people(rows: Iterable[tuple[User, EnrollmentInput]]) -> None:
    """Copy details to people's accounts, if they are still empty there."""
    changed: dict[int, User] = {}
    for user, given in rows:
        for name, value in _of_person(given).items():
            if not getattr(user, name):
                setattr(user, name, value)
                changed[user.pk] = user
    if changed:
        User.objects.bulk_update(changed.values(), list(PERSON_FIELDS))


def _compare_answers(cohort: Cohort, role: str, rows: Iterable[tuple[EnrollmentInput, UpsertResult]]) -> None:
    """Record which answers to the cohort's own questions differ from the stored ones."""
    results = {result.row.pk: (given, result) for given, result in rows if given.own and result.row and result.row.pk}
    if not results:
        return
    changed = changed_answers(cohort=cohort, role=role, given={pk: given.own for pk, (given, _) in results.items()})
    for pk, (_, result) in results.items():
        if changed[pk]:
            result.fields.append("answers")
            result.before["answers"] = {key: old.value if old else None for key, old in changed[pk].items()}


def _write_answers(rows: Iterable[tuple[EnrollmentInput, UpsertResult]]) -> None:
    for given, result in rows:
        if given.own and result.row is not None and (result.outcome == CREATED or "answers" in result.fields):
            save_own_answers(enrollment=result.row, answers=given.own)


def _record(cohort: Cohort, results: Sequence[UpsertResult], by: User | None) -> None:
    """Write one audit entry each, with field names only: values would have to be erased with a person."""
    told: dict[tuple[str, tuple[str, ...]], list[Enrollment]] = {}
    for one in results:
        if one.row is not None and one.outcome != UNCHANGED:
            told.setdefault((one.outcome, tuple(sorted(one.fields))), []).append(one.row)
    for (outcome, names), rows in told.items():
        record_many(verb=Verb(outcome), targets=rows, workspace_id=cohort.workspace_id, by=by, fields=list(names))
