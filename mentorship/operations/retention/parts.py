"""Parts of a class of data: rows of a table, or files below VAR_DIR. Counted and deleted alike."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import QuerySet


def delete_rows(rows: QuerySet[Any]) -> None:
    """Delete rows with those that depend on them."""
    rows.delete()


class Part(ABC):
    """A part of the data of a class, of which rows or files older than a moment are deleted."""

    @abstractmethod
    def count(self, before: datetime) -> int:
        """How much there is to delete."""

    @abstractmethod
    def delete(self, before: datetime, most: int) -> int:
        """Delete up to `most` of it in the caller's transaction. Returns how many; fewer mean that nothing is left."""


@dataclass(frozen=True)
class Rows(Part):
    """Rows of one table. `find` gives those that are older than a moment; `act` deletes them, or words of them."""

    find: Callable[[datetime], QuerySet[Any]]
    act: Callable[[QuerySet[Any]], object] = delete_rows

    def count(self, before: datetime) -> int:
        return self.find(before).count()

    def delete(self, before: datetime, most: int) -> int:
        found = self.find(before)
        ids = list(found.order_by("pk").values_list("pk", flat=True)[:most])
        if ids:
            # Asked again: somebody may have confirmed or reopened one of them since.
            self.act(found.filter(pk__in=ids))
        return len(ids)


@dataclass(frozen=True)
class Files(Part):
    """Files in folders of VAR_DIR, by the moment at which they were written."""

    folders: tuple[str, ...]

    def count(self, before: datetime) -> int:
        return sum(1 for _path in self._older(before))

    def delete(self, before: datetime, most: int) -> int:
        gone = 0
        for path in self._older(before):
            path.unlink(missing_ok=True)
            gone += 1
            if gone == most:
                break
        return gone

    def _older(self, before: datetime) -> Iterator[Path]:
        for folder in self.folders:
            for path in (Path(settings.VAR_DIR) / folder).glob("*"):
                try:
                    is_old = path.is_file() and path.stat().st_mtime < before.timestamp()
                except FileNotFoundError:  # a worker took it just now
                    continue
                if is_old:
                    yield path
