"""Tables about the people of a role, one function each: register another one here.

`cohort_impact` builds all of them, suppresses small groups and records the figures shown; blocks read the result.
"""

from collections.abc import Callable, Mapping, Sequence

from django.db.models import Q

from cohorts.models import Cohort, Enrollment
from partners.disclosure.gate import ROLES
from partners.disclosure.small_groups import CountRow, suppress_small_groups
from training.models import TrainingBooking

OTHERS = "others"
NOT_SAID = "not said"
# The unit of a table with shared labels: its rows don't add up to the people of the role.
SHARED_LABELS = "people, some in several rows"

# What a table counts: rows (label, number) in which each person is once; or, if people may have several of the
# labels, label → their ids. The ids of users are given.
PeopleCounts = Sequence[CountRow] | Mapping[str, set[int]]
CountPeople = Callable[[Cohort, set[int]], PeopleCounts]
PEOPLE_TABLES: dict[str, CountPeople] = {}


def people_table(key: str) -> Callable[[CountPeople], CountPeople]:
    """Register a function as the table `key`, such as "mentees:retention". The key begins with the role."""
    if key.partition(":")[0] not in ROLES:
        raise ValueError(f"The key of a table begins with one of {', '.join(ROLES)}: {key}")
    if key in PEOPLE_TABLES:
        raise ValueError(f"There are two tables {key}.")

    def register(count: CountPeople) -> CountPeople:
        PEOPLE_TABLES[key] = count
        return count

    return register


def people_tables(cohort: Cohort, roles: Mapping[str, set[int]]) -> dict[str, list[CountRow]]:
    """Key → rows of every registered table, small groups suppressed.

    Labels that people may share become a table each, of those with the label and all others, below the key. Raises
    ValueError for rows that leave people of the role out or count some twice, and for "not said" among shared labels:
    whoever said something else is everybody without these two labels, and may be one person.
    """
    found: dict[str, list[CountRow]] = {}
    for key, count in PEOPLE_TABLES.items():
        people = roles[key.partition(":")[0]]
        counted = count(cohort, people)
        if isinstance(counted, Mapping):
            if NOT_SAID in counted:
                raise ValueError(f"Table {key} shares labels among people: “{NOT_SAID}” beside them would tell of few.")
            for label, some in counted.items():
                with_label = len(some & people)
                found[f"{key}:{label}"] = suppress_small_groups(
                    [(label, with_label), (OTHERS, len(people) - with_label)]
                )
            continue
        if counted and sum(number for _label, number in counted) != len(people):
            raise ValueError(f"Table {key} must count each of the {len(people)} people once: {counted}")
        found[key] = suppress_small_groups(counted)
    return found


@people_table("mentees:retention")
def retention(cohort: Cohort, mentees: set[int]) -> PeopleCounts:
    """How many mentees came back as mentors in a later cohort of the programme."""
    later = Enrollment.objects.filter(
        cohort__programme_id=cohort.programme_id, cohort__starts_on__gt=cohort.starts_on, role=Enrollment.Role.MENTOR
    ).occupying_place()
    back = len(mentees & set(later.values_list("user_id", flat=True)))
    return [("came back as mentors", back), ("not so far", len(mentees) - back)] if back else []


@people_table("mentors:training")
def training(cohort: Cohort, mentors: set[int]) -> PeopleCounts:
    """Number of mentors who attended a training session, or had a seat if attendance was not recorded.

    Calls don't count as training, nor does a session attended as a mentee.
    """
    bookings = TrainingBooking.objects.filter(
        session__cohort=cohort,
        session__cancelled_at=None,
        session__training__kind="training",
        enrollment__cohort=cohort,
        enrollment__role="mentor",
    ).filter(Q(status="booked", attended=None) | Q(status__in=["booked", "came"], attended=True))
    took = len(mentors & set(bookings.values_list("enrollment__user_id", flat=True)))
    return [("took part in a training", took), ("did not", len(mentors) - took)] if took else []
