"""The page on which people stop mailings."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from cohorts.mailings.links import read_opt_out
from cohorts.mailings.services import set_opt_out
from cohorts.models import OptOut
from mentorship.core.links import LinkError


@method_decorator(csrf_exempt, name="dispatch")
class OptOutByLink(View):
    """By the signed link of a mail: stop mails to many of a workspace, and let them come again.

    A mail program posts here without cookies (RFC 8058): the signed link is what allows it. Looking changes nothing.
    """

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            workspace, user = read_opt_out(token)
        except LinkError:
            return render(request, "cohorts/mailings/bad_link.html", status=404)
        out = OptOut.objects.filter(workspace=workspace, user=user).exists()
        return render(request, "cohorts/mailings/opt_out.html", {"workspace": workspace, "out": out})

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            workspace, user = read_opt_out(token)
        except LinkError:
            return render(request, "cohorts/mailings/bad_link.html", status=404)
        one_click = request.POST.get("List-Unsubscribe") == "One-Click"
        set_opt_out(workspace=workspace, user=user, out=one_click or request.POST.get("want") != "all")
        if one_click:  # RFC 8058 allows no redirect
            return render(request, "cohorts/mailings/opt_out.html", {"workspace": workspace, "out": True})
        return redirect(request.path)
