"""Pages on which people say how they are shown in public, signed in."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from cohorts.models import Enrollment, ProjectPage
from cohorts.querysets import BEGUN
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.ui.requests import numbers_in
from mentorship.core.views import FormPage, LookupView, errors_as_messages
from mentorship.portal.public_face import services
from mentorship.portal.public_face.forms import ProjectPageForm
from mentorship.portal.public_face.people import Listing, listings


class OwnListing(LoginRequiredMixin, LookupView):
    """Every cohort that the person is or was in: whether they may be named there, and their projects."""

    template_name = "portal/public_face/own_listing.html"

    def look_up(self) -> None:
        found = Enrollment.objects.of_person(self.user).occupying_place().with_people()
        rows = found.select_related("project_page").order_by("-cohort__starts_on", "-pk")
        self.listings = [one for one in listings(rows) if one.person.pk == self.user.pk]

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(listings=[(one, self._project(one)) for one in self.listings])

    def post(self, request: HttpRequest) -> HttpResponse:
        named = set(numbers_in(request.POST.getlist("named")))
        with errors_as_messages(request):
            for one in self.listings:
                services.set_named(enrollment=one.enrollment, person=self.user, named=one.enrollment.pk in named)
            messages.success(request, "Saved. Public pages show it at once.")
        return redirect("public:own-listing")

    def _project(self, one: Listing) -> dict[str, Any] | None:
        """The public page of their project; None where they don't lead one, or it is too early."""
        enrollment = one.enrollment
        leads = enrollment.role == "mentee" and enrollment.user_id == self.user.pk
        if not leads or not enrollment.title or enrollment.cohort.status not in BEGUN:
            return None
        return {"page": getattr(enrollment, "project_page", None)}


class OwnProject(LoginRequiredMixin, FormPage):
    """The public page of a project, for its lead."""

    template_name = "portal/public_face/own_project.html"

    def look_up(self) -> None:
        own = Enrollment.objects.of_person(self.user).filter(user=self.user, role="mentee").exclude(title="")
        theirs = own.occupying_place()
        self.enrollment = get_visible_or_404(
            theirs.filter(cohort__status__in=BEGUN).select_related("cohort__programme"), pk=self.kwargs["pk"]
        )
        self.row = ProjectPage.objects.filter(enrollment=self.enrollment).first()

    def get_form(self, *data: Any) -> ProjectPageForm:
        initial = {"agrees": bool(self.row and self.row.agreed_at)}
        return ProjectPageForm(*data, instance=self.row or ProjectPage(enrollment=self.enrollment), initial=initial)

    def save(self, form: ProjectPageForm) -> HttpResponse:
        words = {name: form.cleaned_data[name] for name in form.Meta.fields}
        agrees = form.cleaned_data["agrees"]
        services.save_project_page(enrollment=self.enrollment, agrees=agrees, by=self.user, words=words)
        messages.success(self.request, "Saved. Everybody may see it." if agrees else "Saved. Nobody else sees it.")
        return redirect("public:own-listing")

    def get_context(self) -> dict[str, Any]:
        return {"enrollment": self.enrollment, "cohort": self.enrollment.cohort, "row": self.row}
