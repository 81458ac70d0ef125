"""The page with the whole history of an object."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from mentorship.core.accounts.models import User
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin
from mentorship.core.audit.models import AuditEntry
from mentorship.core.history.subjects import History, history_for
from mentorship.core.ui.downloads.export import export, wants_export
from mentorship.core.ui.requests import choice_in, number_in, page_of
from mentorship.core.views import LookupView


class HistoryList(CoordinatorRequiredMixin, LookupView):
    """Every entry about something, newest first, of everybody or of one person."""

    template_name = "history/list.html"
    history: History

    def look_up(self) -> None:
        self.history = history_for(self.request.user, self.kwargs["kind"], self.kwargs["key"])

    def get(self, request: HttpRequest) -> HttpResponse:
        entries = self.history.subject.entries
        actors = User.objects.filter(pk__in=entries.order_by().values("actor")).order_by("full_name", "pk")
        by = choice_in(request, "by", actors.values_list("pk", flat=True))
        found = entries.filter(actor=number_in(by)) if by else entries
        if wants_export(request):
            return export(request, "history", ["at (UTC)", "who", "what", "details"], map(self._row, found))
        return self.page(page_obj=page_of(request, found), actors=actors, by=by, total=entries.count())

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "history": self.history}

    def _row(self, entry: AuditEntry) -> list[Any]:
        reason = entry.data.get("reason", "") if self.history.reads_reasons else ""
        details = ", ".join(filter(None, [reason, *entry.details]))
        return [f"{entry.at:%Y-%m-%d %H:%M}", entry.actor or "the system", entry.words, details]
