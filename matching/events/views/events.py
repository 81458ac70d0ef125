"""Plan and run speed mentoring events."""

from collections import Counter
from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from cohorts.bulk_actions.views import answer_for_many
from cohorts.calendar.clashes import busy_in_words
from cohorts.cohort_view import CohortObjectView, CohortView
from cohorts.models import Enrollment
from matching.events import guests, services
from matching.events.day import event_day, wishes
from matching.events.day.table_plan import read_table_plan
from matching.events.forms import EventForm
from matching.models import SpeedEvent, SpeedGuest, SpeedRsvp
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.rehearsal import ask_before_mails
from mentorship.core.ui.downloads.export import export, wants_export
from mentorship.core.ui.requests import choice_in, number_in, page_of
from mentorship.core.ui.search import every_word
from mentorship.core.views import FormPage, Question

WISHES_SHOWN, GUESTS_SHOWN = 100, 500
EXPORT_HEAD = ["name", "email", "role", "answer", "on the day", "answered (UTC)"]


class EventList(CohortView):
    """The events of a cohort."""

    template_name = "matching/events/list.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        found = self.cohort.speed_events.annotate(
            mentees_coming=_count("mentee", COMES),
            mentors_coming=_count("mentor", COMES),
            mentees_here=_count("mentee", HERE),
            mentors_here=_count("mentor", HERE),
        )
        return self.page(page_obj=page_of(request, found.order_by("-starts_at", "-pk")))


# Who has a seat, and once people arrive, who is in the room: on the day walk-ins take the seats of those who are not.
COMES, HERE = {"status": ["coming"], "seen": ["", "here"]}, {"status": ["coming"], "seen": ["here"]}


def _count(role: str, among: Mapping[str, Sequence[str]]) -> Any:
    """The number of people in a role at each event, guests included."""
    people, guests_too = Q(rsvps__enrollment__role=role), Q(guests__role=role)
    for name, values in among.items():
        people &= Q(**{f"rsvps__{name}__in": values})
        guests_too &= Q(**{f"guests__{name}__in": values})
    return Count("rsvps", filter=people, distinct=True) + Count("guests", filter=guests_too, distinct=True)


class EventCreate(FormPage, CohortView):
    """Plan a new event."""

    template_name = "matching/events/form.html"
    for_editors = True

    def get_form(self, *data: Any) -> EventForm:
        return EventForm(*data, instance=SpeedEvent(cohort=self.cohort))

    def save(self, form: EventForm) -> HttpResponse:
        return redirect(services.plan_event(cohort=self.cohort, by=self.user, fields=form.cleaned_data))


class EventView(CohortObjectView[SpeedEvent]):
    """A page about one event of a cohort."""

    def get_rows(self) -> QuerySet[SpeedEvent]:
        return self.cohort.speed_events.select_related("cohort__programme")

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "event": self.object}


class EventEdit(FormPage, EventView):
    """Change an event."""

    template_name = "matching/events/form.html"
    for_editors = True

    def get_form(self, *data: Any) -> EventForm:
        # A copy takes the input: the page shows the stored event, and the service sees the changes.
        return EventForm(*data, instance=copy(self.object))

    def ask_first(self) -> Question | None:
        """Ask before those who come get a mail about another time or place."""
        form = self.get_form(self.request.POST)
        if not form.is_valid():
            return None
        clashes = busy_in_words(services.busy_when_moved(self.object, form.cleaned_data))
        return ask_before_mails(
            lambda: services.change_event(event=self.object, by=self.user, fields=form.cleaned_data),
            title="Save the changes and tell people?",
            text=f"They come, or wait for a seat. Their calendars follow. {clashes}".strip(),
            button="Save and send",
            back=self.object.get_absolute_url(),
        )

    def save(self, form: EventForm) -> HttpResponse:
        services.change_event(event=self.object, by=self.user, fields=form.cleaned_data)
        messages.success(self.request, "Saved.")
        return redirect(self.object)


class EventDetail(EventView):
    """An event: who is coming, and the next step."""

    template_name = "matching/events/detail.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        event = self.object
        rsvps = event.rsvps.select_related("enrollment__user", "enrollment__cohort__programme").order_by(
            "asked_at", "pk"
        )
        filters = {
            "q": request.GET.get("q", ""),
            "role": choice_in(request, "role", Enrollment.MATCHED_ROLES),
            "status": choice_in(request, "status", SpeedRsvp.Status.values),
        }
        found = every_word(rsvps, filters["q"], "enrollment__user__full_name", "enrollment__user__email")
        if filters["role"]:
            found = found.filter(enrollment__role=filters["role"])
        if filters["status"]:
            found = found.filter(status=filters["status"])
        if wants_export(request):
            rows = [*map(_export_row, found), *map(_guest_row, event.guests.order_by("asked_at", "pk"))]
            return export(request, f"event-{event.pk}", EXPORT_HEAD, rows)
        return self.page(
            **_numbers(event),
            page_obj=page_of(request, found),
            filters=filters,
            roles=[(role, event.cohort.programme.label_of(role)) for role in Enrollment.MATCHED_ROLES],
            statuses=SpeedRsvp.Status.choices,
            guests=list(event.guests.select_related("event__cohort__programme")[:GUESTS_SHOWN]),
            newcomers=len(guests.newcomers(event)) if event.over else 0,
            open_round=guests.open_round_for(event) if event.over else None,
        )


def _numbers(event: SpeedEvent) -> dict[str, Any]:
    """Count the answers; once somebody is here, those who are here."""
    of_cohort = list(event.rsvps.values_list("enrollment__role", "status", "seen"))
    of_guests = list(event.guests.values_list("role", "status", "seen"))
    answers = of_cohort + of_guests
    here = sum(seen == "here" for _, _, seen in answers)
    among = HERE if here else COMES
    there = Counter(role for role, status, seen in answers if status in among["status"] and seen in among["seen"])
    numbers: dict[str, Any] = {
        "total": len(of_cohort),
        "guest_total": len(of_guests),
        "waiting": sum(status == "waiting" for _, status, _ in answers),
        "mentees": there["mentee"],
        "mentors": there["mentor"],
        "here": here,
        "expected": sum(status == "coming" and not seen for _, status, seen in answers),
    }
    numbers["silent"] = services.eligible_people(event.cohort).exclude(speed_rsvps__event=event).count()
    numbers["wishes"] = event.wishes.count()
    numbers["wished"] = wishes.wishes_in_words(event)[:WISHES_SHOWN] if numbers["wishes"] else []
    numbers["too_many_rounds"] = 0 < numbers["mentors"] < event.rounds
    return numbers


def _export_row(rsvp: SpeedRsvp) -> list[str]:
    user = rsvp.enrollment.user
    day = rsvp.get_seen_display()
    answered = rsvp.asked_at.strftime("%Y-%m-%d %H:%M")
    return [str(user), user.email, rsvp.enrollment.role, rsvp.get_status_display(), day, answered]


def _guest_row(guest: SpeedGuest) -> list[str]:
    answered = guest.asked_at.strftime("%Y-%m-%d %H:%M")
    return [str(guest), guest.email, guest.role, guest.get_status_display(), guest.get_seen_display(), answered]


class EventAction(EventView):
    """The buttons of an event's pages; `do` names the action."""

    http_method_names = ("post",)

    def ask_first(self) -> Question | None:
        """Ask before many people get a mail, and before the event is cancelled."""
        event, by = self.object, self.user
        back = event.get_absolute_url()
        match self.request.POST.get("do"):
            case "invite":
                return ask_before_mails(
                    lambda: services.invite_to_event(event=event, by=by),
                    people=len({p for one in services.people_to_invite(event) for p in one.people}),
                    title=f"Invite people to {event.name}?",
                    text="They are those who have neither answered nor been invited.",
                    button="Send invitations",
                    back=back,
                )
            case "wishes":
                return ask_before_mails(
                    lambda: wishes.ask_wishes(event=event, by=by),
                    title="Ask how it was?",
                    text="They are those who met somebody at the event.",
                    button="Send the question",
                    back=back,
                )
            case "offer":
                return ask_before_mails(
                    lambda: guests.offer_signup(event=event, by=by),
                    title="Offer newcomers the sign-up?",
                    text="They were at the event and gave an address. The form has what they told you already.",
                    button="Send the offer",
                    back=back,
                )
            case "cancel":
                return ask_before_mails(
                    lambda: services.cancel_event(event=event, by=by),
                    title=f"Cancel {event.name}?",
                    text="It leaves the calendars of everybody who comes or waits. This can't be undone.",
                    button="Cancel the event",
                    back=back,
                    always=not event.cancelled_at,
                )
        return None

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            return self._act(request.POST)
        except ServiceError as error:
            messages.error(request, str(error))
        return redirect(self.object)

    def _act(self, post: Any) -> HttpResponse:
        act: dict[str, Any] = {"event": self.object, "by": self.user}
        match post.get("do"):
            case "invite":
                ids = [one.pk for one in services.people_to_invite(self.object)]
                back = self.object.get_absolute_url()
                return answer_for_many(self, "event-invitations", ids, about=self.object.pk, back=back)
            case "cancel":
                self._say_mails(services.cancel_event(**act), "Cancelled. ")
            case "wishes":
                self._say_mails(wishes.ask_wishes(**act))
            case "offer":
                self._say_mails(guests.offer_signup(**act))
            case "plan":
                event_day.plan_tables(**act)
                kept = " Rounds that have begun did not change." if self.object.round_number else ""
                messages.success(self.request, f"Schedule made.{kept}")
                return self._to("matching:event-plan")
            case "next":
                event_day.advance_event_round(**act, seen=_seen_round(post))
                return self._to("matching:event-live")
            case "back":
                event_day.return_to_previous_round(**act, seen=_seen_round(post))
                return self._to("matching:event-live")
            case _:
                raise Http404
        return redirect(self.object)

    def _say_mails(self, number: int, before: str = "") -> None:
        messages.success(self.request, f"{before}{number} email{'' if number == 1 else 's'} in the outbox.")

    def _to(self, view_name: str) -> HttpResponse:
        return redirect(view_name, cohort_slug=self.cohort.slug, pk=self.object.pk)


def _seen_round(post: Any) -> int:
    """Return the round that the reader saw when they pressed the button; -1 if it is missing."""
    text = post.get("seen", "")
    return number_in(text) or (0 if text == "0" else -1)


class EventPlan(EventView):
    """The table plan for printing: one for all, and a page for each mentor."""

    template_name = "matching/events/plan.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        event = self.object
        return self.page(plan=read_table_plan(event), numbers=range(1, len(event.schedule) + 1))


class EventLive(EventView):
    """The screen in the room: round, timer and tables. `state` is the part that is polled."""

    template_name = "matching/events/live.html"
    state = False

    def get(self, request: HttpRequest) -> HttpResponse:
        event = self.object
        stamp = f"{event.round_number}-{event.seed}-{event.round_started_at or ''}"
        if self.state and request.GET.get("stamp") == stamp:
            return HttpResponse(status=204)  # unchanged: htmx swaps nothing, so the buttons stay where they are
        if self.state:
            self.template_name = "matching/events/_live.html"
        plan = read_table_plan(event)
        now, after = event.round_number, event.round_number + 1
        ends = event.round_ends_at
        return self.page(
            stamp=stamp,
            tables=plan.rounds[now - 1] if 0 < now <= len(plan.rounds) else [],
            next_tables=plan.rounds[after - 1] if 0 < after <= len(plan.rounds) else [],
            next_round=after,
            seconds=max(round((ends - timezone.now()).total_seconds()), 0) if ends else None,
        )
