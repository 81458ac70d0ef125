"""The access log of a programme: who read what people told in confidence."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from cohorts.cohort_view import ProgrammeView
from cohorts.models import Enrollment
from cohorts.setup.team import is_owner
from mentorship.core.accounts.models import User
from mentorship.core.audit.models import ReadEntry
from mentorship.core.ui.downloads.export import export, wants_export
from mentorship.core.ui.requests import choice_in, number_in, page_of
from mentorship.core.ui.search import words_of


class ReadingList(ProgrammeView):
    """The list of who read private needs and conduct concerns, and when; for the programme's owners only.

    Of a concern it doesn't say whose it is: only those named to read concerns know that.
    """

    template_name = "cohorts/setup/readings.html"

    def look_up(self) -> None:
        super().look_up()
        if not is_owner(self.user, self.programme):
            raise Http404

    def get(self, request: HttpRequest) -> HttpResponse:
        everything = ReadEntry.objects.filter(workspace=self.workspace_id)
        readers = list(User.objects.filter(readings__workspace=self.workspace_id).distinct().order_by("full_name"))
        found = self._filtered(everything, readers).select_related("reader", "about")
        if wants_export(request):
            head = ["day", "first read at (UTC)", "who", "what", "whose", "how"]
            return export(request, f"{self.programme.slug}-access-log", head, map(_row, found.iterator()))
        page = page_of(request, found)
        _add_links(page.object_list)
        return self.page(page_obj=page, total=everything.count(), readers=readers, kinds=ReadEntry.Kind.choices)

    def get_context(self) -> dict[str, Any]:
        return {
            **super().get_context(),
            "kind": choice_in(self.request, "kind", ReadEntry.Kind.values),
            "reader": self.request.GET.get("reader", ""),
        }

    def _filtered(self, found: QuerySet[ReadEntry], readers: list[User]) -> QuerySet[ReadEntry]:
        if kind := choice_in(self.request, "kind", ReadEntry.Kind.values):
            found = found.filter(kind=kind)
        if reader := choice_in(self.request, "reader", [person.pk for person in readers]):
            found = found.filter(reader=number_in(reader))
        for word in words_of(self.request.GET.get("q", "")):
            # A search by name finds no concern: that would tell whose it is.
            found = found.filter(Q(about__full_name__icontains=word) | Q(about__email__icontains=word), kind="needs")
        return found


def _add_links(entries: Any) -> None:
    """Give each entry about an enrollment the address of its page."""
    ids = [number_in(entry.object_id) for entry in entries if entry.object_type == Enrollment._meta.label_lower]
    slugs = dict(Enrollment.objects.filter(pk__in=ids).values_list("pk", "cohort__slug"))
    for entry in entries:
        slug = slugs.get(number_in(entry.object_id)) if entry.kind == ReadEntry.Kind.NEEDS else None
        entry.url = reverse("cohorts:enrollment-detail", args=[slug, entry.object_id]) if slug else ""


def _row(entry: ReadEntry) -> list[Any]:
    whose = f"{entry.about} ({entry.about.email})" if entry.kind == ReadEntry.Kind.NEEDS else ""
    return [
        entry.day,
        f"{entry.at:%Y-%m-%d %H:%M}",
        entry.reader or "an operator",
        entry.what,
        whose,
        entry.get_way_display(),
    ]
