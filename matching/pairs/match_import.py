"""Import past pairs from a sheet as history. Sends no mail and makes nothing due."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db import transaction

from cohorts.models import Cohort, Enrollment
from matching.models import Match
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb


@dataclass
class MatchImportResult:
    """Counts of the imported lines, and the rejected ones with their reasons."""

    created: int = 0
    unchanged: int = 0
    rejected: list[tuple[int, str]] = field(default_factory=list)


@transaction.atomic
def import_matches(
    *, cohort: Cohort, rows: Iterable[tuple[int, Mapping[str, str]]], by: User | None
) -> MatchImportResult:
    """Import past pairs by external ids. `rows` are (line, {"mentee_id": …, "mentor_id": …}).

    A pair is graduated if its mentee completed the cohort, else ended. Neither is under way, so no check-in and no
    reminder falls due for it.
    """
    Cohort.objects.select_for_update().get(pk=cohort.pk)
    people = {(e.role, e.external_id): e for e in cohort.enrollments.exclude(external_id="").select_related("user")}
    known = set(Match.objects.filter(mentee__cohort=cohort).values_list("mentee_id", "mentor_id"))
    result = MatchImportResult()
    for line, row in rows:
        ids = {role: (row.get(f"{role}_id") or "").strip() for role in ("mentee", "mentor")}
        missing = [f"no {role} {ids[role] or 'id'}" for role in ids if (role, ids[role]) not in people]
        if missing:
            result.rejected.append((line, f"{' and '.join(missing)} in {cohort}"))
            continue
        mentee, mentor = people["mentee", ids["mentee"]], people["mentor", ids["mentor"]]
        if (mentee.pk, mentor.pk) in known:
            result.unchanged += 1
            continue
        _write(mentee, mentor)
        known.add((mentee.pk, mentor.pk))
        result.created += 1
    if result.created:
        record(
            verb=Verb.IMPORTED_MATCHES, target=cohort, workspace_id=cohort.workspace_id, by=by, created=result.created
        )
    return result


def _write(mentee: Enrollment, mentor: Enrollment) -> None:
    through = mentee.status == Enrollment.Status.COMPLETED
    Match.objects.create(
        mentee=mentee,
        mentor=mentor,
        imported=True,
        status=Match.Status.GRADUATED if through else Match.Status.ENDED,
        ended_reason="" if through else "History from elsewhere",
    )
