"""The browser's own inputs for a day and a time of day."""

from typing import Any

from django import forms


class DayInput(forms.DateInput):
    """A date, with the browser's calendar. Browsers take and give these values in ISO 8601 only."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class TimeOfDayInput(forms.TimeInput):
    """Hours and minutes."""

    input_type = "time"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", **kwargs)
