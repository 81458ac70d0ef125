"""The list of mails to come, and the page of one that is not written yet."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views import View
from django.views.generic import ListView

from mentorship.core.accounts.models import User
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit
from mentorship.core.audit.services import history_of
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.forms import MessageFilterForm, PlannedForm
from mentorship.core.outbox.models import OutboxMessage, PlannedChange
from mentorship.core.outbox.planned.planned_changes import leave_out, move_planned, send_after_all
from mentorship.core.outbox.planned.planned_mail import PlannedMail, mail_to_come, planned_message
from mentorship.core.outbox.scope_names import names_of
from mentorship.core.ui.export import export, wants_export
from mentorship.core.ui.search import has_every_word


class PlannedMailList(CoordinatorRequiredMixin, ListView):
    """What has not left yet, written or not: when, to whom, why, and where it is changed, moved or called off."""

    template_name = "outbox/planned_mail.html"
    paginate_by = 50

    def get_queryset(self) -> Any:
        form = MessageFilterForm(self.request.GET)
        form.is_valid()
        self.filters = {name: form.cleaned_data.get(name, "") for name in ("q", "kind", "scope")}
        self.everything = mail_to_come(self.request.user)
        return [
            one
            for one in self.everything
            if (not self.filters["kind"] or one.kind == self.filters["kind"])
            and (not self.filters["scope"] or one.scope == self.filters["scope"])
            and has_every_word(f"{one.to} {one.what} {one.why}", self.filters["q"])
        ]

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
            kinds=sorted({one.kind for one in self.everything}),
            scopes=names_of(one.scope for one in self.everything),
            **kwargs,
        )


class PlannedMessage(CoordinatorRequiredMixin, View):
    """One message that is not written yet: what it will say, why it exists; and leaving it out, or moving it."""

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        planned = planned_message(request.user, key, timezone.now())
        if planned is None:
            # By now it may be written: then it has a page of its own.
            return redirect(get_visible_or_404(OutboxMessage.objects.visible_to(request.user), key=key))
        return _page(request, planned, PlannedForm(initial={"due_at": planned.at}, planned=planned))

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        planned = planned_message(request.user, key, timezone.now())
        if planned is None:
            return redirect(get_visible_or_404(OutboxMessage.objects.editable_by(request.user), key=key))
        if planned.workspace_id is None or not may_edit(request.user, planned.workspace_id):
            raise Http404
        form = PlannedForm(request.POST, initial={"due_at": planned.at}, planned=planned)
        wanted = request.POST.get("do", "")
        if wanted not in ("leave-out", "send") and not form.is_valid():
            return _page(request, planned, form, status=422)
        assert isinstance(request.user, User)  # noqa: S101  (the mixin let no one else in)
        try:
            said = _decide(wanted, planned, form, request.user)
        except ServiceError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, said)
        return redirect(reverse("outbox:planned-detail", args=[key]))


def _decide(wanted: str, planned: PlannedMail, form: PlannedForm, by: User) -> str:
    """Do it, and say what was done."""
    if wanted == "leave-out":
        leave_out(planned=planned, by=by)
        return "It is left out. When its moment comes it is put on record, and not sent."
    if wanted == "send":
        send_after_all(planned=planned, by=by)
        return "It is sent after all."
    move_planned(planned=planned, due_at=form.cleaned_data["due_at"], by=by)
    return "Saved. It leaves at this moment."


def _page(request: HttpRequest, planned: PlannedMail, form: PlannedForm, status: int = 200) -> HttpResponse:
    subject, text, _ = planned.mail(planned.at) if planned.mail else ("", "", "")
    change = PlannedChange.objects.filter(key=planned.key).first()
    context = {
        "planned": planned,
        "late": planned.at <= timezone.now(),
        "subject": subject,
        "text": text,
        "form": form,
        "history": history_of(change) if change else [],
        "about": names_of([planned.scope]).get(planned.scope, ""),
        "may_edit": planned.workspace_id is not None and may_edit(request.user, planned.workspace_id),
    }
    return render(request, "outbox/planned.html", context, status=status)
