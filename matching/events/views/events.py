"""Plan and run speed mentoring events."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from cohorts.models import Cohort
from matching.events import event_day, wishes
from matching.events import services as events_services
from matching.events.forms import EventForm
from matching.events.table_plan import read_table_plan
from matching.models import SpeedEvent, SpeedRsvp
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit
from mentorship.core.errors import ServiceError
from mentorship.core.ui.export import export, wants_export
from mentorship.core.ui.requests import numbers_in, page_of
from mentorship.core.ui.search import every_word

WISHES_SHOWN = 100


EXPORT_HEAD = ["name", "email", "role", "answer", "on the day", "answered (UTC)"]


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else -1


class EventList(CoordinatorRequiredMixin, View):
    """The events of a cohort."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        coming = Q(rsvps__status="coming")
        found = cohort.speed_events.annotate(
            mentees_coming=Count("rsvps", filter=coming & Q(rsvps__enrollment__role="mentee")),
            mentors_coming=Count("rsvps", filter=coming & Q(rsvps__enrollment__role="mentor")),
        ).order_by("-starts_at", "-pk")
        page = page_of(request, found)
        context = {"cohort": cohort, "page_obj": page, "may_edit": may_edit(request.user, cohort.workspace_id)}
        return render(request, "matching/events/list.html", context)


class EventCreate(CoordinatorRequiredMixin, View):
    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        return render(request, "matching/events/form.html", {"cohort": cohort, "form": EventForm()})

    def post(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        form = EventForm(request.POST)
        if not form.is_valid():
            return render(request, "matching/events/form.html", {"cohort": cohort, "form": form}, status=422)
        event = events_services.plan_event(cohort=cohort, by=request.user, fields=form.cleaned_data)
        return redirect(event)


class EventView(CoordinatorRequiredMixin, View):
    """What is about one event: found by cohort and number, for reading or for changing."""

    @staticmethod
    def find(request: HttpRequest, cohort_slug: str, pk: int) -> SpeedEvent:
        """Whoever may not see it gets 404; for a change they must be an editor."""
        seen = SpeedEvent.objects.visible_to if request.method in ("GET", "HEAD") else SpeedEvent.objects.editable_by
        return get_visible_or_404(seen(request.user), cohort__slug=cohort_slug, pk=pk)

    @staticmethod
    def context(request: HttpRequest, event: SpeedEvent, **more: Any) -> dict[str, Any]:
        """What every page of an event needs."""
        editor = may_edit(request.user, event.cohort.workspace_id)
        return {"cohort": event.cohort, "event": event, "may_edit": editor, **more}


class EventEdit(EventView):
    def get(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        event = self.find(request, cohort_slug, pk)
        if not may_edit(request.user, event.cohort.workspace_id):
            raise Http404
        return self._page(request, event, EventForm(instance=event))

    def post(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        event = self.find(request, cohort_slug, pk)
        form = EventForm(request.POST, instance=SpeedEvent.objects.get(pk=event.pk))
        if form.is_valid():
            try:
                events_services.change_event(event=event, by=request.user, fields=form.cleaned_data)
            except ServiceError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, "Saved.")
                return redirect(event)
        return self._page(request, event, form, status=422)

    def _page(self, request: HttpRequest, event: SpeedEvent, form: EventForm, status: int = 200) -> HttpResponse:
        context = self.context(request, event, form=form)
        return render(request, "matching/events/form.html", context, status=status)


class EventDetail(EventView):
    """Who comes, and the next step."""

    def get(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        event = self.find(request, cohort_slug, pk)
        rsvps = event.rsvps.select_related("enrollment__user").order_by("asked_at", "pk")
        filters = {name: request.GET.get(name, "") for name in ("q", "role", "status")}
        found = every_word(rsvps, filters["q"], "enrollment__user__full_name", "enrollment__user__email")
        if filters["role"]:
            found = found.filter(enrollment__role=filters["role"])
        if filters["status"]:
            found = found.filter(status=filters["status"])
        if wants_export(request):
            return export(request, f"event-{event.pk}", EXPORT_HEAD, map(_row, found))
        context = self.context(
            request,
            event,
            **_numbers(event),
            page_obj=page_of(request, found),
            filters=filters,
            roles=[(r, event.cohort.programme.label_of(r)) for r in ("mentee", "mentor")],
            statuses=SpeedRsvp.Status.choices,
        )
        return render(request, "matching/events/detail.html", context)


def _numbers(event: SpeedEvent) -> dict[str, Any]:
    """How many answered what."""
    coming = Q(status="coming")
    numbers = event.rsvps.aggregate(
        total=Count("pk"),
        waiting=Count("pk", filter=Q(status="waiting")),
        mentees=Count("pk", filter=coming & Q(enrollment__role="mentee")),
        mentors=Count("pk", filter=coming & Q(enrollment__role="mentor")),
        here=Count("pk", filter=Q(seen="here")),
    )
    numbers["silent"] = events_services.eligible_people(event.cohort).exclude(speed_rsvps__event=event).count()
    numbers["wishes"] = event.wishes.count()
    numbers["wished"] = wishes.wishes_in_words(event)[:WISHES_SHOWN] if numbers["wishes"] else []
    numbers["too_many_rounds"] = 0 < numbers["mentors"] < event.rounds
    return numbers


def _row(rsvp: SpeedRsvp) -> list[str]:
    user = rsvp.enrollment.user
    day = rsvp.get_seen_display()
    answered = rsvp.asked_at.strftime("%Y-%m-%d %H:%M")
    return [str(user), user.email, rsvp.enrollment.role, rsvp.get_status_display(), day, answered]


class EventAction(EventView):
    """The buttons of an event's pages: `do` names which."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        event = self.find(request, cohort_slug, pk)
        do, seen = request.POST.get("do"), _number(request.POST.get("seen"))
        try:
            match do:
                case "invite":
                    number = events_services.invite_to_event(event=event, by=request.user)
                    messages.success(request, f"{number} mail{'' if number == 1 else 's'} in the outbox.")
                case "plan":
                    event_day.plan_tables(event=event, by=request.user)
                    messages.success(request, "The schedule is made. What had begun stays as it was.")
                    return redirect("matching:event-plan", cohort_slug=cohort_slug, pk=pk)
                case "next" | "back":
                    (event_day.start_next_round if do == "next" else event_day.return_to_previous_round)(
                        event=event, seen=seen, by=request.user
                    )
                    return redirect("matching:event-live", cohort_slug=cohort_slug, pk=pk)
                case "cancel":
                    number = events_services.cancel_event(event=event, by=request.user)
                    messages.success(request, f"Cancelled. {number} mail{'' if number == 1 else 's'} in the outbox.")
                case "wishes":
                    number = wishes.ask_wishes(event=event, by=request.user)
                    messages.success(request, f"{number} mail{'' if number == 1 else 's'} in the outbox.")
                case _:
                    raise Http404
        except ServiceError as error:
            messages.error(request, str(error))
        return redirect(event)


class EventCheckIn(EventView):
    """The tick list at the door, for a thumb."""

    def get(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        return self._page(request, self.find(request, cohort_slug, pk))

    def post(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        event = self.find(request, cohort_slug, pk)
        here = set(numbers_in(request.POST.getlist("here")))
        was = set(numbers_in(request.POST.getlist("was")))
        try:
            event_day.mark_arrivals(
                event=event,
                here=here - was,
                not_here=was - here,
                by=request.user,
                rest_absent="rest" in request.POST,
            )
        except ServiceError as error:
            return self._page(request, event, str(error), here)
        messages.success(request, "Saved.")
        return redirect("matching:event-checkin", cohort_slug=cohort_slug, pk=pk)

    def _page(
        self, request: HttpRequest, event: SpeedEvent, error: str = "", ticked: set[int] | None = None
    ) -> HttpResponse:
        rsvps = {r.enrollment_id: r for r in event.rsvps.all()}
        people = events_services.eligible_people(event.cohort).select_related("user").order_by("user__full_name", "pk")
        lists: dict[str, list[dict[str, Any]]] = {"mentor": [], "mentee": [], "other": []}
        for enrollment in people:
            rsvp = rsvps.get(enrollment.pk)
            here = rsvp is not None and rsvp.seen == "here"
            row = {"enrollment": enrollment, "rsvp": rsvp, "was": here}
            row["ticked"] = here if ticked is None else enrollment.pk in ticked
            lists[enrollment.role if rsvp and rsvp.status == "coming" else "other"].append(row)
        programme = event.cohort.programme
        context = self.context(
            request,
            event,
            sections=[
                (f"{programme.mentor_label.capitalize()}s", lists["mentor"]),
                (f"{programme.mentee_label.capitalize()}s", lists["mentee"]),
            ],
            others=lists["other"],
            here=sum(row["was"] for rows in lists.values() for row in rows),
            expected=len(lists["mentor"]) + len(lists["mentee"]),
            error=error,
        )
        return render(request, "matching/events/checkin.html", context, status=422 if error else 200)


class EventPlan(EventView):
    """The table plan, made for paper: one for all, and a page for each mentor."""

    def get(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        event = self.find(request, cohort_slug, pk)
        context = self.context(request, event, plan=read_table_plan(event), numbers=range(1, len(event.schedule) + 1))
        return render(request, "matching/events/plan.html", context)


class EventLive(EventView):
    """The screen of the room: round, timer, who sits where. `state` is the part that is asked for again and again."""

    state = False

    def get(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        event = self.find(request, cohort_slug, pk)
        stamp = f"{event.round_number}-{event.seed}-{event.round_started_at or ''}"
        if self.state and request.GET.get("stamp") == stamp:
            return HttpResponse(status=204)  # nothing is swapped, and nobody loses the button under their finger
        plan = read_table_plan(event)
        now, after = event.round_number, event.round_number + 1
        ends = event.round_ends_at
        context = self.context(
            request,
            event,
            stamp=stamp,
            tables=plan.rounds[now - 1] if 0 < now <= len(plan.rounds) else [],
            next_tables=plan.rounds[after - 1] if 0 < after <= len(plan.rounds) else [],
            next_round=after,
            seconds=max(round((ends - timezone.now()).total_seconds()), 0) if ends else None,
        )
        page = "matching/events/_live.html" if self.state else "matching/events/live.html"
        return render(request, page, context)
