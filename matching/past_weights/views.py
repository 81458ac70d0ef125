"""Show the weights that earlier rounds suggest, beside those of today; take them, or undo that."""

from typing import Any, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from cohorts.cohort_view import CohortView
from matching.models import PastWeights
from matching.past_weights.rounds import MOST_ROUNDS, earlier_rounds
from matching.past_weights.services import (
    is_outdated,
    may_be_undone,
    missing_for_fit,
    put_weights_back,
    request_past_weights,
    take_past_weights,
)
from matching.scoring.factors import label_of
from mentorship.core.accounts.permissions import get_visible_or_404
from mentorship.core.ui.requests import number_in
from mentorship.core.views import errors_as_messages

NUMBERS = {1: "the first", 3: "among the first three", 5: "among the first five"}


class WeightRow(NamedTuple):
    """A factor with its weight of today and the fitted one, each with its share of the whole in per cent."""

    label: str
    today: float
    today_share: int
    fitted: float
    fitted_share: int
    asked: int  # the number of rounds in which it told candidates apart
    kept: bool  # no round says enough about it


class RoundRow(NamedTuple):
    """A round: for how many mentees the chosen mentor is ranked high."""

    name: str
    mentees: int
    fitted: int
    today: int
    apart: str
    has_range: bool


class PastWeightsPage(CohortView):
    """The weights that the programme's earlier rounds suggest."""

    template_name = "matching/past_weights/past_weights.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        rounds = earlier_rounds(self.cohort)
        fits = PastWeights.objects.filter(cohort=self.cohort).select_related("cohort__programme")
        newest = fits.first()
        fit = newest if newest and newest.status == PastWeights.Status.READY else None
        return self.page(
            rounds=rounds,
            used=[one for one in rounds if one.tells_enough][:MOST_ROUNDS],
            missing=missing_for_fit(rounds),
            newest=newest,
            is_under_way=newest is not None and newest.status in PastWeights.UNDER_WAY,
            **(_shown(fit) if fit else {}),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        with errors_as_messages(request):
            self._act(request.POST.get("do", ""), number_in(request.POST.get("fit")))
        return redirect(request.path)

    def _act(self, do: str, fit_pk: int) -> None:
        if do == "work out":
            request_past_weights(cohort=self.cohort, by=self.user)
            return
        fits = PastWeights.objects.filter(cohort=self.cohort).select_related("cohort__programme")
        fit = get_visible_or_404(fits, pk=fit_pk)
        if do == "take":
            take_past_weights(fit=fit, by=self.user)
            messages.success(self.request, "Your next run uses these weights. Earlier runs keep their scores.")
        elif do == "undo":
            put_weights_back(fit=fit, by=self.user)
            messages.success(self.request, "Undone. Your next run uses the previous weights.")
        else:
            raise Http404


def _shown(fit: PastWeights) -> dict[str, Any]:
    """The findings of a fit for the page; the last round is the one that people remember."""
    found = fit.findings
    rounds = [
        RoundRow(
            one["name"],
            one["mentees"],
            round(one["fitted"]),
            round(one["today"]),
            difference_words(one["apart"]),
            has_range(one["apart"]),
        )
        for one in reversed(found["rounds"])
    ]
    taken = PastWeights.objects.filter(cohort__programme=fit.cohort.programme_id, taken_at__isnull=False)
    return {
        "fit": fit,
        "verdict": found["verdict"],
        "where": NUMBERS[found["within"]],
        "last": rounds[0],
        "round_rows": rounds,
        "weight_rows": _weight_rows(fit),
        "pairs": sum(one["pairs"] for one in found["rounds"]),
        "as_proposed": sum(one["as_proposed"] for one in found["rounds"]),
        "is_outdated": is_outdated(fit),
        "in_use": may_be_undone(fit),
        "seen_before": any(one.weights == fit.today for one in taken.exclude(pk=fit.pk)),
    }


def _weight_rows(fit: PastWeights) -> list[WeightRow]:
    today_sum, fitted_sum = sum(fit.today.values()) or 1, sum(fit.weights.values()) or 1
    asked, kept = fit.findings["asked"], fit.findings["kept"]
    return [
        WeightRow(
            label_of(name),
            today,
            round(100 * today / today_sum),
            fit.weights.get(name, 0),
            round(100 * fit.weights.get(name, 0) / fitted_sum),
            asked.get(name, 0),
            name in kept,
        )
        for name, today in fit.today.items()
    ]


def has_range(apart: list[float]) -> bool:
    """Whether an interval, in whole mentees, is more than one number."""
    return len({round(value) for value in apart}) > 1


def difference_words(apart: list[float]) -> str:
    """A difference in mentees with its interval, such as `7 more (2 to 12 more)`."""
    low, mean, high = (round(value) for value in apart)
    if not has_range(apart):
        return _more(mean)
    if low >= 0:
        return f"{_more(mean)} ({low} to {_more(high)})"
    if high <= 0:
        return f"{_more(mean)} ({-high} to {_more(low)})"
    return f"{_more(mean)} ({_more(low)} to {_more(high)})"


def _more(number: int) -> str:
    return "no difference" if not number else f"{abs(number)} {'more' if number > 0 else 'fewer'}"
