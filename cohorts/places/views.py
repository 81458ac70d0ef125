"""The page of a person's place, and the waitlist for coordinators."""

from abc import abstractmethod
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from cohorts.cohort_view import CohortView
from cohorts.enrollment.links import read_place
from cohorts.enrollment.seats import free_seats
from cohorts.models import Enrollment
from cohorts.places import services
from cohorts.places.forms import PlaceForm, ReturnRolesForm
from cohorts.signup.services import is_open_to_edit
from mentorship.core.accounts.models import User
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.errors import ServiceError
from mentorship.core.links import LinkError
from mentorship.core.ui.requests import number_in
from mentorship.core.views import LookupView, errors_as_messages

ROLES = (Enrollment.Role.MENTEE, Enrollment.Role.MENTOR)


class PlaceView(LookupView):
    """The status of somebody's enrollment, and what they can do about it. Looking changes nothing; buttons do."""

    template_name = "cohorts/places/place.html"

    def look_up(self) -> None:
        self.enrollment = self.get_enrollment()

    @abstractmethod
    def get_enrollment(self) -> Enrollment:
        """Whose place it is. Raises Http404 or LinkError."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(form=PlaceForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PlaceForm(request.POST)
        if not form.is_valid():
            return self.page(status=422, form=form)
        with errors_as_messages(request):
            messages.success(request, self._act(request.POST.get("do", ""), form.cleaned_data["reason"]))
        return redirect(request.path)

    def _act(self, what: str, reason: str) -> str:
        """Do what the button says, and return what to tell the person."""
        enrollment = self.enrollment
        by = self.request.user if isinstance(self.request.user, User) else enrollment.user
        match what:
            case "accept":
                services.accept_offer(enrollment=enrollment, by=by)
                return "Thank you! Your place is yours."
            case "leave":
                services.withdraw(enrollment=enrollment, by=by, reason=reason)
                return "You have withdrawn. Thank you for telling us."
            case "defer":
                services.withdraw(enrollment=enrollment, by=by, reason=reason, defer=True)
                return "You are out of this cohort, and we ask you when the next one opens."
            case "back":
                form = ReturnRolesForm(self.request.POST)
                roles = form.cleaned_data["roles"] if form.is_valid() else []
                services.save_return_roles(enrollment=enrollment, roles=roles, by=by)
                return "Thank you, we remember that."
        raise ServiceError("We did not understand that. Choose one of the buttons.")

    def get_context(self) -> dict[str, Any]:
        enrollment = self.enrollment
        back_form = ReturnRolesForm(initial={"roles": enrollment.comes_back_as})
        return {
            "enrollment": enrollment,
            "cohort": enrollment.cohort,
            "role_label": enrollment.cohort.programme.label_of(enrollment.role),
            "may_leave": enrollment.is_open,
            "may_edit_answers": is_open_to_edit(enrollment),
            "back_form": back_form if enrollment.occupies_place else None,
        }


class PlaceByLink(PlaceView):
    """By the signed link of a mail."""

    def get_enrollment(self) -> Enrollment:
        pk = read_place(self.kwargs["token"])
        found = Enrollment.objects.with_people().select_related("group").filter(pk=pk).first()
        if found is None:
            raise LinkError
        return found


class MyPlace(LoginRequiredMixin, PlaceView):
    """By the person who is signed in, or a member of their team."""

    def get_enrollment(self) -> Enrollment:
        return get_visible_or_404(Enrollment.objects.of_person(self.user).with_people(), pk=self.kwargs["pk"])


class Waitlist(CohortView):
    """Who waits, in order, and how many places are free."""

    template_name = "cohorts/places/waitlist.html"

    def look_up(self) -> None:
        super().look_up()
        self.role = self.kwargs["role"]
        if self.role not in ROLES:
            raise Http404

    def get(self, request: HttpRequest) -> HttpResponse:
        cohort, role = self.cohort, self.role
        offers = cohort.enrollments.with_open_offer().filter(role=role)  # type: ignore[attr-defined]
        return self.page(
            role=role,
            roles=[(r, cohort.programme.label_of(r)) for r in ROLES],
            waiting=services.waitlist_of(cohort, role),
            free=free_seats(cohort, role),
            seats=cohort.seats_for(role),
            open_offers=offers.select_related("user").order_by("offer_expires_at"),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        if "offer" in request.POST:
            self._offer(number_in(request.POST.get("number", "1")))
        else:
            waiting = services.waitlist_of(self.cohort, self.role)
            one = get_visible_or_404(waiting, pk=number_in(request.POST.get("pk")))
            services.move_on_waitlist(enrollment=one, up=request.POST.get("to") == "up", by=self.user)
        return redirect("cohorts:waitlist-edit", cohort_slug=self.cohort.slug, role=self.role)

    def _offer(self, number: int) -> None:
        offered = services.offer_places(cohort=self.cohort, role=self.role, number=number, by=self.user)
        if offered:
            messages.success(self.request, f"{len(offered)} got an offer: {', '.join(map(str, offered))}.")
        else:
            messages.warning(self.request, "No place was offered: no seat is free, or nobody waits.")
