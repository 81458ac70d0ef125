"""The people in tests of access: team, participants, a partner contact, a viewer and a stranger."""

from dataclasses import dataclass
from typing import Any

from cohorts.models import Cohort, Enrollment, Programme
from matching.models import Match
from mentorship.core.accounts.models import User
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
)
from partners.models import Partner, Sponsorship


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
    """Write the cast to the database."""
    programme = ProgrammeFactory(name="Open Seeds", slug="open-seeds")
    cohort = CohortFactory(programme=programme, name="Seeds 9", slug="seeds-9", status="running")
    roles = {}
    for role in ("owner", "coordinator", "viewer"):
        user = UserFactory(email=f"{role}@example.org", full_name=f"The {role}")
        RoleFactory(workspace=programme.workspace, user=user, role=role)
        roles[role] = user
    mentor = EnrollmentFactory(cohort=cohort, role="mentor", user__email="mentor@example.org", user__full_name="Mona")
    mentee = EnrollmentFactory(
        cohort=cohort, user__email="mentee@example.org", user__full_name="Tariq Anwar", title="Soil maps"
    )
    intro = MessageFactory(
        key="intro:cast", workspace=programme.workspace, to=["mentor@example.org", "mentee@example.org"]
    )
    match = MatchFactory(mentee=mentee, mentor=mentor, intro=intro, why="Both know soil.")
    partner = PartnerFactory(workspace=programme.workspace, name="Soil Fund", slug="soil-fund")
    sponsorship = SponsorshipFactory(partner=partner, cohort=cohort)
    contact = ContactFactory(partner=partner, user__email="contact@example.org").user

    return Cast(
        programme=programme,
        cohort=cohort,
        owner=roles["owner"],
        coordinator=roles["coordinator"],
        viewer=roles["viewer"],
        mentor=mentor.user,
        mentee=mentee.user,
        mentor_enrollment=mentor,
        mentee_enrollment=mentee,
        match=match,
        partner=partner,
        sponsorship=sponsorship,
        contact=contact,
        **_others(),
    )


def _others() -> dict[str, Any]:
    """Another programme with its owner, a cohort and a partner."""
    programme = ProgrammeFactory(name="Other programme", slug="other-programme")
    cohort = CohortFactory(programme=programme, name="Other cohort", slug="other-cohort")
    stranger = UserFactory(email="stranger@example.org", full_name="The stranger")
    RoleFactory(workspace=programme.workspace, user=stranger, role="owner")
    partner = PartnerFactory(workspace=programme.workspace, name="Other fund", slug="other-fund")
    SponsorshipFactory(partner=partner, cohort=cohort)
    contact = ContactFactory(partner=partner, user__email="other-contact@example.org").user
    return {"stranger": stranger, "other_cohort": cohort, "other_partner": partner, "other_contact": contact}
