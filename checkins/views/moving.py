"""One person's check-in: on another day, not at all, or after all."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views import View

from checkins.models import CheckIn
from checkins.services import CheckInError
from checkins.services.moving import move_checkin, restart_checkin, stop_checkin
from mentorship.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404


class DayForm(forms.Form):
    """The day on which the next mail goes out."""

    day = forms.DateField()


class MoveCheckIn(CoordinatorRequiredMixin, View):
    """The buttons beside the dates of a check-in."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        checkin = get_visible_or_404(CheckIn.objects.editable_by(request.user), wave__cohort__slug=cohort_slug, pk=pk)
        try:
            messages.success(request, self._do(request, checkin))
        except CheckInError as error:
            messages.error(request, str(error))
        return redirect("checkins:checkin", cohort_slug=cohort_slug, pk=pk)

    @staticmethod
    def _do(request: HttpRequest, checkin: CheckIn) -> str:
        if request.POST.get("do") == "stop":
            stop_checkin(checkin=checkin, by=request.user)
            return "They are not asked, and not reminded."
        if request.POST.get("do") == "restart":
            restart_checkin(checkin=checkin, by=request.user)
            return "They are asked after all."
        form = DayForm(request.POST)
        if not form.is_valid():
            raise CheckInError("That is no day. Choose one.")
        move_checkin(checkin=checkin, day=form.cleaned_data["day"], by=request.user)
        return "The next mail has moved."
