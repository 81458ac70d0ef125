"""Mailings: list, write, send, and see the results."""

from abc import abstractmethod
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property

from cohorts.cohort_view import CohortView
from cohorts.mailings.audience import Recipient, audience_in_words, clean_audience, recipients_of
from cohorts.mailings.forms import MailingForm, ScheduleForm
from cohorts.mailings.letters import PLACEHOLDERS
from cohorts.mailings.services import cancel_mailing, save_mailing, schedule_mailing, send_now
from cohorts.mailings.views.preview import audience_context, letter_preview
from cohorts.models import Cohort, Mailing, MailingRecipient
from cohorts.people.filters import FilterError
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.ui.downloads.export import export, wants_export
from mentorship.core.ui.markup import counted
from mentorship.core.ui.requests import choice_in, number_in, page_of
from mentorship.core.ui.search import every_word, has_every_word
from mentorship.core.views import Ask, Question, errors_as_messages

SKIPPED = "skipped"
SENT_CHOICES = (*OutboxMessage.Status.choices, (SKIPPED, "left out"))
HEAD = ("name", "email", "status", "sent at (UTC)", "left out because", "last error")


class MailingList(CohortView):
    """Every mailing of a cohort with the results of its messages."""

    template_name = "cohorts/mailings/list.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        everything = every_word(self.cohort.mailings.all(), request.GET.get("q", ""), "subject", "body")
        counted = dict(everything.order_by().values_list("status").annotate(Count("pk")))
        found = everything.filter(status=self.status) if self.status else everything
        page = page_of(request, found.with_results().order_by("-created_at", "-pk"))
        return self.page(
            page_obj=page,
            rows=[(mailing, _to_words(mailing)) for mailing in page],
            total=sum(counted.values()),
            has_any=bool(counted) or self.cohort.mailings.exists(),
            tabs=[(s.value, s.label, counted[s]) for s in Mailing.Status if s in counted],
        )

    @property
    def status(self) -> str:
        return choice_in(self.request, "status", Mailing.Status.values)

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "status": self.status}


class MailingFormBase(CohortView):
    """Write a mailing: audience, text, and how one of the recipients will read it. Saving sends nothing."""

    template_name = "cohorts/mailings/compose.html"
    for_editors = True

    @abstractmethod
    def get_mailing(self) -> Mailing:
        """The mailing being written."""

    def look_up(self) -> None:
        super().look_up()
        self.mailing = self.get_mailing()

    def get(self, request: HttpRequest) -> HttpResponse:
        if self.mailing.status not in Mailing.CHANGEABLE:
            messages.error(request, "This email has left or was cancelled; it can't be changed any more.")
            return redirect(self.mailing)
        return self._form_page(MailingForm(instance=self.mailing, cohort=self.cohort))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = MailingForm(request.POST, instance=self.mailing, cohort=self.cohort)
        if not form.is_valid():
            return self._form_page(form, status=422)
        if "preview" in request.POST:
            return self._form_page(form)
        with errors_as_messages(request):
            save_mailing(mailing=self.mailing, by=self.user)
            messages.success(request, "Saved. Nothing has been sent yet.")
        return redirect(self.mailing)

    def _form_page(self, form: MailingForm, status: int = 200) -> HttpResponse:
        recipients, problem = _recipients_or_problem(self.mailing)
        preview: dict[str, Any] = {}
        if self.mailing.subject and self.mailing.body and not form.errors:
            preview = letter_preview(self.mailing, recipients, self.request.POST.get("as", ""))
        return self.page(
            status=status,
            mailing=self.mailing,
            form=form,
            placeholders=PLACEHOLDERS.items(),
            problem=problem,
            **audience_context(self.mailing, recipients),
            **preview,
        )


class MailingCreate(MailingFormBase):
    """A new mailing to the people that the filters in the address find."""

    def get_mailing(self) -> Mailing:
        audience = self.request.GET.urlencode()
        # If a filter can't be applied, the form asks for another audience instead of ignoring the filter.
        with suppress(FilterError):
            audience = clean_audience(self.cohort, audience)
        return Mailing(cohort=self.cohort, audience=audience)


class MailingEdit(MailingFormBase):
    """A mailing that has not been sent."""

    def get_mailing(self) -> Mailing:
        return _mailing_of(self.cohort, self.kwargs["pk"])


class MailingDetail(CohortView):
    """Before sending: check, then send. Afterwards: who got it, who did not, and why."""

    def look_up(self) -> None:
        super().look_up()
        self.mailing = _mailing_of(self.cohort, self.kwargs["pk"])
        self.is_sent = self.mailing.status == Mailing.Status.SENT
        self.template_name = f"cohorts/mailings/{'sent' if self.is_sent else 'open'}.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        if self.is_sent and wants_export(request):
            name = f"{self.cohort.slug}-mailing-{self.mailing.pk}"
            return export(request, name, HEAD, _rows(_sent_to(self.mailing, request)))
        return self.page(form=self._schedule_form())

    def ask_first(self) -> Question | None:
        """Ask before it is sent to everybody at once, or cancelled."""
        if self.request.POST.get("action") == "cancel":
            text = "It won’t be sent. Its text can still be read here."
            return Ask("Cancel this mail?", "Cancel the mail", text).question(self.mailing.get_absolute_url())
        if self.request.POST.get("action") != "send" or self.mailing.status not in Mailing.CHANGEABLE:
            return None
        reached = sum(not recipient.skipped for recipient in self.recipients)
        seen = number_in(self.request.POST.get("seen"))
        if not reached or (seen and reached > seen):
            return None  # the service refuses it and says why
        return Question(
            title="Send this email now?",
            text=[f"{counted(reached, 'person,people')} will get it straight away. You can’t undo this."],
            button=f"Send to {counted(reached, 'person,people')}",
            back=self.mailing.get_absolute_url(),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        action = request.POST.get("action", "")
        form = self._schedule_form(request.POST if action == "schedule" else None)
        if action == "schedule" and not form.is_valid():
            return self.page(status=422, form=form)
        with errors_as_messages(request):
            messages.success(request, self._act(action, form))
        return redirect(self.mailing)

    def _act(self, action: str, form: ScheduleForm) -> str:
        """Do the action of a button, and report it in a message. Raises ServiceError."""
        if action == "cancel":
            cancel_mailing(mailing=self.mailing, by=self.user)
            return "Cancelled. This email will not be sent."
        if action == "schedule":
            schedule_mailing(mailing=self.mailing, by=self.user, **form.cleaned_data)
            return "Scheduled. You can change or cancel it until then."
        if action == "send":
            seen = self.request.POST.get("seen")
            number = send_now(mailing=self.mailing, by=self.user, most=number_in(seen) if seen else None)
            return f"On its way to {number} {'person' if number == 1 else 'people'}."
        raise ServiceError("Choose what to do with this email.")

    def get_context(self) -> dict[str, Any]:
        return {
            **super().get_context(),
            "mailing": self.mailing,
            "to_words": _to_words(self.mailing),
            "problem": "" if self.is_sent else self.problem,
            "q": self.request.GET.get("q", ""),
            "status": choice_in(self.request, "status", SENT_CHOICES if self.is_sent else [SKIPPED]),
            **(_sent_context(self.request, self.mailing) if self.is_sent else self._open_context()),
        }

    def _open_context(self) -> dict[str, Any]:
        """For an unsent mailing: whom it would reach now."""
        request, recipients = self.request, self.recipients
        shown = [r for r in recipients if r.skipped] if request.GET.get("status") == SKIPPED else recipients
        text = request.GET.get("q", "")
        shown = [r for r in shown if has_every_word(f"{r.user.full_name} {r.user.email}", text)]
        return {
            "page_obj": page_of(request, shown),
            "total": len(recipients),
            **audience_context(self.mailing, recipients),
            **letter_preview(self.mailing, recipients, request.GET.get("as", "")),
        }

    def _schedule_form(self, *data: Any) -> ScheduleForm:
        reached = 0 if self.is_sent else sum(not recipient.skipped for recipient in self.recipients)
        return ScheduleForm(*data, cohort=self.cohort, reached=reached)

    @property
    def recipients(self) -> list[Recipient]:
        return self._audience[0]

    @property
    def problem(self) -> str:
        """The reason why nobody would get the mailing."""
        return self._audience[1]

    @cached_property
    def _audience(self) -> tuple[list[Recipient], str]:
        return _recipients_or_problem(self.mailing)


def _mailing_of(cohort: Cohort, pk: int) -> Mailing:
    mailing = get_visible_or_404(cohort.mailings.select_related("created_by"), pk=pk)
    mailing.cohort = cohort
    return mailing


def _recipients_or_problem(mailing: Mailing) -> tuple[list[Recipient], str]:
    """The recipients of a mailing now; or nobody and the reason, if its filters can't be applied."""
    try:
        return recipients_of(mailing), ""
    except FilterError as error:
        return [], str(error)


def _to_words(mailing: Mailing) -> str:
    """The audience of a mailing in words, as it was when it left: its filters may no longer exist."""
    then = mailing.approved_audience if mailing.status == Mailing.Status.SENT else ""
    return then or audience_in_words(mailing.cohort, mailing.audience)


def _sent_context(request: HttpRequest, mailing: Mailing) -> dict[str, Any]:
    """For a sent mailing: each recipient with their message."""
    everyone = mailing.recipients.all()
    counted = dict(everyone.order_by().values_list("message__status").annotate(Count("pk")))
    counted[SKIPPED] = counted.pop(None, 0)
    reached = everyone.exclude(message=None).select_related("user", "message")
    chosen = number_in(request.GET.get("as"))
    one = reached.filter(user_id=chosen).first() if chosen else None
    return {
        "page_obj": page_of(request, _sent_to(mailing, request)),
        "total": sum(counted.values()),
        "tabs": [(value, label, counted[value]) for value, label in SENT_CHOICES if counted.get(value)],
        "shown": one or reached.order_by("user__full_name", "pk").first(),
    }


def _sent_to(mailing: Mailing, request: HttpRequest) -> QuerySet[MailingRecipient]:
    found = mailing.recipients.select_related("user", "message").defer("message__body_text", "message__body_html")
    status = choice_in(request, "status", SENT_CHOICES)
    if status == SKIPPED:
        found = found.filter(message=None)
    elif status:
        found = found.filter(message__status=status)
    found = every_word(found, request.GET.get("q", ""), "user__full_name", "user__email")
    return found.order_by("user__full_name", "user__email", "pk")


def _rows(found: QuerySet[MailingRecipient]) -> Iterator[tuple[Any, ...]]:
    for r in found.iterator(chunk_size=500):
        message = r.message
        sent_at = message.sent_at.isoformat(timespec="seconds") if message and message.sent_at else ""
        status = message.status if message else "left out"
        yield r.user, r.user.email, status, sent_at, r.skipped, message.last_error if message else ""
