"""Pages and files of certificates for mentors, facilitators and experts."""

import uuid
from collections.abc import Collection, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.views import View

from checkins.graduation.views.certificates import all_in_one, one_pdf, part_of, parts_for
from checkins.models import ServiceCertificate
from checkins.recognition.forms import read_hours
from checkins.recognition.service_certificates import (
    HelperRecord,
    helper_records,
    helper_roles,
    issue_service_certificates,
)
from cohorts.cohort_view import CohortView
from cohorts.models import Cohort
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.outbox.rehearsal import ask_before_mails
from mentorship.core.ui.downloads.export import export, wants_export
from mentorship.core.ui.requests import choice_in, numbers_in, page_of
from mentorship.core.views import Question

ROWS = 200


class RecognitionPage(CohortView):
    """The helpers of a cohort, with the hours for their certificate, and existing certificates."""

    template_name = "checkins/recognition/service_certificates.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        if wants_export(request):
            return self._export()
        return self._list()

    def ask_first(self) -> Question | None:
        """Ask before many people get a mail."""
        hours, wrong = read_hours(self.request.POST, set(numbers_in(self.request.POST.getlist("ids"))))
        if wrong or not hours:
            return None
        return ask_before_mails(
            lambda: issue_service_certificates(cohort=self.cohort, hours=hours, by=self.user),
            title="Send the certificates?",
            text="Who has one already gets no email; their hours are corrected.",
            button="Send certificates",
            back=reverse("checkins:service-certificate-list", args=[self.cohort.slug]),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        chosen = set(numbers_in(request.POST.getlist("ids")))
        hours, wrong = read_hours(request.POST, chosen)
        if wrong:
            return self._list(wrong=wrong, chosen=chosen, status=422)
        if not hours:
            messages.warning(request, "Choose somebody first.")
        else:
            number = issue_service_certificates(cohort=self.cohort, hours=hours, by=self.user)
            again = len(hours) - number
            words = f"{number} certificate{'' if number == 1 else 's'} on the way."
            messages.success(request, words + (f" {again} had one: the hours are corrected." if again else ""))
        return redirect("checkins:service-certificate-list", cohort_slug=self.cohort.slug)

    def _list(
        self, *, wrong: Mapping[int, str] | None = None, chosen: Collection[int] = (), status: int = 200
    ) -> HttpResponse:
        role = choice_in(self.request, "role", self._roles())
        records = helper_records(self.cohort, role)
        page = page_of(self.request, records, ROWS)
        rows = [
            {
                "gift": one,
                "hours": self.request.POST.get(f"hours-{one.enrollment.pk}", _hours(one)),
                "wrong": (wrong or {}).get(one.enrollment.pk, ""),
                "chosen": one.enrollment.pk in chosen,
            }
            for one in page
        ]
        issued = sum(1 for one in records if one.certificate)
        return self.page(
            status,
            rows=rows,
            page_obj=page,
            role=role,
            roles=self._roles(),
            issued=issued,
            parts=parts_for(_certificates_of(self.cohort).count() if role and issued else issued),
        )

    def _roles(self) -> list[tuple[str, str]]:
        """The roles to choose from, in the programme's words."""
        return [(role, capfirst(words)) for role, words in helper_roles(self.cohort.programme)]

    def _export(self) -> HttpResponse:
        head = ["person", "role", "what", "hours", "certificate", "sent"]
        rows = (
            [
                one.enrollment.user,
                one.enrollment.get_role_display(),
                one.what,
                _hours(one),
                certificate.pk if certificate else "",
                f"{certificate.issued_at:%Y-%m-%d}" if certificate and certificate.issued_at else "",
            ]
            for one in helper_records(self.cohort, choice_in(self.request, "role", self._roles()))
            for certificate in [one.certificate]
        )
        return export(self.request, f"{self.cohort.slug}-thanks", head, rows)


class ServiceCertificatePage(View):
    """Whether a certificate of thanks is valid, for anybody who has its number."""

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        found = ServiceCertificate.objects.valid().with_people().filter(pk=pk).first()
        context = {"certificate": found}
        return render(request, "checkins/recognition/certificate.html", context, status=200 if found else 404)


class ServiceCertificateFile(View):
    """The certificate as PDF."""

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        return one_pdf(request, get_visible_or_404(ServiceCertificate.objects.valid().with_people(), pk=pk))


class ServiceCertificatesPdf(CohortView):
    """The certificates of a cohort in one file, to print; in parts if there are many."""

    def get(self, request: HttpRequest) -> HttpResponse:
        part, suffix = part_of(request, _certificates_of(self.cohort).with_people().order_by("name", "pk"))
        if not part:
            messages.warning(request, "There are no certificates yet.")
            return redirect("checkins:service-certificate-list", cohort_slug=self.cohort.slug)
        name = f"{self.cohort.slug}-thanks{suffix}.pdf"
        return all_in_one(request, list(part), name, "checkins:service-certificate-list", self.cohort)


def _certificates_of(cohort: Cohort) -> Any:
    """The certificates of all roles."""
    return ServiceCertificate.objects.valid().filter(enrollment__cohort=cohort)


def _hours(one: HelperRecord) -> Any:
    """The hours of the certificate, otherwise the suggested ones; "" if there are none."""
    hours = one.certificate.hours if one.certificate else one.hours
    return "" if hours is None else hours
