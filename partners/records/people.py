"""People whom a partner lends or sponsors, and their consent to be shown to it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from cohorts.models import Enrollment
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.errors import ServiceError
from partners.models import Partner, PartnerPerson, Sponsorship


@dataclass(frozen=True)
class PersonOverRounds:
    """A person at a partner with each round in which they took part for it, the latest first."""

    user: User
    rows: Sequence[PartnerPerson]

    @property
    def is_back(self) -> bool:
        """Whether they took part in more than one round."""
        return len({row.enrollment.cohort_id for row in self.rows}) > 1


def people_over_rounds(rows: Iterable[PartnerPerson]) -> list[PersonOverRounds]:
    """The people of a partner, each once with all rounds, by name."""
    found: dict[int, list[PartnerPerson]] = {}
    for row in sorted(rows, key=lambda one: (one.enrollment.cohort.starts_on, one.pk), reverse=True):
        found.setdefault(row.enrollment.user_id, []).append(row)
    people = [PersonOverRounds(own[0].enrollment.user, own) for own in found.values()]
    return sorted(people, key=lambda one: (str(one.user).casefold(), one.user.pk))


@transaction.atomic
def lend(*, partner: Partner, enrollment: Enrollment, by: User) -> PartnerPerson:
    """Record that a mentor, expert or facilitator comes from the partner; their own page asks for consent."""
    if enrollment.cohort.workspace_id != partner.workspace_id or enrollment.role == Enrollment.Role.MENTEE:
        raise ServiceError("A partner lends mentors, experts and facilitators of its own programme.")
    person, new = PartnerPerson.objects.get_or_create(
        partner=partner, enrollment=enrollment, defaults={"kind": PartnerPerson.Kind.LENT}
    )
    if new:
        record(verb=Verb.LENT, target=partner, workspace_id=partner.workspace_id, by=by, enrollment=enrollment.pk)
    return person


@transaction.atomic
def ask_sponsored(*, sponsorship: Sponsorship, by: User) -> int:
    """Record everybody in the sponsorship's group as sponsored, so that they are asked. Returns how many are new."""
    if sponsorship.group is None:
        raise ServiceError("This sponsorship has no group of people.")
    partner = sponsorship.partner
    known = set(partner.people.values_list("enrollment_id", flat=True))
    fresh = [e for e in sponsorship.group.enrollments.occupying_place() if e.pk not in known]
    PartnerPerson.objects.bulk_create(
        PartnerPerson(partner=partner, enrollment=e, kind=PartnerPerson.Kind.SPONSORED) for e in fresh
    )
    if fresh:
        record(
            verb=Verb.ASKED_ITS_PEOPLE, target=sponsorship, workspace_id=partner.workspace_id, by=by, asked=len(fresh)
        )
    return len(fresh)


@transaction.atomic
def answer_visibility(*, person: PartnerPerson, agree: bool, by: User) -> PartnerPerson:
    """Record whether a person lets the partner see their name and project; they may change their mind."""
    locked = (
        PartnerPerson.objects.select_for_update(of=("self",)).select_related("partner", "enrollment").get(pk=person.pk)
    )
    if locked.enrollment.user_id != by.pk:
        raise ServiceError("Only the person themselves can say so.")
    now = timezone.now()
    locked.agreed_at, locked.declined_at = (now, None) if agree else (None, now)
    locked.save(update_fields=["agreed_at", "declined_at"])
    verb = Verb.AGREED_TO_BE_SEEN if agree else Verb.DID_NOT_AGREE_TO_BE_SEEN
    record(verb=verb, target=locked, workspace_id=locked.partner.workspace_id, by=by)
    return locked


@transaction.atomic
def delete_lent_person(*, person: PartnerPerson, by: User) -> None:
    """Delete the record that a person comes from this partner."""
    record(verb=Verb.NOT_LENT_ANY_MORE, target=person.partner, workspace_id=person.partner.workspace_id, by=by)
    person.delete()


def enrollments_to_lend(partner: Partner) -> QuerySet[Enrollment]:
    """Accepted helpers of cohorts that the partner supports, whoever is no mentee, unless recorded already."""
    found = Enrollment.objects.filter(cohort__sponsorships__partner=partner).occupying_place()
    found = found.exclude(role=Enrollment.Role.MENTEE)
    found = found.exclude(shown_to_partners__partner=partner).select_related("user", "cohort__programme")
    # Whoever came from the partner before comes first: most likely they do again.
    before = PartnerPerson.objects.filter(
        partner=partner, kind=PartnerPerson.Kind.LENT, enrollment__user=OuterRef("user")
    )
    first: Any = found.annotate(lent_before=Exists(before))
    return first.distinct().order_by("-lent_before", "cohort__starts_on", "user__full_name", "pk")  # type: ignore[no-any-return]
