"""The door of an event: who has arrived, strangers who walk in, and the poster that brings them."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from matching.events import guests, services
from matching.events.day import event_day
from matching.events.forms import WalkInForm
from matching.events.views.events import EventView
from matching.models import SpeedGuest
from mentorship.core.errors import ServiceError
from mentorship.core.ui.qr import qr_svg
from mentorship.core.ui.requests import numbers_in


class EventCheckIn(EventView):
    """The check-in list at the door, made for phones."""

    template_name = "matching/events/checkin.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(**self._lists(), error="", form=self._form())

    def post(self, request: HttpRequest) -> HttpResponse:
        if "add" in request.POST:
            return self._add()
        here, was = (set(numbers_in(request.POST.getlist(name))) for name in ("here", "was"))
        guests_here, guests_were = (set(numbers_in(request.POST.getlist(n))) for n in ("guest_here", "guest_was"))
        try:
            event_day.mark_arrivals(
                event=self.object,
                here=here - was,
                not_here=was - here,
                by=self.user,
                rest_absent="rest" in request.POST,
                guests=event_day.Arrivals(guests_here - guests_were, guests_were - guests_here),
            )
        except ServiceError as error:
            return self.page(422, **self._lists(here, guests_here), error=str(error), form=self._form())
        messages.success(request, "Saved.")
        return self._back()

    def _add(self) -> HttpResponse:
        """Add a stranger who is here."""
        form = self._form(self.request.POST)
        if form.is_valid():
            try:
                guest = guests.add_walk_in(event=self.object, by=self.user, **form.cleaned_data)
            except ServiceError as error:
                form.add_error(None, str(error))
            else:
                messages.success(self.request, f"{guest} is here.")
                return self._back()
        return self.page(422, **self._lists(), error="", form=form)

    def _form(self, *data: Any) -> WalkInForm:
        return WalkInForm(*data, instance=SpeedGuest(event=self.object), prefix="new")

    def _back(self) -> HttpResponse:
        return redirect("matching:event-checkin", cohort_slug=self.cohort.slug, pk=self.object.pk)

    def _lists(self, ticked: set[int] | None = None, guests_ticked: set[int] | None = None) -> dict[str, Any]:
        """Mentors and mentees who come, guests, and everybody else; ticked as stored, or as just sent."""
        event, programme = self.object, self.cohort.programme
        rsvps = {r.enrollment_id: r for r in event.rsvps.all()}
        people = services.eligible_people(event.cohort).select_related("user").order_by("user__full_name", "pk")
        lists: dict[str, list[dict[str, Any]]] = {"mentor": [], "mentee": [], "other": []}
        for enrollment in people:
            rsvp = rsvps.get(enrollment.pk)
            here = rsvp is not None and rsvp.seen == "here"
            row: dict[str, Any] = {"person": enrollment, "rsvp": rsvp, "was": here, "name": "here", "name_was": "was"}
            row["ticked"] = here if ticked is None else enrollment.pk in ticked
            lists[enrollment.role if rsvp and rsvp.status == "coming" else "other"].append(row)
        for guest in event.guests.exclude(status__in=["asked", "not_coming"]).order_by("full_name", "pk"):
            here = guest.seen == "here"
            row = {"person": guest, "rsvp": guest, "was": here, "name": "guest_here", "name_was": "guest_was"}
            row["ticked"] = here if guests_ticked is None else guest.pk in guests_ticked
            lists[guest.role if guest.status == "coming" else "other"].append(row)
        return {
            "sections": [
                (f"{programme.mentor_label.capitalize()}s", lists["mentor"]),
                (f"{programme.mentee_label.capitalize()}s", lists["mentee"]),
            ],
            "others": lists["other"],
            "here": sum(row["was"] for rows in lists.values() for row in rows),
            "expected": len(lists["mentor"]) + len(lists["mentee"]),
        }


class EventPoster(EventView):
    """A poster with the code of the public page, made for paper."""

    template_name = "matching/events/poster.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        url = self.object.public_url
        return self.page(qr=qr_svg(url, f"Code that leads to {url}") if url else "")
