"""Form fields for a time zone, and for a moment in a zone that the form names itself."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import pgettext

from mentorship.core.languages.current import current_locale
from mentorship.core.timezones import is_skipped, listed_zone, old_names, time_zone_choices, zone_name

LOCAL = "%Y-%m-%dT%H:%M"


def area_name(area: str) -> str:
    """The heading of a group of time zones in the current language."""
    names = {
        "Africa": pgettext("area of time zones", "Africa"),
        "America": pgettext("area of time zones", "America"),
        "Antarctica": pgettext("area of time zones", "Antarctica"),
        "Arctic": pgettext("area of time zones", "Arctic"),
        "Asia": pgettext("area of time zones", "Asia"),
        "Atlantic": pgettext("area of time zones", "Atlantic"),
        "Australia": pgettext("area of time zones", "Australia"),
        "Europe": pgettext("area of time zones", "Europe"),
        "Indian": pgettext("area of time zones", "Indian"),
        "Pacific": pgettext("area of time zones", "Pacific"),
        "Hours from UTC": pgettext("area of time zones", "Hours from UTC"),
    }
    return names.get(area, area)


class ZoneSelect(forms.Select):
    """A list of zones by area. Scripts add a search by city or offset, and put the browser's own zone first."""

    def __init__(self, attrs: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__({"data-zones": "", **(attrs or {})}, **kwargs)

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if others := old_names().get(str(value)):
            option["attrs"]["data-also"] = " ".join(others)  # browsers may report one of these
        return option

    def format_value(self, value: Any) -> list[str]:
        return [listed_zone(text) for text in super().format_value(value)]


class TimeZoneField(forms.ChoiceField):
    """One of the listed zones; aliases are accepted. `empty` is the first choice; "" leaves it out.

    With `detect` the browser's own zone is filled in if the field is empty.
    """

    widget = ZoneSelect

    def __init__(self, *, empty: Any = "", detect: bool = False, **kwargs: Any) -> None:
        self.empty = empty
        widget = ZoneSelect({"data-timezone": ""} if detect else None)
        super().__init__(**{"choices": self._lines, "widget": widget, "label": "Time zone", **kwargs})

    def _lines(self) -> list[Any]:
        first = [("", str(self.empty))] if self.empty else []
        groups = time_zone_choices(locale=current_locale())
        return [*first, *((area_name(name) if isinstance(of, list) else name, of) for name, of in groups)]

    def to_python(self, value: Any) -> str:
        return listed_zone(super().to_python(value))


class LocalMomentField(forms.Field):
    """A day and time as shown on the clocks of some zone; `moment_in` converts it once the zone is known."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL)
        super().__init__(**{"widget": widget, **kwargs})

    def to_python(self, value: Any) -> Any:
        """The local time (naive); None if the field is empty."""
        text = str(value or "").strip()
        if not text:
            return None
        try:
            found = parse_datetime(text.replace(" ", "T", 1))
        except ValueError:
            found = None
        if found is None:
            raise forms.ValidationError("Enter a valid date/time, such as 2027-02-16 10:00.", code="invalid")
        return found

    def prepare_value(self, value: Any) -> Any:
        return value.strftime(LOCAL) if isinstance(value, datetime) else value


class ReaderMomentField(LocalMomentField):
    """A moment in the reader's own time zone, which the field names beside it."""

    def __init__(self, *, about: str = "", **kwargs: Any) -> None:
        self.about = about
        super().__init__(**kwargs)

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        self.help_text = f"In your time zone ({zone_name(str(timezone.get_current_timezone()))}). {self.about}".strip()
        return super().get_bound_field(form, field_name)

    def to_python(self, value: Any) -> Any:
        """The moment (UTC); None if the field is empty."""
        local = super().to_python(value)
        return local and moment_in(str(timezone.get_current_timezone()), local)

    def prepare_value(self, value: Any) -> Any:
        return super().prepare_value(timezone.localtime(value) if isinstance(value, datetime) else value)


def moment_in(zone: str, local: datetime) -> datetime:
    """The moment (UTC) at which the clocks of a zone show `local`. An aware `local` is that moment already.

    Raises ValidationError for a time that these clocks skip in spring, and for one near the ends of the calendar.
    """
    if local.tzinfo:
        return local.astimezone(UTC)
    there = ZoneInfo(zone)
    try:
        if is_skipped(local, there):
            raise forms.ValidationError(
                f"The clocks in {zone_name(there)} go forward over this hour. Choose another time.", code="skipped"
            )
        return local.replace(tzinfo=there).astimezone(UTC)
    except OverflowError:
        raise forms.ValidationError("Enter a year between 2000 and 2100.", code="invalid") from None


def clean_own_zone(form: forms.BaseForm, name: str, zone: str) -> None:
    """As `moment_in`, for a form whose field `time_zone` may be empty: then `zone` applies."""
    form.cleaned_data["time_zone"] = form.cleaned_data.get("time_zone") or zone
    if "time_zone" not in form.errors:
        clean_moment(form, name, form.cleaned_data["time_zone"])


def clean_moment(form: forms.BaseForm, name: str, zone: str) -> None:
    """Convert the local time in a field, or add an error to it. For the `clean` of a form."""
    local = form.cleaned_data.get(name)
    if not zone or local is None:
        return
    try:
        form.cleaned_data[name] = moment_in(zone, local)
    except forms.ValidationError as error:
        form.add_error(name, error)
