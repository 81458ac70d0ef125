"""Slots as people see them: by sign-in, by the link of a mail, or as a guest. Looking changes nothing; buttons do."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from cohorts.models import Enrollment, Programme
from mentorship.accounts.models import User
from mentorship.ui.requests import number_in
from training import links
from training.attendees import Attendee, attendees_of
from training.forms import GuestForm
from training.models import GuestOrganisation, SeatHold, TrainingBooking, TrainingGuest, TrainingSession
from training.querysets import some_of_it_there
from training.seats import rooms_of
from training.services import TrainingError, ask_guest, book_seat, cancel_booking, confirm_guest, decline_call

# Notes, recordings and certificates of what is over stay in sight so long.
LOOK_BACK = timedelta(days=120)


@dataclass
class Slot:
    """A line of the page: a session, what the person has of it, and what they can do."""

    session: TrainingSession
    booking: TrainingBooking | None
    free: int
    may_change: bool
    elsewhere: bool  # they have another slot of the same training
    is_over: bool
    attended: bool = False
    certificates: list[tuple[str, str]] = field(default_factory=list)  # whose where several share the page, address
    feedback: str = ""
    ics: str = ""

    @property
    def declined(self) -> bool:
        """They said of a call that they do not come."""
        return bool(self.session.training.is_call and self.booking and self.booking.status == "cancelled")

    @property
    def has(self) -> str:
        """The status of their booking, "" where there is none."""
        return str(self.booking.status) if self.booking and self.booking.status != "cancelled" else ""


@dataclass
class Person:
    """Who looks: somebody with enrollments, or a guest. `user` signed in; by the link of a mail it is all of a team."""

    enrollments: list[Enrollment] = field(default_factory=list)
    guest: TrainingGuest | None = None
    user: User | None = None

    @property
    def by(self) -> User | None:
        return self.user or (self.enrollments[0].user if self.enrollments else None)

    @property
    def zone(self) -> ZoneInfo:
        if self.guest:
            return ZoneInfo(self.guest.time_zone)
        one = self.enrollments[0] if self.enrollments else None
        return ZoneInfo((one.user.time_zone or one.time_zone or "UTC") if one else "UTC")

    def sessions(self) -> Any:
        if self.guest:
            return TrainingSession.objects.open_to_guests(self.guest.organisation_id)
        return TrainingSession.objects.open_to(self.enrollments)

    def bookings(self) -> Any:
        if self.guest:
            return TrainingBooking.objects.filter(guest=self.guest)
        return TrainingBooking.objects.filter(enrollment__in=self.enrollments)

    def came(self) -> dict[int, list[Attendee]]:
        """session id → who was there: the person who looks, by whatever booking; by the link of a mail the team."""
        bookings = self.bookings().filter(some_of_it_there(), session__cancelled_at=None)
        found: dict[int, list[Attendee]] = {}
        for one in attendees_of(bookings.with_attendance()):
            if one.attended and (self.user is None or one.user == self.user):
                found.setdefault(one.booking.session_id, []).append(one)
        return found

    def way(self, session: TrainingSession, holds: list[SeatHold]) -> tuple[Enrollment | None, SeatHold | None]:
        """As which enrollment, by which opening, they may take a session."""
        if self.guest:
            return None, next((h for h in holds if h.guest_id == self.guest.organisation_id), None)
        fitting = [e for e in self.enrollments if e.role in session.training.roles.split()]
        for one in fitting:
            if one.cohort_id == session.cohort_id:
                return one, None
        for one in fitting:
            for hold in holds:
                if hold.cohort_id == one.cohort_id or hold.programme_id == one.cohort.programme_id:
                    return one, hold
        return None, None


def slots_of(person: Person) -> list[Slot]:
    """What is ahead, and what was lately; a constant number of queries."""
    now = timezone.now()
    found = (
        person.sessions()
        .filter(starts_at__gt=now - LOOK_BACK)
        .select_related("training__provider", "cohort__programme")
    )
    mine = {b.session_id: b for b in person.bookings().select_related("session__training")}
    came = person.came()
    sessions = [s for s in found.order_by("starts_at", "pk") if s.pk in came or _shows(s, mine.get(s.pk), now)]
    rooms = rooms_of(sessions, now)
    holds: dict[int, list[SeatHold]] = {}
    for hold in SeatHold.objects.filter(session__in=[s.pk for s in sessions], status="accepted"):
        holds.setdefault(hold.session_id, []).append(hold)
    seated = {
        (b.session.training_id, b.session.cohort_id): b.session_id
        for b in mine.values()
        if b.status == "booked" and not b.session.training.is_call and b.session.starts_at > now
        and b.session.cancelled_at is None
    }  # fmt: skip
    return [
        _slot(s, mine.get(s.pk), person, came.get(s.pk, []), rooms[s.pk], holds.get(s.pk, []), seated, now)
        for s in sessions
    ]


def _shows(session: TrainingSession, booking: TrainingBooking | None, now: Any) -> bool:
    if session.starts_at > now:
        return session.cancelled_at is None or bool(booking and booking.status == "booked")
    return bool(booking and booking.status != "cancelled") or bool(session.notes_link or session.recording_link)


def _slot(
    session: TrainingSession, booking: TrainingBooking | None, person: Person, came: list[Attendee], room: Any,
    holds: list[SeatHold], seated: dict[tuple[int, int], int], now: Any,
) -> Slot:  # fmt: skip
    _, hold = person.way(session, holds)
    credited = [] if session.training.is_call else came
    several = person.user is None and any(one.team for one in came)
    other = seated.get((session.training_id, session.cohort_id))
    return Slot(
        session=session,
        booking=booking,
        free=room.free_for(hold.pk if hold else None),
        may_change=now <= session.change_until,
        elsewhere=other is not None and other != session.pk,
        is_over=session.ends_at <= now,
        attended=bool(came) and not several,
        certificates=[
            (one.name if several else "", links.certificate_link(*one.numbers))
            for one in credited[: None if several else 1]
        ],
        # What somebody thought of it is not for the others of the team: each has a link in their own mail.
        feedback=links.feedback_link(*credited[0].numbers) if credited and not several else "",
        ics=links.ics_link(booking.pk) if booking else "",
    )


class Slots(View):
    """The page that the three ways share. One button books, changes, waits, answers or cancels."""

    template = "training/choose.html"

    def person(self, request: HttpRequest, **kwargs: Any) -> Person | None:
        raise NotImplementedError

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        person = self.person(request, **kwargs)
        if person is None:
            return render(request, "training/bad_link.html", status=404)
        with timezone.override(person.zone if not request.user.is_authenticated else timezone.get_current_timezone()):
            return render(request, self.template, self._context(person))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        person = self.person(request, **kwargs)
        if person is None:
            return render(request, "training/bad_link.html", status=404)
        session = person.sessions().filter(pk=number_in(request.POST.get("session"))).first()
        if session is None:
            raise Http404
        try:
            words = self._do(request.POST.get("do", ""), session, person)
        except TrainingError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, words)
        return redirect(request.path)

    @staticmethod
    def _do(what: str, session: TrainingSession, person: Person) -> str:
        enrollment, _ = person.way(session, list(session.holds.filter(status="accepted")))
        if what in ("book", "wait"):
            booking = book_seat(
                session=session, enrollment=enrollment, guest=person.guest, by=person.by, wait=what == "wait"
            )
            if booking.status == "waitlisted":
                return "You are on the waitlist. We write to you as soon as a seat becomes free."
            return "Your seat is booked. A mail with the calendar file is on its way."
        if what == "decline" and session.training.is_call:
            decline_call(session=session, enrollment=enrollment, guest=person.guest, by=person.by)
            return "Thank you for telling. Notes and recording will stand here."
        if what == "cancel":
            booking = person.bookings().filter(session=session).first()
            if booking:
                cancel_booking(booking=booking, by=person.by)
            return "Your seat is free for somebody else. Thank you."
        raise TrainingError("We did not understand that. Choose one of the buttons.")

    @staticmethod
    def _context(person: Person) -> dict[str, Any]:
        slots = slots_of(person)
        one = person.enrollments[0] if person.enrollments else None
        organisation = person.guest.organisation if person.guest else None
        return {
            "slots": [s for s in slots if not s.is_over],
            "past": [s for s in reversed(slots) if s.is_over],
            "person": str(person.guest or (one.user if one else "")),
            "programme": one.cohort.programme if one else organisation and _programme_of(organisation),
        }


class MySessions(LoginRequiredMixin, Slots):
    """Everything that is for the signed-in person."""

    template = "training/mine.html"

    def person(self, request: HttpRequest, **kwargs: Any) -> Person:
        enrollments = Enrollment.objects.of_person(request.user).accepted()
        enrollments = enrollments.select_related("cohort__programme", "user").order_by("-cohort__starts_on")
        return Person(list(enrollments), user=request.user)  # type: ignore[arg-type]


class Choose(Slots):
    """By the link of a mail: the slots of one enrollment."""

    def person(self, request: HttpRequest, token: str) -> Person | None:  # type: ignore[override]
        try:
            (pk,) = links.read("choose", token)
        except (links.LinkError, ValueError):
            return None
        found = Enrollment.objects.accepted().filter(pk=pk).select_related("cohort__programme", "user")
        return Person(list(found)) if found else None


class GuestChoose(Slots):
    """The same for somebody without an account."""

    def person(self, request: HttpRequest, token: str) -> Person | None:  # type: ignore[override]
        try:
            (pk,) = links.read("guest", token)
        except (links.LinkError, ValueError):
            return None
        guest = TrainingGuest.objects.filter(pk=pk).select_related("organisation").first()
        return Person(guest=guest) if guest else None


class OrganisationPage(View):
    """What a sister organisation passes on: its mentors see the slots and ask for a link of their own."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self._page(request, self._organisation(token), GuestForm(initial={"time_zone": ""}))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        organisation = self._organisation(token)
        form = GuestForm(request.POST)
        if organisation is None or not form.is_valid():
            return self._page(request, organisation, form, status=422)
        ask_guest(organisation=organisation, **form.cleaned_data)
        context = {
            "organisation": organisation,
            "programme": _programme_of(organisation),
            "email": form.cleaned_data["email"],
        }
        return render(request, "training/guest_sent.html", context)

    @staticmethod
    def _organisation(token: str) -> GuestOrganisation | None:
        try:
            pk, number = links.read("organisation", token)
        except (links.LinkError, ValueError):
            return None
        return GuestOrganisation.objects.filter(pk=pk, link_number=number).first()

    @staticmethod
    def _page(
        request: HttpRequest, organisation: GuestOrganisation | None, form: GuestForm, status: int = 200
    ) -> HttpResponse:
        if organisation is None:
            return render(request, "training/bad_link.html", status=404)
        sessions = TrainingSession.objects.open_to_guests(organisation.pk).live().upcoming(timezone.now())
        context = {
            "organisation": organisation,
            "programme": _programme_of(organisation),
            "sessions": sessions.select_related("training__provider"),
            "form": form,
        }
        return render(request, "training/organisation.html", context, status=status)


class GuestConfirm(View):
    """The address is proven by a button, so that no mail scanner confirms anything."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self._answer(request, token, confirm=False)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        return self._answer(request, token, confirm=True)

    @staticmethod
    def _answer(request: HttpRequest, token: str, *, confirm: bool) -> HttpResponse:
        try:
            pk, name, email, time_zone = links.read_confirm(token)
        except links.LinkError:
            return render(request, "training/bad_link.html", status=404)
        organisation = GuestOrganisation.objects.filter(pk=pk).first()
        if organisation is None:
            return render(request, "training/bad_link.html", status=404)
        if not confirm:
            context = {
                "organisation": organisation,
                "programme": _programme_of(organisation),
                "name": name,
                "email": email,
            }
            return render(request, "training/guest_confirm.html", context)
        guest = confirm_guest(organisation=organisation, name=name, email=email, time_zone=time_zone)
        return redirect("training:guest", token=links.sign("guest", guest.pk))


def _programme_of(organisation: GuestOrganisation) -> Programme:
    return Programme.objects.get(workspace=organisation.workspace_id)
