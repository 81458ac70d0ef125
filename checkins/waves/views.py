"""Pages for planning waves, and the buttons that reschedule one check-in."""

from collections.abc import Sequence
from copy import copy
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Max, Min, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from checkins.models import CheckIn, CheckInWave
from checkins.schedule.planning import default_wave_of
from checkins.waves import services
from checkins.waves.forms import WaveForm
from checkins.waves.mails import checkin_mail
from checkins.waves.reschedule import cancel_checkin, reschedule_checkin, restore_cancelled_checkin
from cohorts.cohort_view import CohortObjectView, CohortView
from mentorship.core.accounts.models import User
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.delivery.suppression import who_is_left_out
from mentorship.core.ui.requests import PAGE_SIZE, page_of
from mentorship.core.views import Ask, FormPage, errors_as_messages


class DayForm(forms.Form):
    """The day of the next mail."""

    day = forms.DateField()


class RescheduleCheckIn(CohortObjectView[CheckIn]):
    """Reschedule, cancel or restore one check-in."""

    http_method_names = ["post"]

    def get_rows(self) -> QuerySet[CheckIn]:
        return CheckIn.objects.filter(wave__cohort=self.cohort)

    def post(self, request: HttpRequest) -> HttpResponse:
        with errors_as_messages(request):
            messages.success(request, self._act(request.POST.get("do", "")))
        return redirect("checkins:checkin-detail", cohort_slug=self.cohort.slug, pk=self.object.pk)

    def _act(self, act: str) -> str:
        """Do the action of a button. Returns the result; raises ServiceError."""
        if act == "stop":
            cancel_checkin(checkin=self.object, by=self.user)
            return "They are not asked, and not reminded."
        if act == "restart":
            restore_cancelled_checkin(checkin=self.object, by=self.user)
            return "They are asked after all."
        form = DayForm(self.request.POST)
        if not form.is_valid():
            raise ServiceError("That is no day. Choose one.")
        reschedule_checkin(checkin=self.object, day=form.cleaned_data["day"], by=self.user)
        return "The next email has moved."


class WaveList(CohortView):
    """The waves of a cohort, and templates to add with one click."""

    template_name = "checkins/waves/list.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        waves = self.cohort.waves.select_related("survey", "cohort").annotate(
            total=Count("checkins"),
            asked=Count("checkins", filter=Q(checkins__mails_sent__gt=0)),
            answered=Count("checkins", filter=Q(checkins__status="answered")),
            first_due=Min("checkins__due_at"),
            last_due=Max("checkins__due_at"),
        )
        usual = default_wave_of(self.cohort)
        return self.page(waves=waves, usual=usual, templates=services.unused_templates(self.cohort))

    def post(self, request: HttpRequest) -> HttpResponse:
        with errors_as_messages(request):
            wave = services.add_template(cohort=self.cohort, key=request.POST.get("template", ""), by=self.user)
            messages.success(request, f"“{wave.name}” is planned. Look whom it asks when.")
            return redirect("checkins:wave-detail", cohort_slug=self.cohort.slug, pk=wave.pk)
        return redirect("checkins:wave-list", cohort_slug=self.cohort.slug)


class WaveView(CohortObjectView[CheckInWave]):
    """A page about one wave."""

    def get_rows(self) -> QuerySet[CheckInWave]:
        return self.cohort.waves.select_related("survey", "cohort__programme")

    def get_context(self) -> dict[str, Any]:
        sent = services.wave_was_sent(self.object)
        return {**super().get_context(), "wave": self.object, "sent": sent}


class WavePage(WaveView):
    """One wave: audience and dates, its first mail, pausing and deleting."""

    asks = {
        "do=delete": Ask(
            "Delete this check-in?", "Delete the check-in", "Nothing of it was sent, and nobody will be asked."
        ),
    }

    template_name = "checkins/waves/detail.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        due = services.preview_wave(self.object, now=timezone.now())
        page = page_of(request, due.checkins)
        addresses = [checkin.user.email for checkin in page.object_list]
        return self.page(
            due=due,
            left_out=who_is_left_out(self.cohort.workspace_id, addresses),
            page_obj=page,
            too_small=self.object.is_too_small(due.people),
            sample=_sample_mail(self.object, due.checkins),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        wave = self.object
        with errors_as_messages(request):
            match request.POST.get("do"):
                case "pause":
                    services.pause_wave(wave=wave, by=self.user)
                    messages.success(request, "It pauses: nobody is asked or reminded.")
                case "resume":
                    services.resume_wave(wave=wave, by=self.user)
                    messages.success(request, "It goes on. What fell into the pause goes out next morning.")
                case "delete":
                    services.delete_wave(wave=wave, by=self.user)
                    messages.success(request, f"“{wave.name}” is deleted. Nothing had been sent.")
                    return redirect("checkins:wave-list", cohort_slug=self.cohort.slug)
        return redirect("checkins:wave-detail", cohort_slug=self.cohort.slug, pk=self.kwargs["pk"])


class WaveEdit(FormPage, WaveView):
    """Edit a wave, or create one; “see who” previews it before it is saved."""

    template_name = "checkins/waves/form.html"
    for_editors = True

    def make_new(self) -> CheckInWave:
        return CheckInWave(cohort=self.cohort)

    def get_form(self, *data: Any) -> WaveForm:
        return WaveForm(*data, instance=self.object)

    def save(self, form: WaveForm) -> HttpResponse:
        changed = form.save(commit=False)
        if "preview" in self.request.POST:
            preview = services.preview_wave(_as_new(changed), now=timezone.now())
            return self.page(form=form, preview=preview, shown=preview.checkins[:PAGE_SIZE])
        services.save_wave(wave=changed, by=self.user)
        messages.success(self.request, "Saved.")
        return redirect("checkins:wave-detail", cohort_slug=self.cohort.slug, pk=changed.pk)


def _as_new(wave: CheckInWave) -> CheckInWave:
    """The wave as if nobody were planned yet, to preview the form's values."""
    fields = {f.attname: getattr(wave, f.attname) for f in CheckInWave._meta.concrete_fields if f.name != "id"}
    return CheckInWave(**{**fields, "anchored_on": None})


def _sample_mail(wave: CheckInWave, checkins: Sequence[CheckIn]) -> tuple[User, str, str] | None:
    """Person, subject and text of the first mail, without personal links."""
    if not checkins:
        return None
    first = copy(checkins[0])
    first.wave, first.pk, first.mails_sent = wave, None, 0
    subject, text, _html = checkin_mail([first])
    return first.user, subject, text
