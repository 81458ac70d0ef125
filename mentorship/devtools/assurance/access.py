"""Promise: everybody reads and changes their own data, and nothing else. `rows` is the long form of the walk's test."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from mentorship.devtools.access.document import write_page
from mentorship.devtools.access.matrix import Matrix
from mentorship.devtools.access.people import cast_of_demo
from mentorship.devtools.assurance.table import Row
from mentorship.devtools.testing.demo import filled_demo

# Of each address so many rows of the reader's own and of others.
ROWS = int(os.environ.get("ASSURANCE_ROWS", "6"))


def rows() -> Iterator[Row]:
    """Open up to six rows of each address of each kind as everybody, and write docs/access.md."""
    with tempfile.TemporaryDirectory() as media, filled_demo(Path(media)):
        readers, about = cast_of_demo()
        matrix = Matrix(readers, about, thorough=True, most=ROWS)
        matrix.run()
    write_page(*matrix.table())
    yield Row(
        "S1, S2",
        "Nobody opens, reads or changes what is not theirs",
        f"{matrix.requests:,} requests to {len(matrix.patterns)} addresses as {len(readers)} people; marked texts",
        "; ".join([f"{len(matrix.leaks)} leaks", *matrix.leaks[:5]]),
        not matrix.leaks,
    )
    yield Row(
        "S1", "Every address has a row", "from the URL list", f"{len(matrix.unknown)} without", not matrix.unknown
    )
