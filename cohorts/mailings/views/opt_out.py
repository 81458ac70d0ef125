"""The page on which people unsubscribe from mailings."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt

from cohorts.mailings.links import read_opt_out
from cohorts.mailings.services import set_opt_out
from cohorts.models import OptOut
from mentorship.core.views import LookupView


@method_decorator(csrf_exempt, name="dispatch")
class OptOutByLink(LookupView):
    """Unsubscribe by the signed link of a mail, or subscribe again.

    Mail programs post here without cookies (RFC 8058); the signed link authorises them. Opening the page changes
    nothing.
    """

    template_name = "cohorts/mailings/opt_out.html"
    bad_link_template = "cohorts/mailings/bad_link.html"

    def look_up(self) -> None:
        self.workspace, self.recipient = read_opt_out(self.kwargs["token"])

    def get(self, request: HttpRequest) -> HttpResponse:
        out = OptOut.objects.filter(workspace=self.workspace, user=self.recipient).exists()
        return self.page(workspace=self.workspace, out=out)

    def post(self, request: HttpRequest) -> HttpResponse:
        one_click = request.POST.get("List-Unsubscribe") == "One-Click"
        out = one_click or request.POST.get("want") != "all"
        set_opt_out(workspace=self.workspace, user=self.recipient, out=out)
        if one_click:  # RFC 8058 allows no redirect
            return self.page(workspace=self.workspace, out=True)
        return redirect(request.path)
