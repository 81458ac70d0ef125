"""Pages for planning waves, and the buttons that reschedule one check-in."""

from copy import copy
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Max, Min, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from checkins.models import CheckIn, CheckInWave
from checkins.waves import services
from checkins.waves.forms import WaveForm
from checkins.waves.mails import checkin_mail
from checkins.waves.planning import ensure_default_wave
from checkins.waves.reschedule import cancel_checkin, reschedule_checkin, restore_cancelled_checkin
from cohorts.models import Cohort
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit
from mentorship.core.audit.services import history_of
from mentorship.core.errors import ServiceError
from mentorship.core.outbox.delivery.suppression import who_is_left_out
from mentorship.core.ui.requests import PAGE_SIZE, page_of


class DayForm(forms.Form):
    """The day on which the next mail goes out."""

    day = forms.DateField()


class RescheduleCheckIn(CoordinatorRequiredMixin, View):
    """The buttons beside the dates of a check-in."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        checkin = get_visible_or_404(CheckIn.objects.editable_by(request.user), wave__cohort__slug=cohort_slug, pk=pk)
        try:
            messages.success(request, self._do(request, checkin))
        except ServiceError as error:
            messages.error(request, str(error))
        return redirect("checkins:checkin", cohort_slug=cohort_slug, pk=pk)

    @staticmethod
    def _do(request: HttpRequest, checkin: CheckIn) -> str:
        if request.POST.get("do") == "stop":
            cancel_checkin(checkin=checkin, by=request.user)
            return "They are not asked, and not reminded."
        if request.POST.get("do") == "restart":
            restore_cancelled_checkin(checkin=checkin, by=request.user)
            return "They are asked after all."
        form = DayForm(request.POST)
        if not form.is_valid():
            raise ServiceError("That is no day. Choose one.")
        reschedule_checkin(checkin=checkin, day=form.cleaned_data["day"], by=request.user)
        return "The next mail has moved."


class WaveList(CoordinatorRequiredMixin, View):
    """When this cohort is asked, and templates that are one click away."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        waves = cohort.waves.select_related("survey", "cohort").annotate(
            total=Count("checkins"),
            asked=Count("checkins", filter=Q(checkins__mails_sent__gt=0)),
            answered=Count("checkins", filter=Q(checkins__status="answered")),
            first_due=Min("checkins__due_at"),
            last_due=Max("checkins__due_at"),
        )
        context = {
            "cohort": cohort,
            "waves": waves,
            "templates": services.unused_templates(cohort),
            "may_edit": may_edit(request.user, cohort.workspace_id),
        }
        return render(request, "checkins/waves/list.html", context)

    def post(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        try:
            if not cohort.waves.exists():
                # The three-month check-in is there by default; the first other wave does not replace it.
                ensure_default_wave(cohort=cohort)
            wave = services.add_template(cohort=cohort, key=request.POST.get("template", ""), by=request.user)
        except ServiceError as error:
            messages.error(request, str(error))
            return redirect("checkins:waves", cohort_slug=cohort.slug)
        messages.success(request, f"“{wave.name}” is planned. Look whom it asks when.")
        return redirect("checkins:wave", cohort_slug=cohort.slug, pk=wave.pk)


class WavePage(CoordinatorRequiredMixin, View):
    """One wave: whom it asks when, the mail as the first of them gets it, pausing and deleting."""

    def get(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        wave = get_visible_or_404(
            CheckInWave.objects.visible_to(request.user).select_related("cohort__programme", "survey"),
            cohort__slug=cohort_slug,
            pk=pk,
        )
        return _wave_page(request, wave)

    def post(self, request: HttpRequest, cohort_slug: str, pk: int) -> HttpResponse:
        wave = get_visible_or_404(
            CheckInWave.objects.editable_by(request.user).select_related("cohort__programme", "survey"),
            cohort__slug=cohort_slug,
            pk=pk,
        )
        try:
            match request.POST.get("do"):
                case "pause":
                    services.pause_wave(wave=wave, by=request.user)
                    messages.success(request, "It pauses: nobody is asked or reminded.")
                case "resume":
                    services.resume_wave(wave=wave, by=request.user)
                    messages.success(request, "It goes on. What fell into the pause goes out next morning.")
                case "delete":
                    services.delete_wave(wave=wave, by=request.user)
                    messages.success(request, f"“{wave.name}” is deleted. Nothing had been sent.")
                    return redirect("checkins:waves", cohort_slug=cohort_slug)
        except ServiceError as error:
            messages.error(request, str(error))
        return redirect("checkins:wave", cohort_slug=cohort_slug, pk=pk)


class WaveEdit(CoordinatorRequiredMixin, View):
    """Change a wave, or make one of your own; "see who" shows it before it is saved."""

    def get(self, request: HttpRequest, cohort_slug: str, pk: int | None = None) -> HttpResponse:
        wave = self._wave(request, cohort_slug, pk)
        return self._page(request, wave, WaveForm(instance=wave))

    def post(self, request: HttpRequest, cohort_slug: str, pk: int | None = None) -> HttpResponse:
        wave = self._wave(request, cohort_slug, pk)
        form = WaveForm(request.POST, instance=wave)
        if not form.is_valid():
            return self._page(request, wave, form, status=422)
        changed = form.save(commit=False)
        if "preview" in request.POST:
            return self._page(request, wave, form, preview=services.preview_wave(_as_new(changed), now=timezone.now()))
        try:
            if pk is None and not wave.cohort.waves.exists():
                ensure_default_wave(cohort=wave.cohort)
            services.save_wave(wave=changed, by=request.user)
        except ServiceError as error:
            form.add_error(None, str(error))
            return self._page(request, wave, form, status=422)
        messages.success(request, "Saved.")
        return redirect("checkins:wave", cohort_slug=cohort_slug, pk=changed.pk)

    @staticmethod
    def _wave(request: HttpRequest, cohort_slug: str, pk: int | None) -> CheckInWave:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        if pk is None:
            return CheckInWave(cohort=cohort)
        return get_visible_or_404(cohort.waves.select_related("survey", "cohort__programme"), pk=pk)

    @staticmethod
    def _page(
        request: HttpRequest, wave: CheckInWave, form: WaveForm, status: int = 200, preview: Any = None
    ) -> HttpResponse:
        context = {
            "cohort": wave.cohort,
            "wave": wave,
            "form": form,
            "sent": services.wave_was_sent(wave),
            "preview": preview,
            "shown": preview.checkins[:PAGE_SIZE] if preview else [],
        }
        return render(request, "checkins/waves/form.html", context, status=status)


def _as_new(wave: CheckInWave) -> CheckInWave:
    """The wave as if nobody were planned yet, for a preview of what was typed."""
    fields = {f.attname: getattr(wave, f.attname) for f in CheckInWave._meta.concrete_fields if f.name != "id"}
    return CheckInWave(**{**fields, "anchored_on": None})


def _wave_page(request: HttpRequest, wave: CheckInWave) -> HttpResponse:
    due = services.preview_wave(wave, now=timezone.now())
    sample = None
    if due.checkins:
        first = copy(due.checkins[0])
        first.wave, first.pk, first.mails_sent = wave, None, 0  # the first mail, without links that answer for them
        sample = (first.user, *checkin_mail(first)[:2])
    context = {
        "cohort": wave.cohort,
        "wave": wave,
        "due": due,
        "left_out": who_is_left_out(wave.cohort.workspace_id, [c.user.email for c in due.checkins]),
        "page_obj": page_of(request, due.checkins),
        "sample": sample,
        "sent": services.wave_was_sent(wave),
        "history": history_of(wave)[:20],
        "may_edit": may_edit(request.user, wave.cohort.workspace_id),
    }
    return render(request, "checkins/waves/detail.html", context)
