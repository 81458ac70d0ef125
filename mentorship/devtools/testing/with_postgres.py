"""`python -m mentorship.devtools.testing.with_postgres COMMAND ...` runs a command with a PostgreSQL of its own."""

import os
import subprocess
import sys

from mentorship.devtools.testing.servers import postgres_url


def main(command: list[str]) -> int:
    """Run the command with DATABASE_URL set, and return its exit status."""
    if not command:
        print(__doc__, file=sys.stderr)
        return 2
    with postgres_url() as url:
        return subprocess.run(command, env={**os.environ, "DATABASE_URL": url}).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
