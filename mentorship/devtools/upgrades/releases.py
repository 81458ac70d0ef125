"""The released states of the database: which migrations each release brought. Released migrations never change."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db.migrations.loader import MigrationLoader

FILE = Path(__file__).with_name("releases.json")
Key = tuple[str, str]  # an app and a migration of it


@dataclass(frozen=True)
class Release:
    """`last`: the newest migration of each app, libraries included; `files`: a digest of each new file of ours."""

    name: str
    last: dict[str, str]
    files: dict[str, str]


class Releases:
    """The releases in the file, beside the migrations that are there."""

    def __init__(self, file: Path = FILE, loader: MigrationLoader | None = None) -> None:
        self._file = file
        self.loader = loader or MigrationLoader(None, ignore_no_migrations=True)

    @cached_property
    def all(self) -> list[Release]:
        """The releases, oldest first."""
        said = json.loads(self._file.read_text()) if self._file.exists() else {}
        return [Release(name, one["last"], one["files"]) for name, one in said.items()]

    @property
    def released(self) -> dict[str, str]:
        """The digest of every file that was ever released, by its name such as `cohorts/0001_initial`."""
        return {name: digest for release in self.all for name, digest in release.files.items()}

    @property
    def unreleased(self) -> list[Key]:
        """The project's migrations that no release has had."""
        return [key for key in self.ours() if "/".join(key) not in self.released]

    def ours(self) -> list[Key]:
        """All migrations of our own apps."""
        return sorted(key for key in self.loader.disk_migrations if is_ours(key[0]))

    def targets(self, release: Release) -> list[Key]:
        """Where to migrate for the state of a release. Where a library has dropped that migration: its newest."""
        known = self.loader.disk_migrations
        leaves = dict(self.loader.graph.leaf_nodes())
        keys = [(app, name) for app, name in release.last.items() if app in leaves]
        return [key if key in known else (key[0], leaves[key[0]]) for key in keys]

    def problems(self) -> list[str]:
        """Released migrations that were changed, removed or left out, a sentence each."""
        found, here = [], {"/".join(key): key for key in self.ours()}
        for name, digest in self.released.items():
            if name not in here:
                found.append(f"{name} was released and is gone. Take it back from the tag of its release.")
            elif digest_of(here[name]) != digest:
                found.append(f"{name} was released and has been changed. Take it back, and write a new migration.")
        if not found:
            for number, release in enumerate(self.all, 1):
                found += self._left_out(release, self.all[:number])
        return found

    def record(self, name: str) -> Release:
        """Record the present migrations as a release. Raises ValueError if its name is taken, or for problems."""
        if problems := self.problems():
            raise ValueError(problems[0])
        if any(release.name == name for release in self.all):
            raise ValueError(f"{name} is in {self._file.name} already. A release never changes.")
        new = Release(
            name, dict(sorted(self.loader.graph.leaf_nodes())), {"/".join(k): digest_of(k) for k in self.unreleased}
        )
        self.all.append(new)
        said = {release.name: {"last": release.last, "files": release.files} for release in self.all}
        self._file.write_text(json.dumps(said, indent=2) + "\n")
        return new

    def _left_out(self, release: Release, so_far: Iterable[Release]) -> list[str]:
        """Every migration that a release needs was brought by it or by one before, and is no newer than it says."""
        brought = {name for one in so_far for name in one.files}
        plan = {node for key in self.targets(release) for node in self.loader.graph.forwards_plan(key)}
        needed = {"/".join(node) for node in plan if is_ours(node[0])}
        found = [f"{name} belongs to {release.name} and is not in its list." for name in sorted(needed - brought)]
        return found + [
            f"{name} is in the list of {release.name} and not part of it." for name in sorted(brought - needed)
        ]


def is_ours(app: str) -> bool:
    """Whether an app (its label) is part of this project; a library may be installed below it, in `.venv`."""
    config = apps.get_app_config(app)
    return Path(config.path) == settings.BASE_DIR / config.name.replace(".", "/")


def digest_of(key: Key) -> str:
    """The digest of the file of a migration."""
    app, name = key
    path = Path(apps.get_app_config(app).path) / "migrations" / f"{name}.py"
    return hashlib.sha256(path.read_bytes()).hexdigest()
