"""Mailings: the list, writing one, sending it, and what became of it."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from cohorts.mailings.audience import audience_in_words, clean_audience, ignored_filters, recipients_of
from cohorts.mailings.forms import MailingForm, ScheduleForm
from cohorts.mailings.letters import PLACEHOLDERS
from cohorts.mailings.services import cancel_mailing, save_mailing, schedule_mailing, send_mailing
from cohorts.mailings.views.preview import audience_context, letter_preview
from cohorts.models import Cohort, Mailing, MailingRecipient
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit
from mentorship.core.audit.services import history_of
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.ui.export import export, wants_export
from mentorship.core.ui.requests import number_in, page_of
from mentorship.core.ui.search import every_word, has_every_word


class MailingList(CoordinatorRequiredMixin, View):
    """Every mail to many of a cohort, and what became of its messages."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        everything = cohort.mailings.all()
        counted = dict(everything.order_by().values_list("status").annotate(Count("pk")))
        status = request.GET.get("status", "")
        found = everything.filter(status=status) if status in Mailing.Status.values else everything
        of = "recipients__message__status"
        found = (
            found.select_related("created_by")
            .annotate(
                sent=Count("recipients", filter=Q(**{of: "sent"})),
                failed=Count("recipients", filter=Q(**{of: "failed"})),
                waiting=Count("recipients", filter=Q(**{f"{of}__in": ["queued", "sending"]})),
                skipped=Count("recipients", filter=Q(recipients__message=None)),
            )
            .order_by("-created_at", "-pk")
        )
        page = page_of(request, found)
        context = {
            "cohort": cohort,
            "page_obj": page,
            "rows": [(mailing, audience_in_words(cohort, mailing.audience)) for mailing in page],
            "total": sum(counted.values()),
            "tabs": [(s.value, s.label, counted[s]) for s in Mailing.Status if s in counted],
            "status": status,
            "may_edit": may_edit(request.user, cohort.workspace_id),
        }
        return render(request, "cohorts/mailings/list.html", context)


class MailingFormBase(CoordinatorRequiredMixin, View):
    """Writing: who gets it, what it says, and how one of them will read it. Saving sends nothing."""

    def get_mailing(self, request: HttpRequest, **kwargs: Any) -> Mailing:
        raise NotImplementedError

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        mailing = self.get_mailing(request, **kwargs)
        if mailing.status not in (Mailing.Status.DRAFT, Mailing.Status.SCHEDULED):
            messages.error(request, "This mail has left or was cancelled; it can't be changed any more.")
            return _to(mailing)
        return self._page(request, mailing, MailingForm(instance=mailing, cohort=mailing.cohort))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        mailing = self.get_mailing(request, **kwargs)
        form = MailingForm(request.POST, instance=mailing, cohort=mailing.cohort)
        if not form.is_valid():
            return self._page(request, mailing, form, status=422)
        if "preview" in request.POST:
            return self._page(request, mailing, form)
        try:
            save_mailing(mailing=mailing, by=request.user)
        except ServiceError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "Saved. Nothing has been sent yet.")
        return _to(mailing)

    @staticmethod
    def _page(request: HttpRequest, mailing: Mailing, form: MailingForm, status: int = 200) -> HttpResponse:
        recipients = recipients_of(mailing)
        context = {
            "cohort": mailing.cohort,
            "mailing": mailing,
            "form": form,
            "placeholders": PLACEHOLDERS.items(),
            "ignored": ignored_filters(mailing.cohort, request.GET.urlencode()),
            **audience_context(mailing, recipients),
        }
        if mailing.subject and mailing.body and not form.errors:
            context |= letter_preview(mailing, recipients, request.POST.get("as", ""))
        return render(request, "cohorts/mailings/compose.html", context, status=status)


class MailingCreate(MailingFormBase):
    """A new one, to the people whom the filters in the address show."""

    def get_mailing(self, request: HttpRequest, **kwargs: Any) -> Mailing:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=kwargs["cohort_slug"])
        return Mailing(cohort=cohort, audience=clean_audience(cohort, request.GET.urlencode()))


class MailingEdit(MailingFormBase):
    """One that has not left."""

    def get_mailing(self, request: HttpRequest, **kwargs: Any) -> Mailing:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=kwargs["cohort_slug"])
        return _mailing_of(cohort, kwargs["pk"])


class MailingDetail(CoordinatorRequiredMixin, View):
    """Before it leaves: look, then send. After that: who got it, who did not, and why."""

    def get(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        mailing = _mailing_of(cohort, pk)
        if mailing.status == Mailing.Status.SENT and wants_export(request):
            name = f"{mailing.cohort.slug}-mailing-{mailing.pk}"
            return export(request, name, HEAD, _rows(_sent_to(mailing, request)))
        return self._page(request, mailing, ScheduleForm(cohort=cohort))

    def post(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        mailing = _mailing_of(cohort, pk)
        deed = request.POST.get("deed", "")
        form = ScheduleForm(request.POST if deed == "schedule" else None, cohort=cohort)
        if deed == "schedule" and not form.is_valid():
            return self._page(request, mailing, form, status=422)
        try:
            said = self._act(request, mailing, deed, form)
        except ServiceError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, said)
        return _to(mailing)

    @staticmethod
    def _act(request: HttpRequest, mailing: Mailing, deed: str, form: ScheduleForm) -> str:
        """Do it, and say what was done."""
        by = request.user
        if deed == "cancel":
            cancel_mailing(mailing=mailing, by=by)
            return "Cancelled. This mail will not be sent."
        if deed == "schedule":
            schedule_mailing(mailing=mailing, by=by, send_at=form.cleaned_data["send_at"])
            return "Scheduled. You can change or cancel it until then."
        if deed != "send":
            raise ServiceError("Choose what to do with this mail.")
        number = sum(not r.skipped for r in recipients_of(mailing))
        if not number:
            raise ServiceError("Nobody would get this mail. Choose other people first.")
        schedule_mailing(mailing=mailing, by=by)
        send_mailing(mailing=mailing, now=timezone.now(), by=by)
        return f"On its way to {number} {'person' if number == 1 else 'people'}."

    @staticmethod
    def _page(request: HttpRequest, mailing: Mailing, form: ScheduleForm, status: int = 200) -> HttpResponse:
        cohort = mailing.cohort
        context = {
            "cohort": cohort,
            "mailing": mailing,
            "form": form,
            "to_words": audience_in_words(cohort, mailing.audience),
            "history": history_of(mailing)[:20],
            "may_edit": may_edit(request.user, cohort.workspace_id),
            "q": request.GET.get("q", ""),
            "status": request.GET.get("status", ""),
        }
        if mailing.status == Mailing.Status.SENT:
            context |= _sent_context(request, mailing)
        else:
            context |= _open_context(request, mailing)
        return render(request, f"cohorts/mailings/{context['page']}.html", context, status=status)


def _mailing_of(cohort: Cohort, pk: int) -> Mailing:
    mailing = get_visible_or_404(cohort.mailings.select_related("created_by"), pk=pk)
    mailing.cohort = cohort
    return mailing


def _to(mailing: Mailing) -> HttpResponse:
    return redirect("cohorts:mailing", cohort_slug=mailing.cohort.slug, pk=mailing.pk)


def _open_context(request: HttpRequest, mailing: Mailing) -> dict[str, Any]:
    """Of a mail that has not left, or never will: whom it would reach now."""
    recipients = recipients_of(mailing)
    shown = [r for r in recipients if r.skipped] if request.GET.get("status") == "skipped" else recipients
    text = request.GET.get("q", "")
    shown = [r for r in shown if has_every_word(f"{r.user.full_name} {r.user.email}", text)]
    return {
        "page": "open",
        "page_obj": page_of(request, shown),
        "total": len(recipients),
        **audience_context(mailing, recipients),
        **letter_preview(mailing, recipients, request.GET.get("as", "")),
    }


def _sent_context(request: HttpRequest, mailing: Mailing) -> dict[str, Any]:
    """Of a mail that has left: each recipient with their message."""
    everyone = mailing.recipients.all()
    counted = dict(everyone.order_by().values_list("message__status").annotate(Count("pk")))
    counted["skipped"] = counted.pop(None, 0)
    labels = [*OutboxMessage.Status.choices, ("skipped", "left out")]
    reached = everyone.exclude(message=None).select_related("user", "message")
    chosen = number_in(request.GET.get("as"))
    one = reached.filter(user_id=chosen).first() if chosen else None
    return {
        "page": "sent",
        "page_obj": page_of(request, _sent_to(mailing, request)),
        "total": sum(counted.values()),
        "tabs": [(value, label, counted[value]) for value, label in labels if counted.get(value)],
        "shown": one or reached.order_by("user__full_name", "pk").first(),
    }


def _sent_to(mailing: Mailing, request: HttpRequest) -> QuerySet[MailingRecipient]:
    found = mailing.recipients.select_related("user", "message").defer("message__body_text", "message__body_html")
    status = request.GET.get("status", "")
    if status == "skipped":
        found = found.filter(message=None)
    elif status in OutboxMessage.Status.values:
        found = found.filter(message__status=status)
    found = every_word(found, request.GET.get("q", ""), "user__full_name", "user__email")
    return found.order_by("user__full_name", "user__email", "pk")


HEAD = ("name", "email", "status", "sent at (UTC)", "left out because", "last error")


def _rows(found: QuerySet[MailingRecipient]) -> Iterator[tuple[Any, ...]]:
    for r in found.iterator(chunk_size=500):
        message = r.message
        sent_at = message.sent_at.isoformat(timespec="seconds") if message and message.sent_at else ""
        status = message.status if message else "left out"
        yield r.user, r.user.email, status, sent_at, r.skipped, message.last_error if message else ""
