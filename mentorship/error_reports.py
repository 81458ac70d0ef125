"""Reports of errors to Sentry, if an installation asks for them. Nothing about a person goes along."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured

# What holds who asked and what they sent.
LEFT_OUT = ("user", "server_name", "breadcrumbs")


def start_sentry(dsn: str, *, environment: str) -> None:
    """Report errors of this process. Raises ImproperlyConfigured for an address that Sentry doesn't know as one."""
    import sentry_sdk  # noqa: PLC0415 optional dependency: requirements-extras.txt

    try:
        sentry_sdk.utils.Dsn(dsn)
    except sentry_sdk.utils.BadDsn as error:
        raise ImproperlyConfigured(f"SENTRY_DSN can't be used: {error}. Copy it from the project at Sentry.") from None
    sentry_sdk.init(
        dsn=dsn,
        environment=environment,
        before_send=without_people,
        send_default_pii=False,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
    )


def without_people(event: dict[str, Any], hint: dict[str, Any]) -> dict[str, Any]:
    """The report without the request's address, its sender and anything like an e-mail address or a signed link."""
    request = event.get("request") or {}
    event["request"] = {"method": request.get("method")}
    for name in LEFT_OUT:
        event.pop(name, None)
    return _cleaned(event)


def _cleaned(value: Any) -> Any:
    from mentorship.core.web.log_lines import without_personal_data  # noqa: PLC0415 apps not ready: settings read this module

    if isinstance(value, dict):
        return {name: _cleaned(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(inner) for inner in value]
    return without_personal_data(value) if isinstance(value, str) else value
