"""Extension points: a lower app asks for contributions from higher apps without knowing them.

The app that asks declares a point beside the code that asks:

    PLANNED_MAIL: ExtensionPoint[Source] = ExtensionPoint("planned mail", asked_by=__name__, about="Mails to come.")
    ...
    for source in PLANNED_MAIL: ...

An app above provides in `AppConfig.ready`:

    PLANNED_MAIL.provide("training", mails_of_training, by=self.name)

The type of the point is that of its contributions: most often a function, sometimes an object such as a filter.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Provider(Generic[T]):
    """One contribution to a point: its name, and the dotted name of the app."""

    name: str
    value: T
    by: str


class ExtensionPoint(Generic[T]):
    """Named contributions from apps, in the order in which they were provided."""

    def __init__(self, name: str, *, asked_by: str, about: str) -> None:
        self.name, self.asked_by, self.about = name, asked_by, about
        self._providers: dict[str, Provider[T]] = {}
        if there := _POINTS.get(name):
            raise ValueError(f"There are two extension points “{name}”: in {there.asked_by} and {asked_by}.")
        _POINTS[name] = self

    def provide(self, name: str, value: T, *, by: str) -> None:
        """Add a contribution. Raises ValueError if the name is taken."""
        if there := self._providers.get(name):
            raise ValueError(f"“{name}” is provided twice at the extension point “{self.name}”: {there.by} and {by}.")
        self._providers[name] = Provider(name, value, by)

    def __iter__(self) -> Iterator[T]:
        return iter([provider.value for provider in self._providers.values()])

    def __contains__(self, name: str) -> bool:
        return name in self._providers

    def __getitem__(self, name: str) -> T:
        return self._providers[name].value

    def items(self) -> list[tuple[str, T]]:
        """Name and value of each contribution, in order."""
        return [(provider.name, provider.value) for provider in self._providers.values()]

    @property
    def providers(self) -> list[Provider[T]]:
        """All contributions in order, with the apps that provide them."""
        return list(self._providers.values())

    @contextmanager
    def replaced_by(self, values: Mapping[str, T]) -> Iterator[None]:
        """Use only these contributions inside the block, for tests."""
        before = self._providers
        self._providers = {name: Provider(name, value, "tests") for name, value in values.items()}
        try:
            yield
        finally:
            self._providers = before


_POINTS: dict[str, ExtensionPoint[Any]] = {}


def extension_points() -> list[ExtensionPoint[Any]]:
    """Every loaded point by name, with who asks and who provides, for the documentation."""
    return [point for _name, point in sorted(_POINTS.items())]
