"""The outbox pages of coordinators: what goes out, what went out, and what did not."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views import View
from django.views.generic import DetailView, ListView

from mentorship.accounts.models import User
from mentorship.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404
from mentorship.audit.services import history_of
from mentorship.outbox.forms import MessageFilterForm
from mentorship.outbox.models import OutboxMessage
from mentorship.outbox.services import OutboxError, cancel_message, resend_message


class MessageList(CoordinatorRequiredMixin, ListView):
    """Every message of the reader's programmes, newest first."""

    template_name = "outbox/message_list.html"
    paginate_by = 50

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        form = MessageFilterForm(request.GET)
        form.is_valid()  # a filter that makes no sense counts as not set
        self.filters = {name: form.cleaned_data.get(name, "") for name in form.fields}

    def visible(self) -> Any:
        return OutboxMessage.objects.visible_to(self.request.user)

    def searched(self) -> Any:
        """What search and kind leave; the tabs count these by status."""
        found = self.visible().search(self.filters["q"])
        return found.filter(kind=self.filters["kind"]) if self.filters["kind"] else found

    def get_queryset(self) -> QuerySet[OutboxMessage]:
        found = self.searched()
        if self.filters["status"] == "twice":
            found = found.filter(maybe_duplicate=True)
        elif self.filters["status"]:
            found = found.filter(status=self.filters["status"])
        return found.defer("body_text", "body_html")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        counts = self.searched().count_by_status()
        twice = self.searched().filter(maybe_duplicate=True).count()
        tabs = [("", "All", sum(counts.values()))]
        tabs += [(value, label.capitalize(), counts[value]) for value, label in OutboxMessage.Status.choices]
        if twice:
            tabs.append(("twice", "May have gone out twice", twice))
        kinds = list(self.visible().order_by("kind").values_list("kind", flat=True).distinct())
        return super().get_context_data(tabs=tabs, kinds=kinds, filters=self.filters, **kwargs)


class MessageDetail(CoordinatorRequiredMixin, DetailView):
    """One message exactly as it goes out, and what happened to it."""

    template_name = "outbox/message_detail.html"
    context_object_name = "mail"  # "messages" are Django's notes to the reader

    def get_object(self, queryset: Any = None) -> OutboxMessage:
        visible = OutboxMessage.objects.visible_to(self.request.user).select_related("workspace")
        return get_visible_or_404(visible, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        editable = OutboxMessage.objects.editable_by(self.request.user).filter(pk=self.object.pk).exists()
        return super().get_context_data(
            history=history_of(self.object),
            sender=settings.DEFAULT_FROM_EMAIL,
            may_cancel=editable and self.object.may_be_cancelled,
            may_resend=editable and self.object.may_be_sent_again,
            **kwargs,
        )


class MessageAction(CoordinatorRequiredMixin, View):
    """A button of the detail page."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        message = get_visible_or_404(OutboxMessage.objects.editable_by(request.user), pk=pk)
        assert isinstance(request.user, User)  # noqa: S101  (the mixin let no one else in)
        try:
            said = self.act(message, request.user)
        except OutboxError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, said)
        return redirect(message)

    def act(self, message: OutboxMessage, by: User) -> str:
        """Do it, and say what was done."""
        raise NotImplementedError


class CancelMessage(MessageAction):
    """Stops a message that has not left."""

    def act(self, message: OutboxMessage, by: User) -> str:
        cancel_message(message=message, by=by)
        return "The message is cancelled. It will not be sent."


class ResendMessage(MessageAction):
    """Queues a failed or cancelled message again."""

    def act(self, message: OutboxMessage, by: User) -> str:
        resend_message(message=message, by=by)
        return "The message is queued again."


class DemoMailbox(ListView):
    """In the demo no mail leaves the machine; here everybody reads what would have."""

    template_name = "outbox/demo.html"
    context_object_name = "mails"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not settings.DEMO:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[OutboxMessage]:
        return OutboxMessage.objects.all()[:30]
