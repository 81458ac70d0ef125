"""A first visit takes at most 100 kB: the styles and scripts of a page, compressed, and some 10 kB of page."""

import gzip
import re
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders

MOST = 90_000
FRAME = ("layouts/_head.html", "layouts/_scripts.html")


def sent(*templates: str) -> int:
    """The compressed bytes of the files that these templates name."""
    texts = [(Path(settings.BASE_DIR) / "templates" / name).read_text() for name in templates]
    names = {name for text in texts for name in re.findall(r"{% static '([^']+)' %}", text)}
    return sum(len(gzip.compress(Path(str(finders.find(name))).read_bytes(), 9)) for name in names)


def test_styles_and_scripts_leave_room_for_the_page():
    assert 50_000 < sent(*FRAME) < sent(*FRAME, "matching/board/board.html") < MOST
