"""The list of mails to come, and the page of one that is not written yet."""

from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.generic import ListView

from mentorship.core.accounts.models import User, Workspace
from mentorship.core.accounts.permissions import (
    CoordinatorRequiredMixin,
    get_visible_or_404,
    held_roles,
    may_edit,
    narrowed_to,
)
from mentorship.core.outbox.messages.forms import MessageFilterForm, PlannedForm
from mentorship.core.outbox.models import OutboxMessage, PlannedChange
from mentorship.core.outbox.planned.planned_changes import leave_out, move_planned, send_after_all
from mentorship.core.outbox.planned.planned_mail import PlannedMail, mail_to_come, planned_message
from mentorship.core.outbox.scope_names import names_of
from mentorship.core.ui.downloads.export import export, wants_export
from mentorship.core.ui.requests import choice_in, number_in, rows_shown
from mentorship.core.ui.search import has_every_word
from mentorship.core.views import WorkspaceView, errors_as_messages

# What is not written yet is worked out for all programmes that a list shows.
MOST_AT_ONCE = 10


class PlannedMailList(CoordinatorRequiredMixin, ListView):
    """Mail that has not left yet, written or not: when, to whom, why, and where to change it."""

    template_name = "outbox/planned_mail.html"
    paginate_by = 50

    def get_queryset(self) -> Any:
        form = MessageFilterForm(self.request.GET)
        form.is_valid()
        self.everything = mail_to_come(self._reader())
        self.kinds = sorted({one.kind for one in self.everything})
        self.scopes = names_of(one.scope for one in self.everything)
        self.filters = {
            "q": form.cleaned_data.get("q", ""),
            "kind": choice_in(self.request, "kind", self.kinds),
            "scope": choice_in(self.request, "scope", self.scopes),
        }
        return [
            one
            for one in rows_shown(self.request, self.everything)
            if (not self.filters["kind"] or one.kind == self.filters["kind"])
            and (not self.filters["scope"] or one.scope == self.filters["scope"])
            and has_every_word(f"{one.to} {one.what} {one.why}", self.filters["q"])
        ]

    def _reader(self) -> User:
        """The reader; whoever works in many programmes looks at one of them at a time."""
        user = cast(User, self.request.user)
        workspaces = [pk for pk, _ in held_roles(user)]
        self.workspaces: list[tuple[int, str]] = []
        self.workspace = 0
        if len(workspaces) <= MOST_AT_ONCE:
            return user
        self.workspaces = list(
            Workspace.objects.filter(pk__in=workspaces).order_by("name", "pk").values_list("pk", "name")
        )
        self.workspace = number_in(choice_in(self.request, "programme", self.workspaces)) or self.workspaces[0][0]
        return narrowed_to(user, self.workspace)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if wants_export(request):
            rows = (
                (one.at.isoformat(timespec="seconds"), one.kind, one.to, one.what, one.why, one.state)
                for one in self.get_queryset()
            )
            return export(request, "coming", ("leaves (UTC)", "kind", "to", "what", "why", "state"), rows)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            filters=self.filters,
            kinds=self.kinds,
            scopes=self.scopes,
            workspaces=self.workspaces,
            workspace=self.workspace,
            **kwargs,
        )


class PlannedMessage(WorkspaceView):
    """One unwritten message: what it will say and why; skip it, or move it."""

    template_name = "outbox/planned.html"
    planned: PlannedMail | None

    def look_up(self) -> None:
        workspaces = {pk for pk, _ in held_roles(self.user)}
        named = number_in(self.request.GET.get("programme"))
        self.is_unnamed = named not in workspaces and len(workspaces) > MOST_AT_ONCE
        reader = narrowed_to(self.user, named) if named in workspaces else self.user
        self.planned = None if self.is_unnamed else planned_message(reader, self.kwargs["key"], timezone.now())

    @property
    def workspace_id(self) -> int:
        return (self.planned.workspace_id or 0) if self.planned else 0

    def get(self, request: HttpRequest) -> HttpResponse:
        if self.planned is None:
            return self._written()
        return self._page(self.planned, PlannedForm(initial={"due_at": self.planned.at}, planned=self.planned))

    def post(self, request: HttpRequest) -> HttpResponse:
        planned = self.planned
        if planned is None:
            return self._written()
        if not may_edit(self.user, self.workspace_id):
            raise Http404
        form = PlannedForm(request.POST, initial={"due_at": planned.at}, planned=planned)
        wanted = request.POST.get("do", "")
        if wanted not in ("leave-out", "send") and not form.is_valid():
            return self._page(planned, form, status=422)
        with errors_as_messages(request):
            messages.success(request, _decide(wanted, planned, form, self.user))
        return redirect(planned.page)

    def _written(self) -> HttpResponse:
        """Redirect to the message if it has been written meanwhile."""
        written = self.allowed(OutboxMessage.objects.all())
        if self.is_unnamed and not written.filter(key=self.kwargs["key"]).exists():
            return redirect("outbox:planned-list")  # where the reader chooses the programme
        return redirect(get_visible_or_404(written, key=self.kwargs["key"]))

    def _page(self, planned: PlannedMail, form: PlannedForm, status: int = 200) -> HttpResponse:
        subject, text, _ = planned.mail(planned.at) if planned.mail else ("", "", "")
        change = PlannedChange.objects.filter(key=planned.key).first()
        return self.page(
            status,
            planned=planned,
            late=planned.at <= timezone.now(),
            subject=subject,
            text=text,
            form=form,
            change=change,
            about=names_of([planned.scope]).get(planned.scope, ""),
        )


def _decide(wanted: str, planned: PlannedMail, form: PlannedForm, by: User) -> str:
    """Carry out the decision, and report it in a message."""
    if wanted == "leave-out":
        leave_out(planned=planned, by=by)
        return "It is left out. When its moment comes it is put on record, and not sent."
    if wanted == "send":
        send_after_all(planned=planned, by=by)
        return "It is sent after all."
    move_planned(planned=planned, due_at=form.cleaned_data["due_at"], by=by)
    return "Saved. It leaves at this moment."
