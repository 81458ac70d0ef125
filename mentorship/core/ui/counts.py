"""Counts that stop early, and pages of lists that are too long to be counted.

Nobody needs to know whether there are 412,306 or 412,307 messages, and to find out costs more than the page.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.core.paginator import EmptyPage, Page, PageNotAnInteger, Paginator
from django.db import connection
from django.db.models import QuerySet

# Where a count stops. No cohort is as large as the second: its figures are exact.
MOST, MOST_OF_COHORT = 1000, 1_000_000


class AtLeast(int):
    """The number at which a count stopped; there are more. Pages show `1,000+`."""


def counts_up_to(*found: QuerySet[Any, Any], most: int = MOST) -> list[int]:
    """How many rows each query finds; AtLeast(most) where there are more. One query for all of them."""
    columns: dict[int, str] = {}
    values: list[Any] = []
    for number, rows in enumerate(found):
        try:
            sql, given = rows.order_by().values("pk")[: most + 1].query.sql_with_params()
        except EmptyResultSet:
            continue
        columns[number] = f"(SELECT COUNT(*) FROM ({sql}) counted)"  # noqa: S608  (a query of the ORM's)
        values += given
    counted: Sequence[int] = ()
    if columns:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(columns.values())}", values)
            counted = cursor.fetchone()
    numbers = dict(zip(columns, counted, strict=True))
    return [AtLeast(most) if (one := numbers.get(n, 0)) > most else one for n in range(len(found))]


class LongPaginator(Paginator):
    """Pages of a list of any length: its count stops early, and later pages are found by looking a row ahead."""

    @cached_property
    def count(self) -> int:
        """The number of rows, if it can be counted quickly."""
        rows = self.object_list
        return counts_up_to(rows)[0] if isinstance(rows, QuerySet) else len(rows)

    @property
    def is_counted(self) -> bool:
        """Whether `count` and the last page are known."""
        return not isinstance(self.count, AtLeast)

    def validate_number(self, number: Any) -> int:
        if self.is_counted:
            return super().validate_number(number)
        try:
            wanted = int(number)
        except (TypeError, ValueError) as error:
            raise PageNotAnInteger("That page number is not an integer") from error
        if wanted < 1:
            raise EmptyPage("That page number is less than 1")
        return wanted

    def page(self, number: Any) -> Page[Any]:
        """The page; the last one that was counted where the list ends before it."""
        if self.is_counted:
            return super().page(number)
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        rows = list(self.object_list[first : first + self.per_page + 1])
        return LongPage(rows, number, self) if rows or number <= self.num_pages else self.page(self.num_pages)


class LongPage(Page):
    """A page of a list that is not counted; `rows` has one more where there is a next page."""

    def __init__(self, rows: list[Any], number: int, paginator: LongPaginator) -> None:
        super().__init__(rows[: paginator.per_page], number, paginator)
        self.goes_on = len(rows) > paginator.per_page

    def has_next(self) -> bool:
        return self.goes_on

    def next_page_number(self) -> int:
        return self.number + 1

    def end_index(self) -> int:
        return self.start_index() + len(self.object_list) - 1
