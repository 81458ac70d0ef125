"""Where mail providers report what came back: POST /mail-reports/<provider>/ with the secret of the installation."""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from mentorship.outbox.providers import REPORTERS, take_report


@csrf_exempt
def mail_report(request: HttpRequest, provider: str) -> HttpResponseBase:
    """Hand a report to django-anymail, which checks the secret and the provider's signature, and reads it.

    Without a secret there is no such page: anybody could have addresses left out.
    """
    if provider not in REPORTERS or not settings.ANYMAIL.get("WEBHOOK_SECRET"):
        raise Http404
    module = import_module(f"anymail.webhooks.{provider}")
    kind = "Combined" if provider == "mandrill" else "Tracking"
    return getattr(module, f"{REPORTERS[provider]}{kind}WebhookView").as_view()(request)


def on_tracking(sender: Any, event: Any, esp_name: str, **kwargs: Any) -> None:
    """What django-anymail calls for each event of a report."""
    take_report(event=event, provider=esp_name)
