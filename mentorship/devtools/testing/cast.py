"""The people in tests of access: team, participants, a partner contact, a viewer and a stranger."""

from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Model

from cohorts.models import Cohort, Enrollment, Programme
from matching.models import Match
from mentorship.core.accounts.models import User, Workspace
from mentorship.devtools.testing.factories import (
    CohortFactory,
    ContactFactory,
    EnrollmentFactory,
    MatchFactory,
    MessageFactory,
    PartnerFactory,
    ProgrammeFactory,
    RoleFactory,
    SponsorshipFactory,
    UserFactory,
    WorkspaceFactory,
)
from partners.models import Partner, Sponsorship

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Cast:
    """One programme with its people, and another one that must stay out of sight."""

    programme: Programme
    cohort: Cohort
    owner: User
    coordinator: User
    viewer: User
    mentor: User
    mentee: User
    mentor_enrollment: Enrollment
    mentee_enrollment: Enrollment
    match: Match
    partner: Partner
    sponsorship: Sponsorship
    contact: User
    stranger: User
    other_cohort: Cohort
    other_partner: Partner
    other_contact: User


def make_cast() -> Cast:
    """Write the cast to the database: every kind of row at once, as most tests begin with them."""
    ours, theirs = _saved(WorkspaceFactory.build_batch(2))
    cohort, other_cohort = _make_cohorts(ours, theirs)
    partner, other_partner = _saved(
        [
            PartnerFactory.build(workspace=ours, name="Soil Fund", slug="soil-fund"),
            PartnerFactory.build(workspace=theirs, name="Other fund", slug="other-fund"),
        ]
    )
    people = _make_people(ours, theirs)
    mentor, mentee = _saved(
        [
            EnrollmentFactory.build(cohort=cohort, role="mentor", user=people["mentor"]),
            EnrollmentFactory.build(cohort=cohort, user=people["mentee"], title="Soil maps"),
        ]
    )
    intro = MessageFactory(key="intro:cast", workspace=ours, to=["mentor@example.org", "mentee@example.org"])
    supports = [(partner, cohort, "contact"), (other_partner, other_cohort, "other_contact")]
    sponsorship = _make_support(supports, people)
    return Cast(
        programme=cohort.programme,
        cohort=cohort,
        mentor_enrollment=mentor,
        mentee_enrollment=mentee,
        match=MatchFactory(mentee=mentee, mentor=mentor, intro=intro, why="Both know soil."),
        partner=partner,
        sponsorship=sponsorship,
        other_cohort=other_cohort,
        other_partner=other_partner,
        **people,
    )


def _make_cohorts(ours: Workspace, theirs: Workspace) -> list[Cohort]:
    """A cohort of a programme in each workspace."""
    programme, other_programme = _saved(
        [
            ProgrammeFactory.build(workspace=ours, name="Open Seeds", slug="open-seeds"),
            ProgrammeFactory.build(workspace=theirs, name="Other programme", slug="other-programme"),
        ]
    )
    return _saved(
        [
            CohortFactory.build(programme=programme, name="Seeds 9", slug="seeds-9", status="running"),
            CohortFactory.build(programme=other_programme, name="Other cohort", slug="other-cohort"),
        ]
    )


def _make_support(rows: list[tuple[Partner, Cohort, str]], people: dict[str, User]) -> Sponsorship:
    """A sponsorship and a contact of each partner; returns the first sponsorship."""
    first, *_ = _saved([SponsorshipFactory.build(partner=partner, cohort=cohort) for partner, cohort, _ in rows])
    _saved([ContactFactory.build(partner=partner, user=people[contact]) for partner, _, contact in rows])
    return first


def _make_people(ours: Workspace, theirs: Workspace) -> dict[str, User]:
    """The accounts, by their names in the cast, with the roles of teams."""
    names = {role: f"The {role}" for role in ("owner", "coordinator", "viewer")}
    names |= {"mentor": "Mona", "mentee": "Tariq Anwar", "contact": "", "stranger": "The stranger", "other_contact": ""}
    users = [
        UserFactory.build(email=f"{key.replace('_', '-')}@example.org", **({"full_name": name} if name else {}))
        for key, name in names.items()
    ]
    people = dict(zip(names, _saved(users), strict=True))
    team = [(ours, role, role) for role in ("owner", "coordinator", "viewer")]
    _saved(
        [
            RoleFactory.build(workspace=workspace, user=people[name], role=role)
            for workspace, name, role in [*team, (theirs, "stranger", "owner")]
        ]
    )
    return people


def _saved(rows: list[Row]) -> list[Row]:
    """Insert rows of one model by one statement."""
    return type(rows[0])._base_manager.bulk_create(rows)
