"""The messages pages of coordinators."""

import uuid
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.views import View
from django.views.generic import DetailView, ListView

from mentorship.core.accounts.models import Workspace
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, workspaces_of
from mentorship.core.outbox.delivery.mime import source_of
from mentorship.core.outbox.delivery.still_for import revise
from mentorship.core.outbox.delivery.suppression import lift, reasons_against, suppress
from mentorship.core.outbox.messages.forms import (
    BACK,
    TWICE,
    MessageFilterForm,
    MessageForm,
    SendOnceMoreForm,
    SuppressionFilterForm,
    SuppressionForm,
)
from mentorship.core.outbox.models import OutboxMessage, Suppression
from mentorship.core.outbox.scope_names import names_of
from mentorship.core.outbox.services import (
    cancel_message,
    copies_of,
    edit_message,
    resend_message,
    send_once_more,
)
from mentorship.core.ui.counts import MOST, AtLeast, LongPaginator, counts_up_to
from mentorship.core.ui.downloads.export import export, wants_export
from mentorship.core.ui.requests import choice_in, number_in, unknown_choices
from mentorship.core.views import FormPage, WorkspaceView, errors_as_messages

# The lists of kinds and cohorts to filter by have those of so many messages.
NEWEST = 300
HEAD = ("status", "kind", "to", "cc", "subject", "why", "due (UTC)", "sent (UTC)", "last answer")


class MessageList(CoordinatorRequiredMixin, ListView):
    """Every message of the reader's programmes, newest first."""

    template_name = "outbox/message_list.html"
    paginate_by = 50
    paginator_class = LongPaginator

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.visible = OutboxMessage.objects.visible_to(request.user)
        form = MessageFilterForm(request.GET)
        form.is_valid()
        self.filters = {name: form.cleaned_data.get(name, "") for name in form.fields}
        newest = list(self.visible.values_list("kind", "scope")[:NEWEST])
        self.kinds = sorted({kind for kind, _ in newest} | self._also("kind"))
        self.scopes = names_of({scope for _, scope in newest} | self._also("scope"))
        for name, choices in (
            ("status", form.fields["status"].choices),  # type: ignore[attr-defined]
            ("kind", self.kinds),
            ("scope", self.scopes),
        ):
            self.filters[name] = choice_in(request, name, choices)

    def _also(self, name: str) -> set[str]:
        """The value of a filter in the address, if there are messages of it: the lists offer those of the newest."""
        value = self.filters[name]
        return {value} if value and self.visible.filter(**{name: value}).exists() else set()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if wants_export(request):
            return export(request, "messages", HEAD, _rows(self.get_queryset()))
        return super().get(request, *args, **kwargs)

    @cached_property
    def searched(self) -> Any:
        """The messages that match search, kind and cohort; the tabs count these by status."""
        found = self.visible.search(self.filters["q"])
        chosen = {name: self.filters[name] for name in ("kind", "scope") if self.filters[name]}
        return found.filter(**chosen)

    def get_queryset(self) -> QuerySet[OutboxMessage]:
        found = self.searched
        if unknown_choices(self.request):
            return found.none()
        if self.filters["status"] == TWICE[0]:
            found = found.filter(maybe_duplicate=True)
        elif self.filters["status"] == BACK[0]:
            found = found.came_back()
        elif self.filters["status"]:
            found = found.filter(status=self.filters["status"])
        return found.defer("body_text", "body_html")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        held, *numbers = self._counts()
        total, every_status = sum(numbers[:-2]), list(OutboxMessage.Status.choices)
        tabs = [("", "All", AtLeast(MOST) if total > MOST or any(isinstance(n, AtLeast) for n in numbers) else total)]
        tabs += [(value, label.capitalize(), n) for (value, label), n in zip(every_status, numbers, strict=False)]
        rare = zip((TWICE, BACK), numbers[-2:], strict=True)
        tabs += [(value, label.capitalize(), n) for (value, label), n in rare if n]
        lists = {"kinds": self.kinds, "scopes": self.scopes, "held": held}
        return super().get_context_data(tabs=tabs, **lists, filters=self.filters, **kwargs)

    def _counts(self) -> list[int]:
        """How many are held, have each status, may have gone out twice, and came back. One query."""
        found = self.searched
        by_status = (found.filter(status=status) for status in OutboxMessage.Status.values)
        held = self.visible.filter(held=OutboxMessage.Held.HELD)
        return counts_up_to(held, *by_status, found.filter(maybe_duplicate=True), found.came_back())


class MessageSource(CoordinatorRequiredMixin, View):
    """The mail as bytes, as it went out or will, without the links that let its recipient act."""

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        visible = OutboxMessage.objects.visible_to(request.user)
        message = as_it_would_leave(get_visible_or_404(visible, pk=pk))
        try:
            source = source_of(message)
        except ValueError as error:
            messages.error(request, f"This can't be sent as it is: {error}")
            return redirect(message)
        # As text, never as a page: its content must not run in the browser.
        kind = "message/rfc822" if "download" in request.GET else "text/plain; charset=utf-8"
        response = HttpResponse(source, content_type=kind)
        if "download" in request.GET:
            response["Content-Disposition"] = f'attachment; filename="{message.pk}.eml"'
        return response


class MessageDetail(CoordinatorRequiredMixin, DetailView):
    """One message exactly as it goes out, and its history."""

    template_name = "outbox/message_detail.html"
    context_object_name = "mail"  # "messages" are Django's notes to the reader

    def get_object(self, queryset: Any = None) -> OutboxMessage:
        visible = OutboxMessage.objects.visible_to(self.request.user).select_related("workspace")
        return as_it_would_leave(get_visible_or_404(visible, pk=self.kwargs["pk"]))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mail = self.object
        revision: Any = getattr(mail, "revision", None)
        editable = OutboxMessage.objects.editable_by(self.request.user).filter(pk=mail.pk).exists()
        waits = mail.status in ("queued", "failed", "skipped")
        return super().get_context_data(
            sender=mail.sender or settings.DEFAULT_FROM_EMAIL,
            bounces=mail.bounces.all(),
            left_out=reasons_against(mail).items() if waits else [],
            dropped=revision.dropped.items() if revision and waits else [],
            for_nobody=revision.reason if revision and mail.status in ("queued", "failed") else "",
            about=names_of([mail.scope]).get(mail.scope, ""),
            not_out=mail.last_error if mail.status in ("failed", "skipped") else "",
            may_cancel=editable and mail.may_be_cancelled,
            may_edit=editable and mail.may_be_edited,
            may_resend=editable and mail.may_be_sent_again,
            may_send_once_more=editable and mail.status == "sent",
            **kwargs,
        )


def as_it_would_leave(message: OutboxMessage) -> OutboxMessage:
    """An unsent message with its current recipients and words. Writes nothing."""
    if message.status not in ("sent", "sending", "cancelled"):
        revise([message])
    return message


class MessageView(WorkspaceView):
    """A page or a button about one message, which `pk` names in the URL."""

    message: OutboxMessage

    def look_up(self) -> None:
        found = get_visible_or_404(self.allowed(OutboxMessage.objects.all()), pk=self.kwargs["pk"])
        self.message = as_it_would_leave(found)

    @property
    def workspace_id(self) -> int:
        return self.message.workspace_id or 0  # a message without a workspace is visible to nobody

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "mail": self.message}


class MessageEdit(FormPage, MessageView):
    """Change the words of an unsent message, or the moment at which it may be sent."""

    template_name = "outbox/message_edit.html"
    for_editors = True

    def get(self, request: HttpRequest) -> HttpResponse:
        if not self.message.may_be_edited:
            messages.error(request, "This message has left, or is over: it can't be changed any more.")
            return redirect(self.message)
        return super().get(request)

    def get_form(self, *data: Any) -> MessageForm:
        message = self.message
        initial = {
            "subject": message.subject,
            "text": message.body_text,
            "due_at": message.due_at,
            "version": message.version,
        }
        return MessageForm(*data, initial=initial)

    def save(self, form: MessageForm) -> HttpResponse:
        said = form.cleaned_data
        self.message.version = said["version"]  # the version of the words on the reader's screen
        edit_message(
            message=self.message, by=self.user, subject=said["subject"], text=said["text"], due_at=said["due_at"]
        )
        messages.success(self.request, "Saved. This is what goes out.")
        return redirect(self.message)


class MessageSendAgain(FormPage, MessageView):
    """Send the same words to somebody who did not get them, as a new recorded message."""

    template_name = "outbox/send_once_more.html"
    for_editors = True

    def get_form(self, *data: Any) -> SendOnceMoreForm:
        return SendOnceMoreForm(*data, message=self.message, initial={"copies": copies_of(self.message)})

    def save(self, form: SendOnceMoreForm) -> HttpResponse:
        again = send_once_more(message=self.message, by=self.user, **form.cleaned_data)
        messages.success(self.request, "It is on its way once more.")
        return redirect(again)


class MessageCancel(MessageView):
    """Cancel an unsent message."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        with errors_as_messages(request):
            cancel_message(message=self.message, by=self.user)
            messages.success(request, "The message is cancelled. It will not be sent.")
        return redirect(self.message)


class MessageResend(MessageView):
    """Queue a failed or cancelled message again."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        with errors_as_messages(request):
            resend_message(message=self.message, by=self.user)
            messages.success(request, "The message is queued again.")
        return redirect(self.message)


class DemoMailbox(ListView):
    """The mailbox of the demo, from which no mail leaves the machine: everybody can read it here instead."""

    template_name = "outbox/demo.html"
    context_object_name = "mails"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not settings.DEMO:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[OutboxMessage]:
        return OutboxMessage.objects.all()[:30]


class SuppressionList(CoordinatorRequiredMixin, ListView):
    """Suppressed addresses with the reasons; coordinators can add one, or lift one."""

    template_name = "outbox/suppressions.html"
    paginate_by = 50

    def get_queryset(self) -> QuerySet[Suppression]:
        form = SuppressionFilterForm(self.request.GET)
        form.is_valid()
        self.filters = {name: form.cleaned_data.get(name, "") for name in form.fields}
        self.filters["reason"] = choice_in(self.request, "reason", Suppression.Reason.values)
        if unknown_choices(self.request):
            return Suppression.objects.none()
        found = Suppression.objects.visible_to(self.request.user).search(self.filters["q"]).select_related("workspace")
        return found.filter(reason=self.filters["reason"]) if self.filters["reason"] else found

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if wants_export(request):
            rows = ((s.address, s.get_reason_display(), s.note, s.workspace, s.created_at) for s in self.get_queryset())
            return export(request, "left-out", ("address", "reason", "note", "programme", "since (UTC)"), rows)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        workspaces = _workspaces(self.request)
        form = kwargs.pop("form", None) or SuppressionForm(workspaces=workspaces)
        return super().get_context_data(
            form=form,
            filters=self.filters,
            reasons=Suppression.Reason.choices,
            may_edit=workspaces.exists(),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "lift" in request.POST:
            pk = number_in(request.POST["lift"])
            one = get_visible_or_404(Suppression.objects.editable_by(request.user), pk=pk)
            lift(workspace_id=one.workspace_id, address=one.address, reason=one.reason, by=request.user)
            messages.success(request, f"{one.address} is written to again.")
            return redirect("outbox:suppression-list")
        form = SuppressionForm(request.POST, workspaces=_workspaces(request))
        if not form.is_valid():
            self.object_list = self.get_queryset()
            return self.render_to_response(self.get_context_data(form=form), status=422)
        data = form.cleaned_data
        suppress(
            workspace_id=data["workspace"].pk,
            address=data["address"],
            reason=Suppression.Reason.BY_HAND,
            note=data["note"],
            by=request.user,
        )
        messages.success(request, f"{data['address']} gets no more emails.")
        return redirect("outbox:suppression-list")


def _workspaces(request: HttpRequest) -> QuerySet[Workspace]:
    return Workspace.objects.filter(pk__in=workspaces_of(request.user, editing=True)).order_by("name")


def _rows(found: QuerySet[OutboxMessage]) -> Iterator[tuple[Any, ...]]:
    for m in found.iterator(chunk_size=500):
        due, sent = (moment.isoformat(timespec="seconds") if moment else "" for moment in (m.due_at, m.sent_at))
        yield (
            m.get_status_display(),
            m.kind,
            ", ".join(m.to),
            ", ".join(m.cc),
            m.subject,
            m.why,
            due,
            sent,
            m.last_error,
        )
