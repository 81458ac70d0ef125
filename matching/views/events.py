"""Speed mentoring: coordinators plan it and run the day; everybody else answers by their own page or signed link."""

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from cohorts.links import LinkError
from cohorts.models import Cohort, Enrollment
from cohorts.services import ServiceError
from matching.events.calendar import event_file
from matching.events.links import calendar_link, read_event
from matching.events.table_plan import read_plan
from matching.forms.events import EventForm
from matching.models import SpeedEvent, SpeedRsvp
from matching.services import events
from mentorship.accounts.models import User
from mentorship.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit
from mentorship.ui.export import export, wants_export
from mentorship.ui.requests import numbers_in, page_of
from mentorship.ui.search import every_word

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
        return render(request, "matching/events/events.html", context)


class EventCreate(CoordinatorRequiredMixin, View):
    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        return render(request, "matching/events/event_form.html", {"cohort": cohort, "form": EventForm()})

    def post(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        form = EventForm(request.POST)
        if not form.is_valid():
            return render(request, "matching/events/event_form.html", {"cohort": cohort, "form": form}, status=422)
        event = events.plan_event(cohort=cohort, by=request.user, fields=form.cleaned_data)
        return redirect(event)


class OfEvent(CoordinatorRequiredMixin, View):
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


class EventEdit(OfEvent):
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
                events.change_event(event=event, by=request.user, fields=form.cleaned_data)
            except ServiceError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, "Saved.")
                return redirect(event)
        return self._page(request, event, form, status=422)

    def _page(self, request: HttpRequest, event: SpeedEvent, form: EventForm, status: int = 200) -> HttpResponse:
        context = self.context(request, event, form=form)
        return render(request, "matching/events/event_form.html", context, status=status)


class EventDetail(OfEvent):
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
        return render(request, "matching/events/event.html", context)


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
    numbers["silent"] = events.people_of(event.cohort).exclude(speed_rsvps__event=event).count()
    numbers["wishes"] = event.wishes.count()
    numbers["wished"] = events.wishes_in_words(event)[:WISHES_SHOWN] if numbers["wishes"] else []
    numbers["too_many_rounds"] = 0 < numbers["mentors"] < event.rounds
    return numbers


def _row(rsvp: SpeedRsvp) -> list[str]:
    user = rsvp.enrollment.user
    day = rsvp.get_seen_display()
    answered = rsvp.asked_at.strftime("%Y-%m-%d %H:%M")
    return [str(user), user.email, rsvp.enrollment.role, rsvp.get_status_display(), day, answered]


class EventDo(OfEvent):
    """The buttons of an event's pages: `do` names which."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        event = self.find(request, cohort_slug, pk)
        do, seen = request.POST.get("do"), _number(request.POST.get("seen"))
        try:
            match do:
                case "invite":
                    number = events.invite(event=event, by=request.user)
                    messages.success(request, f"{number} mail{'' if number == 1 else 's'} in the outbox.")
                case "plan":
                    events.make_plan(event=event, by=request.user)
                    messages.success(request, "The schedule is made. What had begun stays as it was.")
                    return redirect("matching:event-plan", cohort_slug=cohort_slug, pk=pk)
                case "next" | "back":
                    (events.go_on if do == "next" else events.go_back)(event=event, seen=seen, by=request.user)
                    return redirect("matching:event-live", cohort_slug=cohort_slug, pk=pk)
                case "cancel":
                    number = events.cancel_event(event=event, by=request.user)
                    messages.success(request, f"Cancelled. {number} mail{'' if number == 1 else 's'} in the outbox.")
                case "wishes":
                    number = events.ask_wishes(event=event, by=request.user)
                    messages.success(request, f"{number} mail{'' if number == 1 else 's'} in the outbox.")
                case _:
                    raise Http404
        except ServiceError as error:
            messages.error(request, str(error))
        return redirect(event)


class CheckIn(OfEvent):
    """The tick list at the door, for a thumb."""

    def get(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        return self._page(request, self.find(request, cohort_slug, pk))

    def post(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        event = self.find(request, cohort_slug, pk)
        here = set(numbers_in(request.POST.getlist("here")))
        was = set(numbers_in(request.POST.getlist("was")))
        try:
            events.check_in(
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
        people = events.people_of(event.cohort).select_related("user").order_by("user__full_name", "pk")
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


class EventPlan(OfEvent):
    """The table plan, made for paper: one for all, and a page for each mentor."""

    def get(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        event = self.find(request, cohort_slug, pk)
        context = self.context(request, event, plan=read_plan(event), numbers=range(1, len(event.schedule) + 1))
        return render(request, "matching/events/plan.html", context)


class EventLive(OfEvent):
    """The screen of the room: round, timer, who sits where. `state` is the part that is asked for again and again."""

    state = False

    def get(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        event = self.find(request, cohort_slug, pk)
        stamp = f"{event.round_number}-{event.seed}-{event.round_started_at or ''}"
        if self.state and request.GET.get("stamp") == stamp:
            return HttpResponse(status=204)  # nothing is swapped, and nobody loses the button under their finger
        plan = read_plan(event)
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


class EventPage(View):
    """A participant and an event: before it whether they come, on the day their tables, afterwards their wishes."""

    def found(self, request: HttpRequest, **kwargs: Any) -> tuple[SpeedEvent, Enrollment] | None:
        raise NotImplementedError

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        found = self.found(request, **kwargs)
        if found is None:
            return render(request, "cohorts/signup/bad_link.html", status=404)
        event, enrollment = found
        if request.user.is_authenticated:
            return self._page(request, event, enrollment)
        # By the clock on which they signed up: nobody is signed in who could have chosen one.
        with timezone.override(ZoneInfo(enrollment.time_zone or event.cohort.time_zone)):
            return self._page(request, event, enrollment)

    @staticmethod
    def _page(request: HttpRequest, event: SpeedEvent, enrollment: Enrollment) -> HttpResponse:
        rsvp = event.rsvps.filter(enrollment=enrollment).first()
        plan = read_plan(event) if event.schedule else None
        seats = plan.of_mentee(enrollment) if plan and enrollment.role == "mentee" else []
        met = Enrollment.objects.filter(pk__in=events.met_by(event, enrollment)).select_related("user")
        context = {
            "event": event,
            "cohort": event.cohort,
            "enrollment": enrollment,
            "rsvp": rsvp,
            "before": events.waiting_before(rsvp) if rsvp and rsvp.status == SpeedRsvp.Status.WAITING else 0,
            "calendar": calendar_link(event.pk, enrollment.pk) if rsvp else "",
            "may_answer": not (event.over or event.under_way),
            "seats": seats if any(table for _, table in seats) else [],
            "tables": plan.of_mentor(enrollment) if plan and enrollment.role == "mentor" else [],
            "met": sorted(met, key=lambda e: e.user.full_name.casefold()) if event.over else [],
            "wished": set(event.wishes.filter(by=enrollment).values_list("whom_id", flat=True)),
        }
        return render(request, "matching/events/my_event.html", context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        found = self.found(request, **kwargs)
        if found is None:
            return render(request, "cohorts/signup/bad_link.html", status=404)
        event, enrollment = found
        by = request.user if isinstance(request.user, User) else enrollment.user
        try:
            messages.success(request, self._do(request, event, enrollment, by))
        except ServiceError as error:
            messages.error(request, str(error))
        return redirect(request.get_full_path())

    @staticmethod
    def _do(request: HttpRequest, event: SpeedEvent, enrollment: Enrollment, by: User) -> str:
        match request.POST.get("do"):
            case "come":
                rsvp = events.answer(event=event, enrollment=enrollment, coming=True, by=by)
                if rsvp.status == SpeedRsvp.Status.COMING:
                    return "You have a seat. See you there!"
                return "All seats are taken. You are on the waitlist, and we write as soon as one becomes free."
            case "not":
                events.answer(event=event, enrollment=enrollment, coming=False, by=by)
                return "Thank you for telling us."
            case "wish":
                whom = set(numbers_in(request.POST.getlist("whom")))
                events.save_wishes(event=event, enrollment=enrollment, whom=whom, by=by)
                return "Thank you, we remember that when we match."
        raise ServiceError("We did not understand that. Choose one of the buttons.")


class EventByLink(EventPage):
    """By the signed link of a mail."""

    def found(self, request: HttpRequest, token: str) -> tuple[SpeedEvent, Enrollment] | None:  # type: ignore[override]
        try:
            event_pk, pk = read_event(token)
        except LinkError:
            return None
        event = SpeedEvent.objects.select_related("cohort__programme").filter(pk=event_pk).first()
        enrollment = event and events.people_of(event.cohort).select_related("user").filter(pk=pk).first()
        return (event, enrollment) if event and enrollment else None


class EventCalendar(View):
    """The calendar file of an answer, by the same signed link; with CANCEL where the event or the answer is off."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            event_pk, pk = read_event(token)
        except LinkError:
            raise Http404 from None
        rsvps = SpeedRsvp.objects.select_related("event__cohort__programme")
        text = event_file(get_visible_or_404(rsvps, event=event_pk, enrollment=pk), timezone.now())
        response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
        response["Content-Disposition"] = 'inline; filename="speed-mentoring.ics"'
        return response


class MyEvent(LoginRequiredMixin, EventPage):
    """By the person who is signed in. Who has two roles answers for the one that came first."""

    def found(self, request: HttpRequest, pk: int) -> tuple[SpeedEvent, Enrollment] | None:  # type: ignore[override]
        event = get_visible_or_404(SpeedEvent.objects.select_related("cohort__programme"), pk=pk)
        own = events.people_of(event.cohort).filter(pk__in=Enrollment.objects.of_person(request.user))
        role = request.GET.get("role", "")
        enrollments = list(own.select_related("user").order_by("pk"))
        enrollment = next((e for e in enrollments if e.role == role), enrollments[0] if enrollments else None)
        if enrollment is None:
            raise Http404
        return event, enrollment
