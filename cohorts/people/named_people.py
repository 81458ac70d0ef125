"""People who were asked for by name or address, found among the enrollments. For coordinators and the matching."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from cohorts.models import Enrollment, SignupAnswer
from cohorts.models.question_kinds import kind_names
from mentorship.core.text import tidy_address, without_accents


@dataclass(frozen=True)
class NamedPerson:
    """A name or address as somebody typed it, and the enrollments of the other role that it fits."""

    typed: str
    found: list[Enrollment]


class PeopleByName:
    """Enrollments by what people may call them: an address, a full name, the title of a project."""

    def __init__(self, enrollments: Iterable[Enrollment]) -> None:
        self._by_address: dict[str, list[Enrollment]] = {}
        self._by_words: dict[frozenset[str], list[Enrollment]] = {}
        for enrollment in enrollments:
            for person in enrollment.people:
                self._by_address.setdefault(person.email.lower(), []).append(enrollment)
                for name in {person.full_name, person.known_name}:
                    self._add(name, enrollment)
            self._add(enrollment.title, enrollment)

    def _add(self, name: str, enrollment: Enrollment) -> None:
        words = _words(name)
        if words and enrollment not in self._by_words.setdefault(words, []):
            self._by_words[words].append(enrollment)

    def find(self, typed: str) -> list[Enrollment]:
        """The enrollments that a text fits; several where people share a name."""
        if "@" in typed:
            return self._by_address.get(tidy_address(typed), [])
        return self._by_words.get(_words(typed), [])


def _words(name: str) -> frozenset[str]:
    """The words of a name in any order, without case and accents."""
    return frozenset(re.findall(r"[^\W_]+", without_accents(name.casefold())))


def named_by(enrollment: Enrollment, seen_by: Collection[str]) -> list[NamedPerson]:
    """The people whom somebody asked for, in answers that `seen_by` may read."""
    asked = SignupAnswer.objects.filter(
        enrollment=enrollment, question__kind__in=kind_names(lambda kind: kind.names_person)
    )
    answers = list(asked.filter(question__seen_by__in=list(seen_by)))
    if not answers:
        return []
    (other,) = [role for role in Enrollment.MATCHED_ROLES if role != enrollment.role]
    there = Enrollment.objects.filter(cohort=enrollment.cohort_id, role=other).exclude(
        status__in=[Enrollment.Status.DECLINED, Enrollment.Status.WITHDRAWN]
    )
    people = PeopleByName(there.with_people())
    return [NamedPerson(str(a.value), people.find(str(a.value))) for a in answers]
