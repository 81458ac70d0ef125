"""Settings of gunicorn, which it finds in the folder that it is started in."""

import subprocess
import sys
from typing import Any

# Nobody steers it by commands, so nothing listens for them in somebody's home folder.
control_socket_disable = True

READ_SETTINGS = """
from django.conf import settings
from mentorship.environment import refused_in_one_line

with refused_in_one_line():
    settings.INSTALLED_APPS
"""


def on_starting(server: Any) -> None:
    """Stop before the first worker if the settings can't be used: one line, where each worker would end on its own.

    A process apart reads them, so that workers started by a reload read them anew.
    """
    if status := subprocess.run([sys.executable, "-c", READ_SETTINGS], check=False).returncode:  # noqa: S603  (our own)
        sys.exit(status)
