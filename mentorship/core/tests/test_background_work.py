"""Work in the background is done once, outlives its workers, and says why where it can't be done."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from matching.models import ReplacementSearch
from mentorship.core.background.claimed_work import CUT_OFF
from mentorship.core.background.pieces import work_in_pieces
from mentorship.core.errors import ServiceError
from mentorship.devtools.testing.factories import EnrollmentFactory


@pytest.fixture
def row(db) -> ReplacementSearch:
    return ReplacementSearch.objects.create(mentee=EnrollmentFactory())


def compute(row, result_of=lambda row: {"found": [1]}) -> bool:
    return ReplacementSearch.objects.compute(row.pk, result_of)


def sweep(now) -> int:
    def work(pk):
        return ReplacementSearch.objects.compute(pk, lambda row: {"found": [1]})

    return sum(row.take_over(now, work) for row in ReplacementSearch.objects.stranded(now))


def test_a_row_is_claimed_once_and_keeps_its_result(row):
    assert compute(row, lambda mine: {"found": [compute(mine)]}), "asked again while it is computed"
    assert not compute(row)
    row.refresh_from_db()
    assert (row.status, row.found, row.finished_at >= row.started_at) == ("ready", [False], True)


def test_the_sweep_takes_what_no_worker_has_and_leaves_the_others_alone(row):
    now = timezone.now()
    assert sweep(now) == 0, "its wake-up may still arrive"
    assert sweep(now + timedelta(seconds=30)) == 1
    ReplacementSearch.objects.update(status="working", started_at=now)
    assert sweep(now + timedelta(minutes=9)) == 0, "its worker may still be at it"
    ReplacementSearch.objects.update(started_at=now - timedelta(minutes=11))
    assert sweep(now) == 1
    assert ReplacementSearch.objects.get().status == "ready"


def test_a_worker_that_was_given_up_on_stores_nothing(row):
    def is_taken_over(mine):
        ReplacementSearch.objects.update(started_at=timezone.now() + timedelta(minutes=11))
        return {"found": ["late"]}

    compute(row, is_taken_over)
    row.refresh_from_db()
    assert (row.status, row.found) == ("working", [])


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ServiceError("Accept mentees first."), "Accept mentees first."),
        pytest.param(
            ValueError("too long\nDETAIL: (ada@example.org)"),
            "An unexpected error: too long.",
            marks=pytest.mark.expects_errors,
        ),
    ],
)
def test_an_error_is_stored_in_words_without_the_values_that_databases_add(row, error, told):
    def breaks(mine):
        raise error

    assert compute(row, breaks)
    row.refresh_from_db()
    assert (row.status, row.error) == ("failed", told)


def test_what_has_cut_off_workers_for_an_hour_fails_and_says_so(row):
    now = timezone.now() + timedelta(hours=2)
    ReplacementSearch.objects.update(status="working", started_at=now - timedelta(minutes=11))
    assert sweep(now) == 0
    row.refresh_from_db()
    assert (row.status, row.error) == ("failed", CUT_OFF)


@dataclass
class Sheet:
    """Three rows to write."""

    done: int = 0
    failure: str = ""

    @property
    def is_under_way(self) -> bool:
        return self.done < 3 and not self.failure


def write_next(sheet: Sheet) -> Sheet:
    return Sheet(sheet.done + 1)


def stopped(sheet: Sheet, why: str) -> Sheet:
    return Sheet(sheet.done, why)


def test_work_in_pieces_goes_on_where_it_was_and_tells_how_far_it_is():
    told = []
    assert work_in_pieces(Sheet(1), write_next, stopped, lambda sheet: told.append(sheet.done)) == Sheet(3)
    assert told == [2, 3]
    assert work_in_pieces(Sheet(3), write_next, stopped) == Sheet(3)


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (ServiceError("It changed."), "It changed."),
        pytest.param(KeyError("x"), "An unexpected error: 'x'.", marks=pytest.mark.expects_errors),
    ],
)
def test_an_error_stops_work_in_pieces_with_its_reason(error, why):
    def breaks(sheet):
        if sheet.done == 2:
            raise error
        return write_next(sheet)

    assert work_in_pieces(Sheet(), breaks, stopped) == Sheet(2, why)


def test_where_the_database_is_away_the_next_sweep_goes_on():
    def away(sheet):
        raise OperationalError("away")

    with pytest.raises(OperationalError):
        work_in_pieces(Sheet(), away, stopped)
