"""The page of a person's place, and the waitlist for coordinators."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from cohorts.enrollment import links as enrollment_links
from cohorts.enrollment.seats import free_seats
from cohorts.models import Cohort, Enrollment
from cohorts.places import services as places_services
from cohorts.places.forms import PlaceForm, ReturnRolesForm
from cohorts.signup.services import is_open_to_edit
from mentorship.core.accounts.models import User
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit
from mentorship.core.errors import ServiceError
from mentorship.core.links import LinkError
from mentorship.core.ui.requests import number_in

MAY_WITHDRAW_FROM = (Enrollment.Status.APPLIED, Enrollment.Status.WAITLISTED, Enrollment.Status.ACCEPTED)


class PlaceView(View):
    """Where somebody stands, and the few things they can do about it. Looking changes nothing; buttons do."""

    def get_enrollment(self, request: HttpRequest, **kwargs: Any) -> Enrollment | None:
        raise Http404

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        enrollment = self.get_enrollment(request, **kwargs)
        if enrollment is None:
            return render(request, "cohorts/signup/bad_link.html", status=404)
        return self._page(request, enrollment, PlaceForm())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        enrollment = self.get_enrollment(request, **kwargs)
        if enrollment is None:
            return render(request, "cohorts/signup/bad_link.html", status=404)
        form, by = PlaceForm(request.POST), request.user if isinstance(request.user, User) else enrollment.user
        if not form.is_valid():
            return self._page(request, enrollment, form, status=422)
        try:
            words = self._do(request.POST, enrollment, form.cleaned_data["reason"], by)
        except ServiceError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, words)
        return redirect(request.path)

    @staticmethod
    def _do(post: Any, enrollment: Enrollment, reason: str, by: User) -> str:
        match post.get("do"):
            case "accept":
                places_services.accept_offer(enrollment=enrollment, by=by)
                return "Thank you! Your place is yours."
            case "leave":
                places_services.withdraw(enrollment=enrollment, by=by, reason=reason)
                return "You have withdrawn. Thank you for telling us."
            case "defer":
                places_services.withdraw(enrollment=enrollment, by=by, reason=reason, defer=True)
                return "You are out of this cohort, and we ask you when the next one opens."
            case "back":
                back = ReturnRolesForm(post)
                roles = back.cleaned_data["roles"] if back.is_valid() else []
                places_services.save_return_roles(enrollment=enrollment, roles=roles, by=by)
                return "Thank you, we remember that."
        raise ServiceError("We did not understand that. Choose one of the buttons.")

    @staticmethod
    def _page(request: HttpRequest, enrollment: Enrollment, form: PlaceForm, status: int = 200) -> HttpResponse:
        context = {
            "enrollment": enrollment,
            "cohort": enrollment.cohort,
            "role_label": enrollment.cohort.programme.label_of(enrollment.role),
            "form": form,
            "may_leave": enrollment.status in MAY_WITHDRAW_FROM,
            "may_edit_answers": is_open_to_edit(enrollment),
            "back_form": ReturnRolesForm(initial={"roles": enrollment.comes_back_as})
            if enrollment.occupies_place
            else None,
        }
        return render(request, "cohorts/places/place.html", context, status=status)


class PlaceByLink(PlaceView):
    """By the signed link of a mail."""

    def get_enrollment(self, request: HttpRequest, token: str) -> Enrollment | None:  # type: ignore[override]
        try:
            pk = enrollment_links.read_place(token)
        except LinkError:
            return None
        return Enrollment.objects.with_people().select_related("group").filter(pk=pk).first()


class MyPlace(LoginRequiredMixin, PlaceView):
    """By the person who is signed in, or a member of their team."""

    def get_enrollment(self, request: HttpRequest, pk: int) -> Enrollment | None:  # type: ignore[override]
        return get_visible_or_404(Enrollment.objects.of_person(request.user).with_people(), pk=pk)


class Waitlist(CoordinatorRequiredMixin, View):
    """Who waits, in order, and how many places are free."""

    def get(self, request: HttpRequest, cohort_slug: str, role: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        if role not in ("mentee", "mentor"):
            raise Http404
        context = {
            "cohort": cohort,
            "role": role,
            "roles": [(r, cohort.programme.label_of(r)) for r in ("mentee", "mentor")],
            "waiting": places_services.waitlist_of(cohort, role),
            "free": free_seats(cohort, role),
            "seats": cohort.seats_for(role),
            "open_offers": cohort.enrollments.filter(
                role=role, status="accepted", offer_expires_at__isnull=False, confirmed_at=None
            )
            .select_related("user")
            .order_by("offer_expires_at"),
            "may_edit": may_edit(request.user, cohort.workspace_id),
        }
        return render(request, "cohorts/places/waitlist.html", context)

    def post(self, request: HttpRequest, cohort_slug: str, role: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        if "offer" in request.POST:
            number = number_in(request.POST.get("number", "1"))
            offered = places_services.offer_places(cohort=cohort, role=role, number=number, by=request.user)
            if offered:
                messages.success(request, f"{len(offered)} got an offer: {', '.join(map(str, offered))}.")
            else:
                messages.warning(request, "No place was offered: no seat is free, or nobody waits.")
        else:
            waiting = places_services.waitlist_of(cohort, role)
            one = get_visible_or_404(waiting, pk=number_in(request.POST.get("pk")))
            places_services.move_on_waitlist(enrollment=one, up=request.POST.get("to") == "up", by=request.user)
        return redirect("cohorts:waitlist", cohort_slug=cohort.slug, role=role)
