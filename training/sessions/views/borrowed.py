"""The page of a session that another cohort shares, for those whose people may come."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from cohorts.cohort_view import CohortObjectView
from mentorship.core.errors import ServiceError
from mentorship.core.ui.downloads.export import export, wants_export
from mentorship.core.ui.facts import facts_of
from mentorship.core.ui.requests import page_of
from training.booking.attendees import attendees_of
from training.booking.seats import availability_of
from training.models import SeatHold
from training.sessions.borrowed import bookings_of_borrower, note_walk_ins, people_who_may_walk_in
from training.sessions.extensions import BORROWED_SESSION_FACTS
from training.sessions.views.sessions import PEOPLE_COLUMNS, person_row


class BorrowedSession(CohortObjectView[SeatHold]):
    """A shared session with the cohort's own people: see and export them, invite more, note walk-ins."""

    template_name = "training/sessions/borrowed.html"

    def get_rows(self) -> QuerySet[SeatHold]:
        return SeatHold.objects.lent_to(self.cohort)

    def get(self, request: HttpRequest) -> HttpResponse:
        found = bookings_of_borrower(self.object.session, self.cohort).exclude(status="cancelled")
        people = attendees_of(found.with_attendance().order_by("enrollment__user__full_name", "pk"))
        if wants_export(request):
            rows = map(person_row, people)
            return export(request, f"session-{self.object.session_id}-{self.cohort.slug}", PEOPLE_COLUMNS, rows)
        return self.page(
            page_obj=page_of(request, people), total=len(people), came=sum(1 for p in people if p.attended)
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        keys = request.POST.getlist("walked_in")
        try:
            number = note_walk_ins(session=self.object.session, cohort=self.cohort, keys=keys, by=self.user)
        except ServiceError as error:
            messages.error(request, str(error))
            return redirect(request.path)
        people = "1 person" if number == 1 else f"{number} people"
        messages.success(request, f"Saved: {people} came without a seat.")
        return redirect(request.path)

    def get_context(self) -> dict[str, Any]:
        session, now = self.object.session, timezone.now()
        has_begun = session.starts_at <= now
        return {
            **super().get_context(),
            "hold": self.object,
            "session": session,
            "has_begun": has_begun,
            "free": availability_of(session, now).free_for(self.object.pk),
            "money": facts_of(BORROWED_SESSION_FACTS, [self.object.pk])[self.object.pk],
            "others": people_who_may_walk_in(session, self.cohort) if has_begun and not session.cancelled_at else [],
        }
