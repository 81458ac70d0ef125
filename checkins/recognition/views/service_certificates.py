"""Pages and files of certificates for mentors, facilitators and experts."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from checkins.graduation.views.certificates import all_in_one, one_pdf
from checkins.models import ServiceCertificate
from checkins.recognition import service_certificates
from cohorts.models import Cohort
from mentorship.core.accounts.permissions import CoordinatorRequiredMixin, get_visible_or_404, may_edit
from mentorship.core.personal_data import ERASED
from mentorship.core.ui.export import export, wants_export
from mentorship.core.ui.requests import numbers_in, page_of

MOST_HOURS = 2000


ROLES = [("mentor", "Mentors"), ("facilitator", "Facilitators"), ("expert", "Experts")]


class RecognitionPage(CoordinatorRequiredMixin, View):
    """Everybody who helped, the hours that their certificate names, and who has one."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        if wants_export(request):
            head = ["person", "role", "what", "hours", "certificate", "sent"]
            rows = (
                [
                    g.enrollment.user,
                    g.enrollment.get_role_display(),
                    g.what,
                    _hours(g),
                    c.pk if c else "",
                    f"{c.issued_at:%Y-%m-%d}" if c and c.issued_at else "",
                ]
                for g in service_certificates.helper_records(cohort, request.GET.get("role", ""))
                for c in [g.certificate]
            )
            return export(request, f"{cohort.slug}-thanks", head, rows)
        return self._page(request, cohort)

    def post(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.editable_by(request.user), slug=cohort_slug)
        chosen = set(numbers_in(request.POST.getlist("ids")))
        hours: dict[int, int | None] = {}
        wrong: dict[int, str] = {}
        for pk in chosen:
            text = request.POST.get(f"hours-{pk}", "").strip()
            if text and not (text.isascii() and text.isdigit() and len(text) < 5 and int(text) <= MOST_HOURS):
                wrong[pk] = f"A whole number up to {MOST_HOURS}, or nothing."
            else:
                hours[pk] = int(text) if text else None
        if wrong:
            return self._page(request, cohort, wrong=wrong, chosen=chosen, status=422)
        if not hours:
            messages.warning(request, "Choose somebody first.")
        else:
            number = service_certificates.issue_service_certificates(cohort=cohort, hours=hours, by=request.user)  # type: ignore[arg-type]
            again = len(hours) - number
            words = f"{number} certificate{'' if number == 1 else 's'} on the way."
            messages.success(request, words + (f" {again} had one: the hours are corrected." if again else ""))
        return redirect("checkins:recognition", cohort_slug=cohort.slug)

    @staticmethod
    def _page(
        request: HttpRequest,
        cohort: Cohort,
        *,
        wrong: dict[int, str] | None = None,
        chosen: set[int] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        role = request.GET.get("role", "")
        gifts = service_certificates.helper_records(cohort, role)
        page = page_of(request, gifts, 200)
        rows = [
            {
                "gift": g,
                "hours": request.POST.get(f"hours-{g.enrollment.pk}", _hours(g)),
                "wrong": (wrong or {}).get(g.enrollment.pk, ""),
                "chosen": g.enrollment.pk in (chosen or ()),
            }
            for g in page
        ]
        context = {
            "cohort": cohort,
            "rows": rows,
            "page_obj": page,
            "role": role,
            "roles": ROLES,
            "issued": sum(1 for g in gifts if g.certificate),
            "may_edit": may_edit(request.user, cohort.workspace_id),
        }
        return render(request, "checkins/recognition/service_certificates.html", context, status=status)


class ServiceCertificatePage(View):
    """Whether a certificate of thanks is valid. Whoever has its number may look."""

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        found = _valid().filter(pk=pk).first()
        context = {"certificate": found}
        return render(request, "checkins/recognition/certificate.html", context, status=200 if found else 404)


class ServiceCertificateFile(View):
    """The certificate as PDF."""

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        found = get_visible_or_404(_valid(), pk=pk)
        return one_pdf(request, found)


class ServiceCertificatesPdf(CoordinatorRequiredMixin, View):
    """All of a cohort in one file, to print."""

    def get(self, request: HttpRequest, cohort_slug: str) -> HttpResponse:
        cohort = get_visible_or_404(Cohort.objects.visible_to(request.user), slug=cohort_slug)
        found = list(_valid().filter(enrollment__cohort=cohort).order_by("name", "pk"))
        if not found:
            messages.warning(request, "There are no certificates yet.")
            return redirect("checkins:recognition", cohort_slug=cohort.slug)
        return all_in_one(request, found, f"{cohort.slug}-thanks.pdf", "checkins:recognition", cohort)


def _valid() -> Any:
    """Certificates with everything that they show; those of people who were erased are void."""
    return ServiceCertificate.objects.exclude(name=ERASED).select_related("enrollment__cohort__programme")


def _hours(gift: Any) -> Any:
    """Those of the certificate, else what we would suggest; nothing where there is none."""
    hours = gift.certificate.hours if gift.certificate else gift.hours
    return "" if hours is None else hours
