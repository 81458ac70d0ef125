"""Create, edit and cancel sessions, and cancel somebody's seat for them."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from cohorts.calendar.clashes import busy_in_words
from cohorts.cohort_view import CohortView
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.outbox.rehearsal import ask_before_mails
from mentorship.core.views import Ask, FormPage, Question, errors_as_messages
from training.booking.lookup import SessionView
from training.booking.services import cancel_booking
from training.catalogue.views import trainings_of_workspace
from training.models import TrainingSession
from training.sessions.forms import MORE_SLOTS, CancelForm, SessionForm
from training.sessions.services import busy_when_moved, cancel_session, create_slots, save_session


class SessionFormPage(FormPage, CohortView):
    """The form of a session; it suggests the programme's trainings while typing."""

    template_name = "training/sessions/form.html"
    for_editors = True

    def get_context(self) -> dict[str, Any]:
        known = trainings_of_workspace(self.workspace_id).order_by("provider__name", "name")
        return {**super().get_context(), "known": known}


class SessionCreate(SessionFormPage):
    """Add a session. Kind, length and start may be in the address, as from the page of proposed hours."""

    def get_form(self, *data: Any) -> SessionForm:
        return SessionForm(*data, instance=TrainingSession(cohort=self.cohort), initial=self._initial())

    def _initial(self) -> dict[str, Any]:
        given = self.request.GET
        initial: dict[str, Any] = {name: given[name] for name in ("kind", "minutes") if name in given}
        for name in ("starts_at", *MORE_SLOTS):
            try:
                moment = parse_datetime(given.get(name, ""))
            except ValueError:
                continue
            if moment and timezone.is_aware(moment):
                initial[name] = moment
        return initial

    def save(self, form: SessionForm) -> HttpResponse:
        fields = dict(form.cleaned_data)
        starts = [fields.pop("starts_at"), *(fields.pop(name) for name in MORE_SLOTS)]
        made = create_slots(cohort=self.cohort, by=self.user, starts=[at for at in starts if at], **fields)
        added = "Session added" if len(made) == 1 else f"{len(made)} slots added"
        messages.success(self.request, f"{added}. Accepted {made[0].role_words} see it on their home page.")
        return redirect("training:session-list", cohort_slug=self.cohort.slug)


class SessionEdit(SessionFormPage, SessionView):
    """Edit a session; people who booked get a mail if it concerns them."""

    error_field = "seats"

    def get_form(self, *data: Any) -> SessionForm:
        return SessionForm(*data, instance=self.session)

    def ask_first(self) -> Question | None:
        """Ask before people who booked get a mail about another time, place or link."""
        form = self.get_form(self.request.POST)
        if not form.is_valid():
            return None
        clashes = busy_in_words(busy_when_moved(form.save(commit=False)))
        return ask_before_mails(
            lambda: self._save(form),
            title="Save the changes and tell people?",
            text=f"They booked or wait for a seat. Their calendars follow. {clashes}".strip(),
            button="Save and send",
            back=self.session.get_absolute_url(),
        )

    def _save(self, form: SessionForm) -> None:
        names = {name: form.cleaned_data[name] for name in ("provider", "training")}
        save_session(session=form.save(commit=False), by=self.user, **names)

    def save(self, form: SessionForm) -> HttpResponse:
        self._save(form)
        messages.success(self.request, "Saved. Who booked gets an email where the time or the link changed.")
        return redirect(self.session)


class SessionCancel(FormPage, SessionView):
    """See who gets the mail, then cancel."""

    template_name = "training/sessions/cancel.html"
    for_editors = True

    def get_form(self, *data: Any) -> CancelForm:
        return CancelForm(*data)

    def save(self, form: CancelForm) -> HttpResponse:
        with errors_as_messages(self.request):
            cancel_session(session=self.session, reason=form.cleaned_data["reason"], by=self.user)
            messages.success(self.request, "It is cancelled, and everybody who booked gets an email.")
        return redirect(self.session)

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "people": self.session.bookings.active().count()}


class BookingCancel(SessionView):
    """Cancel somebody's seat as a coordinator, also past the deadline."""

    asks = {
        "": Ask(
            "Cancel this seat?",
            "Cancel the seat",
            "They get an email, and the seat goes to the next person on the waitlist.",
        ),
    }

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        booking = get_visible_or_404(self.session.bookings.with_people(), pk=self.kwargs["booking_pk"])
        cancel_booking(booking=booking, by=self.user, late=True)
        messages.success(request, f"{booking.name} has no seat any more, and gets an email.")
        return redirect(self.session)
