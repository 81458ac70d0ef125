"""Plan several rounds of a programme at once, such as one each quarter, as drafts."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.dateformat import format as format_date

from cohorts.cohort_view import ProgrammeView
from cohorts.models import Cohort, Programme
from cohorts.plan.services import usual_end
from cohorts.setup.forms import short_name_of
from cohorts.setup.services import create_cohort
from mentorship.core.accounts.models import User
from mentorship.core.errors import ServiceError
from mentorship.core.ui.forms.date_inputs import DayInput
from mentorship.core.ui.markup import counted
from mentorship.core.views import FormPage, Question
from mentorship.portal.next_round import start_next_round

MOST_ROUNDS = 8
EVERY = [(3, "every quarter"), (4, "every four months"), (6, "twice a year"), (12, "once a year")]
PLACEHOLDERS = ("{month}", "{quarter}", "{year}", "{number}")


@dataclass(frozen=True)
class PlannedRound:
    """A round of a series, not made yet; `existing` is a cohort of the programme that begins on the same day."""

    name: str
    starts_on: date
    ends_on: date
    existing: Cohort | None

    @property
    def in_words(self) -> str:
        days = f"{format_date(self.starts_on, 'D j M Y')} to {format_date(self.ends_on, 'D j M Y')}"
        return (
            f"{self.name}: {days}" if self.existing is None else f"{days}: left out, “{self.existing}” begins that day."
        )


def months_later(day: date, months: int) -> date:
    """The day that is nearest to the same one `months` later and has the same weekday."""
    same = _same_day(day, months)
    return same + timedelta(days=(day.weekday() - same.weekday() + 3) % 7 - 3)


def _same_day(day: date, months: int) -> date:
    """The day of the same number `months` later, or the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def plan_series(
    programme: Programme, *, starts_on: date, months: int, number: int, name: str, like: Cohort | None
) -> list[PlannedRound]:
    """The rounds of a series. They are as long as `like`, or as the programme's timeline."""
    there = {one.starts_on: one for one in programme.cohorts.all()}
    found = []
    for index in range(number):
        first = months_later(starts_on, index * months)
        last = first + (like.ends_on - like.starts_on) if like else usual_end(programme, first)
        # Named by the day that was meant: after one from 1 June comes September's, which may begin on 31 August.
        called = _named(name, _same_day(starts_on, index * months), index + 1)
        found.append(PlannedRound(called, first, last, there.get(first)))
    return found


@transaction.atomic
def create_series(*, programme: Programme, rounds: list[PlannedRound], like: Cohort | None, by: User) -> list[Cohort]:
    """Create the rounds as drafts, each following the one before. Idempotent: those that exist are left out."""
    Programme.objects.select_for_update(of=("self",)).get(pk=programme.pk)
    there = set(programme.cohorts.values_list("starts_on", flat=True))
    made: list[Cohort] = []
    before = like
    for one in rounds:
        if one.starts_on in there:
            continue
        named: dict[str, Any] = {"name": one.name, "starts_on": one.starts_on, "ends_on": one.ends_on, "by": by}
        named["slug"] = short_name_of(f"{programme.slug} {one.name}", Cohort.objects.all(), "cohort", 60)
        if like is None:
            cohort = create_cohort(programme=programme, **named)
        else:
            # Each from the same round: of one whose first days have passed already, they would be missing ever after.
            cohort = start_next_round(like=like, **named)
        Cohort.objects.filter(pk=cohort.pk).update(repeats=before)
        before = cohort
        made.append(cohort)
    return made


def _named(pattern: str, day: date, number: int) -> str:
    values = (format_date(day, "F"), f"Q{(day.month + 2) // 3}", str(day.year), str(number))
    for placeholder, value in zip(PLACEHOLDERS, values, strict=True):
        pattern = pattern.replace(placeholder, value)
    return pattern


class SeriesForm(forms.Form):
    """When the rounds of a series begin, what they are called and what they take over."""

    starts_on = forms.DateField(label="The first round begins", widget=DayInput())
    months = forms.TypedChoiceField(label="A round", choices=EVERY, coerce=int)
    number = forms.IntegerField(label="How many rounds", min_value=1, max_value=MOST_ROUNDS, initial=4)
    name = forms.CharField(
        max_length=100,
        initial="{month} {year}",
        help_text=f"{', '.join(PLACEHOLDERS)} are filled in: the month in which a round begins, and so on.",
    )
    like = forms.ModelChoiceField(
        label="Take over the forms, rules and plan of",
        queryset=Cohort.objects.none(),
        required=False,
        empty_label="none: dates from the programme’s timeline",
    )

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        like: Any = self.fields["like"]
        like.queryset = programme.cohorts.select_related("programme").order_by("-starts_on")
        like.initial = latest = like.queryset.first()
        if latest:
            self.fields["starts_on"].initial = months_later(latest.starts_on, 3)

    @property
    def data_typed(self) -> dict[str, str]:
        """Return the typed values by field, for the way back from the question."""
        return {name: self.data[name] for name in self.fields if name in self.data}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        name, number = cleaned.get("name", ""), cleaned.get("number", 1)
        tells_apart = any(one in name for one in ("{month}", "{quarter}", "{number}"))
        if name and number > 1 and not tells_apart and not ("{year}" in name and cleaned.get("months") == 12):
            self.add_error("name", "All rounds would have the same name. Put in {month}, {quarter} or {number}.")
        return cleaned


class RoundSeriesCreate(FormPage, ProgrammeView):
    """Show the rounds of a series with their days, then create them as drafts."""

    template_name = "portal/round_series.html"
    for_editors = True

    def get_form(self, *data: Any) -> SeriesForm:
        return SeriesForm(*data, programme=self.programme, initial=self.request.GET.dict())

    def ask_first(self) -> Question | None:
        """The days of each round, before they are made."""
        form = self.get_form(self.request.POST)
        if not form.is_valid():
            return None
        rounds = plan_series(self.programme, **form.cleaned_data)
        new = sum(one.existing is None for one in rounds)
        if not new:
            return None
        return Question(
            title=f"Create {counted(new, 'draft')}?",
            button=f"Create {counted(new, 'draft')}",
            text=[*(one.in_words for one in rounds), "Only your team sees them. Nothing is sent."],
            back=f"{reverse('round-series', args=[self.programme.slug])}?{urlencode(form.data_typed)}",
        )

    def save(self, form: SeriesForm) -> HttpResponse:
        rounds = plan_series(self.programme, **form.cleaned_data)
        like = form.cleaned_data["like"]
        made = create_series(programme=self.programme, rounds=rounds, like=like, by=self.user)
        if not made:
            raise ServiceError("The programme already has a round that begins on each of these days.")
        messages.success(self.request, f"{counted(len(made), 'round')} planned as drafts. Nothing was sent.")
        return redirect(self.programme)
