"""Fill an installation of two sizes and print what each page costs in both: ratios over 1.5 are what grows.

`python -m mentorship.devtools.bench.scale [SMALL LARGE] [sqlite|postgresql]` grows the number of rounds;
`scale cohort [SMALL LARGE] …` grows the people of each round, of which there are ten. With DATABASE_URL set, `one SIZE
FILE` fills and measures that database alone, and `again SIZE FILE` measures it once more; SIZE is `1000`, or `10x300`
for ten rounds of 300 people, and words after the file name a part: `again 1000 costs.json outbox:`. `table FILE FILE`
prints the table of two such files.
"""

import json
import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mentorship.devtools.bench.scale.sizes import PEOPLE, Sizes

GROWS = 1.5
# Of an installation whose rounds grow.
ROUNDS = 10
MOST_QUERIES = 20
# A run at full size takes minutes, not hours.
LIMIT_SECONDS = 3 * 3600


def main(arguments: list[str]) -> None:
    """Measure both sizes and print the table, or do the work of one of them."""
    if arguments[:1] in (["one"], ["again"]):
        _of_one(arguments[1], Path(arguments[2]), fill=arguments[0] == "one", only=" ".join(arguments[3:]))
        return
    if arguments[:1] == ["table"]:
        print_table(*(json.loads(Path(name).read_text())["costs"] for name in arguments[1:3]))
        return
    numbers = [word.replace(",", "") for word in arguments if word[0].isdigit()]
    sizes = numbers or ["1000", "500000"]
    if "cohort" in arguments:
        sizes = [f"{ROUNDS}x{people}" for people in numbers or ("300", "10000")]
    vendor = next((word for word in arguments if word in ("sqlite", "postgresql")), "sqlite")
    found = [_in_process(size, vendor) for size in sizes]
    for size, one in zip(sizes, found, strict=True):
        print(f"{size} enrolments on {vendor}, filled in {one['filled']:.0f} s")
    print_table(found[0]["costs"], found[-1]["costs"])


def _of_one(size: str, to: Path, *, fill: bool, only: str) -> None:
    import django  # noqa: PLC0415 apps not ready: the settings come from the environment
    from django.core.management import call_command  # noqa: PLC0415 apps not ready: likewise

    django.setup()
    if fill:
        call_command("migrate", verbosity=0)
    from django.utils import timezone  # noqa: PLC0415 apps not ready: likewise

    from mentorship.devtools.bench.scale.measure import write  # noqa: PLC0415 apps not ready: likewise

    rounds, people = size.split("x") if "x" in size else (str(int(size) // PEOPLE), str(PEOPLE))
    sizes = Sizes(int(rounds) * int(people), timezone.now(), int(people))
    write(sizes, to, fill=fill, only=only)


def _in_process(size: str, vendor: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder, _database(vendor, Path(folder)) as url:
        environ = {
            **os.environ,
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "mentorship.settings",
            "DEBUG": "off",  # as in earnest: with it Django keeps the text of every query
            "DEMO": "off",
            "SECRET_KEY": "of the bench, which sends nothing to anybody",
            "SITE_URL": "https://mentorship.example.org",
            "ALLOWED_HOSTS": "mentorship.example.org",
            "TRUSTED_PROXIES": "1",
            "EMAIL_URL": "smtp://127.0.0.1:9",
            "LOG_LEVEL": "ERROR",
            "VAR_DIR": folder,
            "DATABASE_POOL": "0",
        }
        to = Path(folder) / "costs.json"
        command = [sys.executable, "-m", "mentorship.devtools.bench.scale", "one", size, str(to)]
        subprocess.run(command, env=environ, timeout=LIMIT_SECONDS, check=True)  # noqa: S603 (numbers and a path of ours)
        return dict(json.loads(to.read_text()))


@contextmanager
def _database(vendor: str, folder: Path) -> Any:
    if vendor == "sqlite":
        yield f"sqlite:///{folder / 'scale.sqlite3'}"
        return
    from mentorship.devtools.testing.servers import postgres_url  # noqa: PLC0415 apps not ready: likewise

    with postgres_url() as url:
        yield url


def print_table(small: dict[str, Any], large: dict[str, Any]) -> None:
    """The costs side by side, what grows most first, and the plans of the slow queries of the larger size."""
    rows = []
    for name in large.keys() & small.keys():
        one, other = small[name], large[name]
        ratio = other["seconds"] / max(one["seconds"], 1e-6)
        rows.append((ratio, name, one, other))
    print(f"{'page or work, as whom':<66}{'queries':>12}{'ms':>9}{'ms':>9}{'ratio':>8}")
    for ratio, name, one, other in sorted(rows, key=lambda row: -row[0]):
        queries = f"{one['queries']} → {other['queries']}"
        marks = " grows" * (ratio > GROWS) + " queries" * (other["queries"] > max(MOST_QUERIES, one["queries"]))
        print(f"{name:<66}{queries:>12}{one['seconds'] * 1e3:>9.1f}{other['seconds'] * 1e3:>9.1f}{ratio:>8.2f}{marks}")
    shown: set[str] = set()
    for _, name, _, other in sorted(rows, key=lambda row: -row[0]):
        for seconds, sql, plan in other["slow"]:
            if sql not in shown:
                shown.add(sql)
                print(f"\n{name}: {seconds * 1e3:.0f} ms\n  {sql[:1200]}\n  " + plan.replace("\n", "\n  "))
    only = sorted(large.keys() ^ small.keys())
    if only:
        print("\nopened at one size only: " + "; ".join(only))


if __name__ == "__main__":
    main(sys.argv[1:])
