"""A person's page about their place, and the waitlist for coordinators."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from cohorts.channels.services import channels_of_people
from cohorts.cohort_view import CohortView
from cohorts.enrollment import leaving
from cohorts.enrollment.extensions import companions_of, endings_of
from cohorts.enrollment.links import read_place
from cohorts.enrollment.seats import free_seats
from cohorts.models import Enrollment
from cohorts.places import services
from cohorts.places.forms import LeaveForm, ReturnRolesForm
from cohorts.places.next_steps import next_steps
from cohorts.sharing.links import SHARING
from cohorts.signup.services import is_open_to_edit
from mentorship.core.accounts.models import User
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.errors import ServiceError
from mentorship.core.languages.known import Language
from mentorship.core.links import LinkError
from mentorship.core.outbox.rehearsal import ask_before_mails
from mentorship.core.querysets import found_by_any
from mentorship.core.ui.requests import number_in
from mentorship.core.views import LookupView, Question, errors_as_messages


class PlaceView(LookupView):
    """A page about an enrollment for one of its people. Opening it changes nothing; buttons do."""

    is_translated = True
    enrollment: Enrollment
    # The reader: the lead, a member, somebody who left the team, or None if an old team link does not identify them.
    person: User | None

    def look_up(self) -> None:
        self.enrollment, self.person = self.get_place()
        self.departure = self.enrollment.departures.filter(user=self.person).first()

    def page_languages(self) -> Sequence[Language]:
        return self.enrollment.cohort.spoken_languages

    def languages_said(self) -> Sequence[str]:
        return [self.person.language] if self.person else []

    @abstractmethod
    def get_place(self) -> tuple[Enrollment, User | None]:
        """The enrollment and the reader of the page. Raises Http404 or LinkError."""

    @abstractmethod
    def url_of(self, page: str) -> str:
        """The address of the page `detail` or `leave` of this place; by link if this page was opened by link."""

    @property
    def leads(self) -> bool:
        """Whether the reader is the lead of the team, or applied alone."""
        return self.person is not None and self.person.pk == self.enrollment.user_id

    @property
    def is_member(self) -> bool:
        """Whether the reader is a member of the team without leading it."""
        return self.person in self.enrollment.people and not self.leads

    def get_context(self) -> dict[str, Any]:
        enrollment = self.enrollment
        return {
            "enrollment": enrollment,
            "cohort": enrollment.cohort,
            "role_label": enrollment.cohort.programme.label_of(enrollment.role),
            "person": self.person,
            "leads": self.leads,
            "is_member": self.is_member,
            "team": enrollment.people if enrollment.members.all() else [],
            "detail_url": self.url_of("detail"),
            "leave_url": self.url_of("leave"),
        }


class PlaceDetail(PlaceView):
    """The status of an enrollment and its team, with the actions open to the reader."""

    template_name = "cohorts/places/place.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page()

    def post(self, request: HttpRequest) -> HttpResponse:
        with errors_as_messages(request):
            messages.success(request, self._act(request.POST.get("do", "")))
        return redirect(request.path)

    def _act(self, what: str) -> str:
        """Do the action of a button, and return the message for the person."""
        enrollment, person = self.enrollment, self.person
        if person is None:
            raise ServiceError(gettext("Sign in first, so that we know which of the team you are."))
        match what:
            case "accept":
                services.accept_offer(enrollment=enrollment, by=person)
                return gettext("Thank you! Your place is yours.")
            case "come-back":
                leaving.come_back(enrollment=enrollment, by=person)
                return gettext("You are back. The coordinators will look at your application again.")
            case "rejoin":
                leaving.rejoin_team(enrollment=enrollment, member=person)
                return gettext("Welcome back. We have told the others.")
            case "invite-back":
                number = number_in(self.request.POST.get("departure", ""))
                departure = get_visible_or_404(enrollment.departures.select_related("enrollment"), pk=number)
                leaving.invite_back(departure=departure, by=person)
                if name := departure.person.known_name:
                    return gettext("We have asked {name} to come back.").format(name=name)
                return gettext("We have asked them to come back.")
            case "back" if self.leads:
                form = ReturnRolesForm(self.request.POST, programme=enrollment.cohort.programme)
                roles = form.cleaned_data["roles"] if form.is_valid() else []
                services.save_return_roles(enrollment=enrollment, roles=roles, by=person)
                return gettext("Saved. Thank you.")
        raise ServiceError(gettext("Choose an answer first, then press the button."))

    def get_context(self) -> dict[str, Any]:
        enrollment = self.enrollment
        programme = enrollment.cohort.programme
        back_form = ReturnRolesForm(initial={"roles": enrollment.comes_back_as}, programme=programme)
        return {
            **super().get_context(),
            "departure": self.departure,
            "left": enrollment.departures.select_related("user") if self.leads else [],
            "may_leave": enrollment.is_open and (self.leads or self.is_member),
            "sharing_url": self._sharing_url(),
            "shares": self.person is not None and enrollment.shares_address_of(self.person),
            "may_edit_answers": self.leads and is_open_to_edit(enrollment),
            "matched_with": [
                person.known_name or gettext("somebody without a name")
                for companion in (companions_of(enrollment.pk) if enrollment.status == "accepted" else [])
                for person in companion.people
            ],
            "channels": [one for _, found in channels_of_people([enrollment]) for one in found],
            "next_steps": [steps for _, steps in next_steps([enrollment], timezone.now())],
            "back_form": back_form if enrollment.occupies_place and self.leads else None,
        }

    def _sharing_url(self) -> str:
        """The page of the reader's own name and address; "" for anybody else."""
        enrollment, person = self.enrollment, self.person
        asked = person is not None and person in enrollment.people and enrollment.is_open
        return SHARING.url(enrollment.pk, person.pk) if asked and person else ""


class PlaceLeave(PlaceView):
    """Withdraw, or leave the team, after seeing what will happen."""

    template_name = "cohorts/places/leave.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(form=self._form()) if self._may_leave else redirect(self.url_of("detail"))

    def post(self, request: HttpRequest) -> HttpResponse:
        if not self._may_leave:
            return redirect(self.url_of("detail"))
        form = self._form(request.POST)
        if not form.is_valid():
            return self.page(status=422, form=form)
        with errors_as_messages(request):
            messages.success(request, self._leave(form.cleaned_data["how"], form.cleaned_data["reason"]))
        return redirect(self.url_of("detail"))

    @property
    def _may_leave(self) -> bool:
        return self.enrollment.is_open and (self.leads or self.is_member)

    def _form(self, *data: Any) -> LeaveForm:
        cohort = self.enrollment.cohort
        if self.is_member:
            return LeaveForm(*data, choices=[("leave", gettext("Leave the team, while the others carry on"))])
        if self.enrollment.members.all():
            withdraw = gettext("Withdraw the whole team from {cohort}")
            defer = gettext("Withdraw the whole team from {cohort}, and write to me when the next cohort opens")
        else:
            withdraw = gettext("Withdraw me from {cohort}")
            defer = gettext("Withdraw me from {cohort}, and write to me when the next cohort opens")
        return LeaveForm(
            *data,
            choices=[
                ("withdraw", withdraw.format(cohort=cohort.name)),
                ("defer", defer.format(cohort=cohort.name)),
            ],
        )

    def _leave(self, how: str, reason: str) -> str:
        enrollment, person = self.enrollment, self.person
        if how == "leave" and person is not None:
            leaving.leave_team(enrollment=enrollment, member=person, reason=reason)
            return gettext("You have left the team. We have told the others.")
        leaving.withdraw(enrollment=enrollment, by=person, reason=reason, defer=how == "defer")
        if how == "defer":
            return gettext("You have withdrawn. We’ll write to you when the next cohort opens.")
        return gettext("You have withdrawn. Thank you for telling us.")

    def get_context(self) -> dict[str, Any]:
        enrollment = self.enrollment
        passes_on = enrollment.occupies_place and enrollment.cohort.fill_from_waitlist
        return {
            **super().get_context(),
            "ends": endings_of(enrollment.pk, known_only=True) if self.leads else [],
            "others": [
                p.known_name or gettext("somebody without a name") for p in enrollment.people if p != self.person
            ],
            "passes_on": passes_on and enrollment.cohort.gives_places,
            "may_come_back": enrollment.cohort.gives_places,
        }


class PlaceByLink(PlaceView):
    """Access by the signed link of a mail."""

    def get_place(self) -> tuple[Enrollment, User | None]:
        pk, person_id = read_place(self.kwargs["token"])
        found = Enrollment.objects.with_people().select_related("group").filter(pk=pk).first()
        if found is None:
            raise LinkError
        people = {person.pk: person for person in found.people}
        people |= {departure.user_id: departure.person for departure in found.departures.select_related("user")}
        if person_id is None:  # made before links named a person; a team's link went to all of it
            reader = self.request.user
            return found, people.get(reader.pk or 0) if len(people) > 1 else found.user
        if person_id not in people or not people[person_id].is_active:
            raise LinkError
        return found, people[person_id]

    def url_of(self, page: str) -> str:
        return reverse(f"cohorts:place-{page}", args=[self.kwargs["token"]])


class PlaceDetailByLink(PlaceByLink, PlaceDetail):
    """The place by the signed link of a mail."""


class PlaceLeaveByLink(PlaceByLink, PlaceLeave):
    """Leaving by the signed link of a mail."""


class MyPlaceView(LoginRequiredMixin, PlaceView):
    """Access when signed in: one's own place, one's team's, or that of a team one left."""

    def get_place(self) -> tuple[Enrollment, User | None]:
        ways = Q(user=self.user), Q(members__user=self.user), Q(departures__user=self.user)
        found = found_by_any(Enrollment.objects.all(), *ways).with_people().select_related("group")
        return get_visible_or_404(found, pk=self.kwargs["pk"]), self.user

    def url_of(self, page: str) -> str:
        return reverse(f"cohorts:my-place-{page}", args=[self.enrollment.pk])


class MyPlace(MyPlaceView, PlaceDetail):
    """The place of the person who is signed in."""


class MyPlaceLeave(MyPlaceView, PlaceLeave):
    """Leaving by the person who is signed in."""


class Waitlist(CohortView):
    """The people waiting, in order, and the number of free places."""

    template_name = "cohorts/places/waitlist.html"

    def look_up(self) -> None:
        super().look_up()
        self.role = self.kwargs["role"]
        if self.role not in Enrollment.MATCHED_ROLES:
            raise Http404

    def get(self, request: HttpRequest) -> HttpResponse:
        cohort, role = self.cohort, self.role
        offers = cohort.enrollments.with_open_offer().filter(role=role)  # type: ignore[attr-defined]
        return self.page(
            role=role,
            role_label=cohort.programme.label_of(role),
            roles=[(r, cohort.programme.label_of(r)) for r in Enrollment.MATCHED_ROLES],
            waiting=services.waitlist_of(cohort, role),
            free=free_seats(cohort, role),
            seats=cohort.seats_for(role),
            open_offers=offers.select_related("user").order_by("offer_expires_at"),
        )

    def ask_first(self) -> Question | None:
        """Ask before places are offered."""
        post = self.request.POST
        if "offer" not in post:
            return None
        number = number_in(post.get("number", "1"))
        return ask_before_mails(
            lambda: services.offer_places(
                cohort=self.cohort,
                role=self.role,
                number=number,
                by=self.user,
                first=number_in(post.get("first")) or None,
            ),
            title="Offer places?",
            text="They are the first on the waitlist for whom there is a place.",
            button="Offer places",
            back=reverse("cohorts:waitlist-edit", args=[self.cohort.slug, self.role]),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        if "offer" in request.POST:
            with errors_as_messages(request):
                self._offer(number_in(request.POST.get("number", "1")), seen=number_in(request.POST.get("first")))
        else:
            waiting = services.waitlist_of(self.cohort, self.role)
            one = get_visible_or_404(waiting, pk=number_in(request.POST.get("pk")))
            services.move_on_waitlist(enrollment=one, up=request.POST.get("to") == "up", by=self.user)
        return redirect("cohorts:waitlist-edit", cohort_slug=self.cohort.slug, role=self.role)

    def _offer(self, number: int, seen: int) -> None:
        offered = services.offer_places(
            cohort=self.cohort, role=self.role, number=number, by=self.user, first=seen or None
        )
        if offered:
            messages.success(self.request, f"{len(offered)} got an offer: {', '.join(map(str, offered))}.")
        else:
            messages.warning(self.request, "No place was offered: no seat is free, or nobody waits.")
