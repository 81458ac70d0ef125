"""Receive bounce reports from mail providers: POST /mail-reports/<provider>/ with the installation's secret."""

import logging
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponseBadRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from mentorship.core.outbox.delivery.providers import REPORTERS, record_report
from mentorship.core.web.limits import LimitError, count_flood, source_of, too_often

logger = logging.getLogger(__name__)


@csrf_exempt
def mail_report(request: HttpRequest, provider: str) -> HttpResponseBase:
    """Hand a report to django-anymail, which checks the secret and the provider's signature, and reads it.

    Without a secret there is no such page: anybody could have addresses left out. Only reports with a wrong secret
    count in the limit of a source: those of a large mailing arrive by the thousand.
    """
    if provider not in REPORTERS or not settings.ANYMAIL.get("WEBHOOK_SECRET"):
        raise Http404
    try:
        return _read_report(request, provider)
    except SuspiciousOperation:  # the secret or the signature is wrong
        try:
            count_flood("post_by_source", source_of(request))
        except LimitError as error:
            return too_often(request, error)
        raise


mail_report.counts_itself = True  # type: ignore[attr-defined]


def _read_report(request: HttpRequest, provider: str) -> HttpResponseBase:
    kind = "Combined" if provider == "mandrill" else "Tracking"
    try:
        module = import_module(f"anymail.webhooks.{provider}")
        return getattr(module, f"{REPORTERS[provider]}{kind}WebhookView").as_view()(request)
    except ImproperlyConfigured as error:  # the key or package of a provider that is not in use
        logger.info("A report of %s came, which is not set up: %s", provider, error)
        raise Http404 from error
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError):
        logger.warning("A report of %s could not be read.", provider, exc_info=True)
        return HttpResponseBadRequest("This is no report.")


def on_tracking(sender: Any, event: Any, esp_name: str, **kwargs: Any) -> None:
    """Record one event of a report; django-anymail calls it."""
    record_report(event=event, provider=esp_name)
