"""The page about people who return in another role."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from checkins.alumni.role_progression import LATER_ROLES, role_progressions
from checkins.alumni.services import alumni_of
from checkins.answering.results import tally_wave, told
from cohorts.cohort_view import CohortView
from cohorts.models import Cohort
from mentorship.core.accounts.field_access import Audience
from mentorship.core.ui.downloads.export import export, wants_export


class RoleProgressionPage(CohortView):
    """People's roles from round to round, the roles in which they would return, and lasting pairs."""

    template_name = "checkins/alumni/role_progression.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        programme = self.cohort.programme
        paths = [path for path in role_progressions(programme) if path.mentees]
        if wants_export(request):
            own = programme.own_words
            later_roles = map(own, LATER_ROLES.values())
            head = ["round", own("mentees for the first time"), *later_roles, "came back", "per cent"]
            rows = (
                [p.cohort, len(p.mentees), *p.numbers, p.came_back, "" if p.rate is None else p.rate] for p in paths
            )
            return export(request, f"{programme.slug}-paths", head, rows)
        over = [path for path in paths if path.has_later]
        chart = [(programme.own_words("Mentees of rounds before the last"), sum(len(p.mentees) for p in over))]
        chart += [
            (programme.own_words(f"Later {label}s"), sum(len(p.took[step]) for p in over))
            for step, label in LATER_ROLES.items()
        ]
        later = self.cohort.waves.filter(anchor="ends", offset__gt=0).select_related("survey")
        return self.page(
            paths=paths,
            steps=list(LATER_ROLES.values()),
            chart=chart if over else [],
            would=_would_come_back(self.cohort),
            alumni=alumni_of(programme).count(),
            later=[
                (wave, _asked(wave), told(tally_wave(wave), reads_answers=self.reads(Audience.COORDINATORS)))
                for wave in later.order_by("unit", "offset")
            ],
        )


def _asked(wave: Any) -> tuple[int, int]:
    """How many people answered, and how many were asked."""
    asked = wave.checkins.asked()
    return asked.filter(status="answered").count(), asked.count()


def _would_come_back(cohort: Cohort) -> list[tuple[str, int]]:
    """The roles in which people of this round would return, from their sign-up or as alumni, with numbers."""
    wanted: dict[int, set[str]] = {}
    people = set(cohort.enrollments.occupying_place().values_list("user", flat=True))
    people |= set(cohort.enrollments.occupying_place().values_list("members__user", flat=True))
    said: Any = cohort.enrollments.exclude(comes_back_as=[]).values_list("user", "comes_back_as")
    consents: Any = cohort.programme.alumni_consents.filter(left_at=None, user__in=people - {None})
    for user, roles in [*said, *consents.values_list("user", "roles")]:
        wanted.setdefault(user, set()).update(roles)
    counts: dict[str, int] = {}
    for roles in wanted.values():
        for role in roles:
            counts[role] = counts.get(role, 0) + 1
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
