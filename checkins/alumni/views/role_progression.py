"""The page about people who return in another role."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from checkins.alumni import opportunities as services
from checkins.alumni.role_progression import LATER_ROLES, role_progressions
from checkins.answering.results import tally_wave
from cohorts.models import Cohort
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit
from mentorship.core.ui.export import export, wants_export


class RoleProgressionPage(CoordinatorRequiredMixin, View):
    """The path of people from round to round, as what they would come back, and what lasted."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        paths = [path for path in role_progressions(cohort.programme) if path.mentees]
        if wants_export(request):
            head = ["round", "mentees for the first time", *LATER_ROLES.values(), "came back", "per cent"]
            rows = (
                [p.cohort, len(p.mentees), *p.numbers, p.came_back, "" if p.rate is None else p.rate] for p in paths
            )
            return export(request, f"{cohort.programme.slug}-paths", head, rows)
        over = [path for path in paths if path.has_later]
        chart = [("Mentees of rounds before the last", sum(len(p.mentees) for p in over))]
        chart += [(f"Later {label}s", sum(len(p.took[step]) for p in over)) for step, label in LATER_ROLES.items()]
        later = cohort.waves.filter(anchor="ends", offset__gt=0).select_related("survey").order_by("unit", "offset")
        context = {
            "cohort": cohort,
            "paths": paths,
            "steps": list(LATER_ROLES.values()),
            "chart": chart if over else [],
            "would": _would_come_back(cohort),
            "alumni": services.alumni_of(cohort.programme).count(),
            "later": [(wave, _asked(wave), [t for t in tally_wave(wave) if t.answered]) for wave in later],
            "may_edit": may_edit(request.user, cohort.workspace_id),
        }
        return render(request, "checkins/alumni/role_progression.html", context)


def _asked(wave: Any) -> tuple[int, int]:
    """How many answered, of how many."""
    asked = wave.checkins.filter(mails_sent__gt=0).exclude(status="cancelled")
    return asked.filter(status="answered").count(), asked.count()


def _would_come_back(cohort: Cohort) -> list[tuple[str, int]]:
    """As what people of this round said that they would come back, on the page of their place or as alumni."""
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
