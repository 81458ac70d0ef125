"""People whom public pages may name, and those they may not. Read anew for each page: no cache holds a name."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.text import capfirst

from checkins.models import Graduation
from cohorts.models import Cohort, Enrollment, ProjectPage, TeamMember
from cohorts.querysets import BEGUN
from matching.models import Match
from mentorship.core.accounts.models import User
from mentorship.core.text import join_names


@dataclass(frozen=True)
class Listing:
    """A person in a cohort, and why public pages name them or not."""

    enrollment: Enrollment
    person: User
    agreed: bool

    @property
    def is_named(self) -> bool:
        return self.agreed and self.person.is_active and bool(self.person.known_name)

    @property
    def reason(self) -> str:
        """The reason in words, for coordinators and for the person."""
        if not self.agreed:
            return "has not agreed to be named"
        if not self.person.is_active:
            return "agreed, but the account is switched off"
        return "agreed to be named" if self.person.known_name else "agreed, but we don’t know their name"


def listings(enrollments: Iterable[Enrollment]) -> list[Listing]:
    """All people of some enrollments: each decides for themselves, also in a team. Prefetch `members__user`."""
    found = []
    for one in enrollments:
        found.append(Listing(one, one.user, one.listed_publicly))
        for member in one.members.all():
            # Who agrees to be named is named as they call themselves, not as their lead does.
            person = member.user if member.listed_publicly else member.person
            found.append(Listing(one, person, member.listed_publicly))
    return found


def people_of(cohort: Cohort) -> QuerySet[Enrollment]:
    """Enrollments that take a place in a cohort, with their people, by role and name."""
    found = Enrollment.objects.filter(cohort=cohort).occupying_place().with_people()
    return found.order_by("role", "user__full_name", "pk")


def graduates_of(cohort: Cohort) -> list[str]:
    """Names of those who graduated and agreed to be named."""
    decided = defaultdict(set)
    for enrollment, user, status in Graduation.objects.filter(enrollment__cohort=cohort).values_list(
        "enrollment", "user", "status"
    ):
        decided[enrollment].add((user, status))
    names = []
    for one in listings(people_of(cohort).filter(role="mentee")):
        outcome = decided.get(one.enrollment.pk)
        # A cohort that was imported has no graduations, only projects that were completed.
        finished = (one.person.pk, "graduated") in outcome if outcome else one.enrollment.status == "completed"
        if finished and one.is_named:
            names.append(one.person.known_name)
    return sorted(set(names), key=str.casefold)


def helpers_of(cohort: Cohort) -> list[tuple[str, list[str]]]:
    """By role, in the programme's words, those who helped and agreed to be named."""
    roles = [role for role, _ in cohort.programme.roles if role != Enrollment.Role.MENTEE]
    names: dict[str, set[str]] = {role: set() for role in roles}
    named = Enrollment.objects.filter(cohort=cohort, role__in=roles).named_in_public().select_related("user")
    for one in named:
        if one.user.known_name:
            names[one.role].add(one.user.known_name)
    label = cohort.programme.plural_of
    return [(capfirst(label(role)), sorted(found, key=str.casefold)) for role, found in names.items() if found]


def named_counts(cohorts: Collection[int]) -> dict[int, dict[str, int]]:
    """For each cohort, how many of each figure its pages name, or show a page of."""
    found: dict[tuple[int, str], set[int]] = defaultdict(set)

    def note_project(cohort: int, project: int, status: str) -> None:
        found[cohort, "projects"].add(project)
        if status == "completed":
            found[cohort, "graduates"].add(project)

    named = Enrollment.objects.filter(cohort__in=cohorts, role__in=Enrollment.MATCHED_ROLES).named_in_public()
    for cohort, pk, user, role, status in named.values_list("cohort", "pk", "user", "role", "status"):
        found[cohort, f"{role}s"].add(user)
        if role == "mentee":
            note_project(cohort, pk, status)
    places = Enrollment.objects.filter(cohort__in=cohorts, cohort__status__in=BEGUN).occupying_place()
    members = TeamMember.objects.filter(listed_publicly=True, enrollment__in=places, user__is_active=True)
    rows = members.values_list("enrollment__cohort", "enrollment", "user", "enrollment__status")
    for cohort, pk, user, status in rows:
        found[cohort, "mentees"].add(user)
        note_project(cohort, pk, status)
    pages = ProjectPage.objects.agreed().filter(enrollment__cohort__in=cohorts)
    for row in pages.values_list("enrollment__cohort", "enrollment", "enrollment__status"):
        note_project(*row)
    kinds = ("mentees", "mentors", "projects", "graduates")
    return {cohort: {kind: len(found[cohort, kind]) for kind in kinds} for cohort in cohorts}


@dataclass(frozen=True)
class ProjectCard:
    """A project as lists show it: whom it names, how many it does not, and its mentors who agreed."""

    page: ProjectPage
    people: list[User]
    unnamed: int
    mentors: list[User]

    @property
    def who(self) -> str:
        """`Ana, Ben and one more, with Chen`; people who did not agree are only counted."""
        names = [person.known_name for person in self.people]
        if names and self.unnamed:
            more = "one more" if self.unnamed == 1 else f"{self.unnamed} more"
            words = f"{', '.join(names)} and {more}"
        else:
            words = join_names(names) if names else "Name not shown"
        mentors = join_names([person.known_name for person in self.mentors])
        return f"{words}, with {mentors}" if mentors else words

    @property
    def topics(self) -> list[str]:
        return sorted({topic.name for topic in self.page.enrollment.topics.all()}, key=str.casefold)


def project_cards(pages: Iterable[ProjectPage]) -> list[ProjectCard]:
    """The cards of some projects, in a constant number of queries."""
    rows = list(pages)
    ids = [page.enrollment_id for page in rows]
    found = Enrollment.objects.filter(pk__in=ids).with_people()
    loaded = {one.pk: one for one in found}
    told = Match.objects.occupying_place().told().filter(mentee__in=ids).select_related("mentor__user")
    mentors: dict[int, list[User]] = defaultdict(list)
    for match in told.filter(mentor__in=Enrollment.objects.named_in_public()).order_by("pk"):
        if match.mentor.user.known_name:
            mentors[match.mentee_id].append(match.mentor.user)
    cards = []
    for page in rows:
        page.enrollment = loaded[page.enrollment_id]
        everybody = listings([page.enrollment])
        named = [one.person for one in everybody if one.is_named]
        cards.append(ProjectCard(page, named, len(everybody) - len(named), mentors[page.enrollment_id]))
    return cards
