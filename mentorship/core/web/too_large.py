"""Answers to requests that are too large or can't be read."""

from http import HTTPStatus

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.defaults import bad_request


def bad_request_response(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The `handler400` of the site: Django answers a form that is too large like one that makes no sense."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return render(request, "413.html", status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return bad_request(request, exception)
