"""The door of an event: who has arrived, strangers who walk in, and the poster that brings them."""

from typing import Any

from django.contrib import messages
from django.db import transaction
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
        here, was = (set(numbers_in(request.POST.getlist(name))) for name in ("here", "was"))
        guests_here, guests_were = (set(numbers_in(request.POST.getlist(n))) for n in ("guest_here", "guest_was"))
        form = self._form(request.POST) if "add" in request.POST else self._form()
        # The Enter key presses this button, also by somebody who only ticks.
        adds = form.is_bound and (form.has_changed() or (here, guests_here) == (was, guests_were))
        ticked = {"ticked": here, "guests_ticked": guests_here}
        if adds and not form.is_valid():
            return self.page(422, **self._lists(**ticked), error="", form=form)
        try:
            with transaction.atomic():
                self._mark(here, was, guests_here, guests_were)
                guest = guests.add_walk_in(event=self.object, by=self.user, **form.cleaned_data) if adds else None
        except ServiceError as error:
            return self.page(422, **self._lists(**ticked), error=str(error), form=form)
        messages.success(request, f"{guest} is here." if guest else "Saved.")
        return redirect("matching:event-checkin", cohort_slug=self.cohort.slug, pk=self.object.pk)

    def _mark(self, here: set[int], was: set[int], guests_here: set[int], guests_were: set[int]) -> None:
        """Record what was ticked or unticked since the page was opened, also while somebody new is added."""
        if (here, guests_here) == (was, guests_were) and "rest" not in self.request.POST:
            return
        event_day.mark_arrivals(
            event=self.object,
            here=here - was,
            not_here=was - here,
            by=self.user,
            rest_absent="rest" in self.request.POST,
            guests=event_day.Arrivals(guests_here - guests_were, guests_were - guests_here),
        )

    def _form(self, *data: Any) -> WalkInForm:
        return WalkInForm(*data, instance=SpeedGuest(event=self.object), prefix="new")

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
            "may_add": self.may_edit and not event.over,
            "sections": [
                (f"{programme.mentor_label.capitalize()}s", lists["mentor"]),
                (f"{programme.mentee_label.capitalize()}s", lists["mentee"]),
            ],
            "others": lists["other"],
            "here": sum(row["was"] for rows in lists.values() for row in rows),
            "expected": len(lists["mentor"]) + len(lists["mentee"]),
            "awaited": sum(not row["rsvp"].seen for role in ("mentor", "mentee") for row in lists[role]),
        }


class EventPoster(EventView):
    """A poster with the code of the public page, made for paper."""

    template_name = "matching/events/poster.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        url = self.object.public_url
        return self.page(qr=qr_svg(url, f"Code that leads to {url}") if url else "")
