"""Find out which application each row of a sheet is about. Writes nothing.

An id is trusted only for the same person. Sheets number their rows from 1, people fill columns down, and spreadsheets
shorten long numbers: by id alone, one application would overwrite another.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from cohorts.enrollment.upsert import EnrollmentInput, names_by_address
from cohorts.imports.people_cells import words_of_name
from cohorts.imports.rows import ImportRow
from cohorts.imports.teams import SHORTENED, join_teams
from cohorts.models import Cohort, Enrollment, TeamMember
from mentorship.core.accounts.models import User
from mentorship.core.accounts.people.services import people_by_email
from mentorship.core.text import coded_address

# The choices for a row whose id belongs to somebody with another address.
SOMEBODY_ELSE = "other"

# Rows whose people are looked up in one query.
PIECE = 500

Application = tuple[int | str, str]


def settle_identities(
    *, cohort: Cohort, role: str, rows: Sequence[ImportRow], decisions: Mapping[str, str]
) -> list[ImportRow]:
    """The rows, each with the id of its application, or with the reason why it can't be used.

    `decisions`: line → the decision about a row that was `asked` about before: SOMEBODY_ELSE, or see `teams`.
    """
    rows = _with_known_addresses(rows)
    inputs = [row.said for row in rows if row.said is not None]
    roster = _Roster(cohort, role, inputs)
    if role == Enrollment.Role.MENTEE:
        rows = join_teams(rows, roster, decisions)
    recurring = _recurring_ids(rows, roster)
    settled: list[ImportRow] = []
    taken: dict[Application | int, int] = {}
    for row in rows:
        if row.said is None:
            settled.append(row)
            continue
        found = _settle(replace(row, said=_without_id(row.said)) if row.line in recurring else row, roster, decisions)
        if found.said is not None and (line := taken.setdefault(roster.target(found.said), row.line)) != row.line:
            found = ImportRow(row.line, None, f"This is the same application as in line {line}.")
        elif row.line in recurring:
            found = _warned(found, recurring[row.line])
        settled.append(_with_team(_with_other_names(found, roster), roster))
    return settled


def _with_known_addresses(rows: Sequence[ImportRow]) -> Sequence[ImportRow]:
    """If somebody has an account by the xn-- form of their domain, the rows have that form as well."""
    addresses = {email for row in rows if row.said for _, email in [_lead(row.said), *(row.said.members or ())]}
    coded = {email: coded_address(email) for email in addresses if not email.isascii()}
    if not coded:
        return rows
    accounts = set(User.objects.filter(email__in=list(coded.values())).values_list("email", flat=True))
    known = {email: other for email, other in coded.items() if other in accounts}
    return [replace(row, said=_renamed(row.said, known)) if row.said is not None and known else row for row in rows]


def _renamed(given: EnrollmentInput, known: Mapping[str, str]) -> EnrollmentInput:
    members = given.members and [(name, known.get(email, email)) for name, email in given.members]
    return replace(given, email=known.get(given.email, given.email), members=members)


class _Roster:
    """The existing applications of a cohort in a role, and the people of the sheet."""

    def __init__(self, cohort: Cohort, role: str, inputs: Sequence[EnrollmentInput]) -> None:
        self.role = role
        self.people: dict[str, User] = {}
        names = list(names_by_address(inputs).items())
        for begin in range(0, len(names), PIECE):
            self.people |= people_by_email(names=dict(names[begin : begin + PIECE]), make=False)
        rows = Enrollment.objects.filter(cohort=cohort, role=role).select_related("user")
        self.by_id: dict[str, Enrollment] = {}
        self.by_person: dict[int, list[Enrollment]] = defaultdict(list)
        for enrollment in rows.order_by("pk"):
            self.by_person[enrollment.user_id].append(enrollment)
            if enrollment.external_id:
                self.by_id[enrollment.external_id] = enrollment

        members = TeamMember.objects.filter(enrollment__cohort=cohort, enrollment__role=role)
        self.teams = {member.user_id: member.enrollment for member in members.select_related("enrollment__user")}
        self.titles: dict[str, list[Enrollment]] = defaultdict(list)
        for one in (one for several in self.by_person.values() for one in several):
            if one.title:
                self.titles[one.title].append(one)
        # Applications that some row names by person and title: another row's id doesn't rename them.
        self.meant = {own.pk for given in inputs if (own := self.own(given)) is not None}

    def person(self, email: str) -> int | str:
        """A key that is equal for rows of the same person."""
        return self.people[email].pk or email

    def own(self, given: EnrollmentInput) -> Enrollment | None:
        """The application that the person of a row already has: for mentees, the one with its title.

        A row without a title is about the person's only application.
        """
        user = self.people[given.email]
        rows = self.by_person.get(user.pk, []) if user.pk else []
        if self.role != Enrollment.Role.MENTEE:
            return rows[0] if rows else None
        title = given.values.get("title", "")
        same = [row for row in rows if row.title == title]
        if not same and not title and len(rows) == 1 and given.external_id in ("", rows[0].external_id):
            return rows[0]
        return same[0] if same else None

    def team_of(self, email: str) -> Enrollment | None:
        """The team of which somebody is a member but not the lead."""
        return self.teams.get(pk) if (pk := self.people[email].pk) else None

    def is_ambiguous(self, given: EnrollmentInput) -> bool:
        """Whether the person has several applications and the row says neither title nor id."""
        user = self.people[given.email]
        several = bool(user.pk) and len(self.by_person.get(user.pk, [])) > 1
        return several and not given.values.get("title") and not given.external_id

    def led_by_member(self, given: EnrollmentInput) -> Enrollment | None:
        """The application with the same title that another person of the row leads."""
        title = given.values.get("title", "")
        members = (self.people[email].pk for _, email in given.members or ())
        rows = (row for pk in members if pk for row in self.by_person.get(pk, []))
        return next((row for row in rows if title and row.title == title), None)

    def target(self, given: EnrollmentInput) -> Application | int:
        """The application that a settled row is about; two rows with the same target are about the same application."""
        holder = self.by_id.get(given.external_id) if given.external_id else None
        found = holder or self.own(given)
        title = given.values.get("title", "") if self.role == Enrollment.Role.MENTEE else ""
        return found.pk if found else (self.person(given.email), title)


def _recurring_ids(rows: Sequence[ImportRow], roster: _Roster) -> dict[int, str]:
    """The lines whose id is unusable because other applications in the sheet have it too, each with a note."""
    by_id: dict[str, list[ImportRow]] = defaultdict(list)
    for row in rows:
        if row.said is not None and row.said.external_id:
            by_id[row.said.external_id].append(row)
    found: dict[int, str] = {}
    for given_id, same in by_id.items():
        if len({_application(row, roster) for row in same}) > 1:
            lines = ", ".join(str(row.line) for row in same[:5]) + (", …" if len(same) > 5 else "")
            for row in same:
                found[row.line] = f"The id “{given_id}” is in several rows ({lines}), so it isn't used."
    return found


def _application(row: ImportRow, roster: _Roster) -> Application:
    assert row.said is not None  # noqa: S101  (the caller left out those without)
    title = row.said.values.get("title", "") if roster.role == Enrollment.Role.MENTEE else ""
    return roster.person(row.said.email), title


def _settle(row: ImportRow, roster: _Roster, decisions: Mapping[str, str]) -> ImportRow:
    """Find the application of a row by person and title, otherwise by id."""
    given = row.said
    assert given is not None  # noqa: S101  (the caller left out those without)
    own, holder = roster.own(given), roster.by_id.get(given.external_id)
    if own is not None:
        return _as_own(row, given, own, holder)
    if roster.is_ambiguous(given):
        return ImportRow(row.line, None, "This person has several applications: a title must say which one it is.")
    team = holder or roster.led_by_member(given)
    if team is None:
        return row
    if roster.people[given.email] == team.user:
        shortened = SHORTENED.fullmatch(given.external_id)
        if team.pk not in roster.meant and not shortened:
            return row
        note = f"The id “{given.external_id}” belongs to “{team}” already, so it isn't used for this row."
        return _warned(replace(row, said=_without_id(given)), note)
    led = {roster.people[email].pk: email for _, email in given.members or ()}
    if team.user_id in led:
        settled = replace(row, said=_led_by(given, led[team.user_id], team.external_id))
        return _warned(settled, f"{_named(team.user)} stays the team's lead.")
    differ, decided = _differ(given.full_name, team.user.full_name), decisions.get(str(row.line)) == SOMEBODY_ELSE
    question = "" if differ else _question(given, team)
    if not (differ or decided):
        return ImportRow(row.line, None, question, question=question, about=team.pk)
    note = f"The id “{given.external_id}” belongs to {_named(team.user)} already, so it isn't used for this row."
    return _warned(replace(row, said=_without_id(given), question=question, about=team.pk), note)


def _as_own(row: ImportRow, given: EnrollmentInput, own: Enrollment, holder: Enrollment | None) -> ImportRow:
    """A row about an application that its person already has, which keeps its id."""
    values = {**given.values, "title": own.title} if "title" in given.values or own.title else given.values
    same_id = given.external_id in ("", own.external_id)
    if not own.external_id and holder is None:
        return replace(row, said=replace(given, values=values))
    found = replace(row, said=replace(given, values=values, external_id=own.external_id))
    if same_id:
        return found
    if holder is not None:
        return _warned(found, f"The id “{given.external_id}” belongs to {_named(holder.user)}, so it isn't used here.")
    return _warned(
        found, f"The id stays “{own.external_id}”, as in an earlier sheet; “{given.external_id}” isn't used."
    )


def _with_other_names(row: ImportRow, roster: _Roster) -> ImportRow:
    """Note names that are ignored because the address belongs to somebody with a different name."""
    if row.said is None:
        return row
    for name, email in (_lead(row.said), *(row.said.members or ())):
        called = roster.people[email].full_name
        if not name or not called or words_of_name(name) == words_of_name(called):
            continue
        note = f"{email} is the address of {called}, so the name “{name}” isn't used."
        if _differ(name, called):
            note, remarks = f"{note} It is in the note.", (*row.said.remarks, f"Another name for {email}: {name}")
            row = replace(row, said=replace(row.said, remarks=list(dict.fromkeys(remarks))))
        row = _warned(row, note)
    return row


def _with_team(row: ImportRow, roster: _Roster) -> ImportRow:
    """Note if a new application comes from somebody who is in a team already."""
    if row.said is None or not isinstance(roster.target(row.said), tuple):
        return row
    person, team = roster.people[row.said.email], roster.team_of(row.said.email)
    title = row.said.values.get("title", "")
    if team is not None:
        return _warned(row, f"{_named(person)} is in the team “{team}” already; this is an application of their own.")
    if same := roster.titles.get(title):
        other = f"{_named(same[0].user)} has an application with the same project title"
        return _warned(
            row, f"{other}. If they are one team, leave this row out and add the person to that application."
        )
    return row


def _differ(one: str, other: str) -> bool:
    """Whether both names are known and share no word."""
    words, others = words_of_name(one), words_of_name(other)
    return bool(words and others and not words & others)


def _question(given: EnrollmentInput, holder: Enrollment) -> str:
    return (
        f"The id “{given.external_id}” belongs to {_named(holder.user)}, with the address {holder.user.email}; "
        f"this row has {given.email}. Nothing is imported from it until you choose."
    )


def _lead(given: EnrollmentInput) -> tuple[str, str]:
    return given.full_name, given.email


def _led_by(given: EnrollmentInput, email: str, external_id: str) -> EnrollmentInput:
    """The same team with another lead, and the id that it already has."""
    people = [_lead(given), *(given.members or ())]
    name = next(name for name, address in people if address == email)
    members = [person for person in people if person[1] != email]
    return replace(given, email=email, full_name=name, members=members, external_id=external_id or given.external_id)


def _without_id(given: EnrollmentInput) -> EnrollmentInput:
    return replace(given, external_id="")


def _warned(row: ImportRow, note: str) -> ImportRow:
    return replace(row, warnings=(*row.warnings, note))


def _named(user: User) -> str:
    return user.full_name or user.email
