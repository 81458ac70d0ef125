"""The public page that thanks everybody who agreed to be named."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from checkins.recognition.service_certificates import named_helpers
from cohorts.models import Programme
from mentorship.core.accounts.permissions import get_visible_or_404


class ThanksPage(View):
    """The public page of thanks: helpers who agreed to be named, by round."""

    def get(self, request: HttpRequest, programme_slug: str) -> HttpResponse:
        programme = get_visible_or_404(Programme.objects.all(), slug=programme_slug)
        context = {"programme": programme, "rounds": named_helpers(programme)}
        return render(request, "checkins/recognition/thanks_page.html", context)
