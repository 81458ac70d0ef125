"""The page on which anybody checks a certificate by its number."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from checkins.models import Graduation, ServiceCertificate
from checkins.models.certificate_numbers import ids_behind
from mentorship.core.web.limits import LimitError, source_of, spend, too_often


class CertificateCheck(View):
    """A field for the number of a certificate, which leads to its page. There is no list and no search by name."""

    def get(self, request: HttpRequest) -> HttpResponse:
        number = request.GET.get("number", "").strip()[:200]
        if not number:
            return self._page(request)
        ids = ids_behind(number)
        if ids is None:
            return self._page(request, number, "Enter all 12 characters of the number, such as 1F2E-3D4C-5B6A.", 422)
        try:
            spend(request, certificate_by_source=source_of(request))
        except LimitError as error:
            return too_often(request, error)
        for kind in (Graduation, ServiceCertificate):
            if found := kind.objects.valid().filter(pk__range=ids).first():
                return redirect(found)
        wrong = "No valid certificate has this number. Check it against the paper; the certificate may be withdrawn."
        return self._page(request, number, wrong, 404)

    def _page(self, request: HttpRequest, number: str = "", error: str = "", status: int = 200) -> HttpResponse:
        context = {"number": number, "error": error}
        return render(request, "checkins/recognition/certificate_check.html", context, status=status)
