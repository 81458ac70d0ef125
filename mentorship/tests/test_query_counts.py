"""How many queries pages and the sweep make: few, and as many for a page of three rows as for one of thirty."""

from datetime import timedelta

import pytest
from django.core.paginator import Paginator
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mentorship.core.accounts.models import User
from mentorship.core.background.sweep_scope import LOOKED_AT_ALL
from mentorship.core.outbox.models import Heartbeat
from mentorship.devtools.access.addresses import every_pattern
from mentorship.devtools.access.matrix import Browser
from mentorship.devtools.bench.scale.filling import fill_all
from mentorship.devtools.bench.scale.sizes import Sizes
from mentorship.operations.sweep import PARTS, sweep_everything

pytestmark = pytest.mark.django_db

FEW, MANY = 3, 30
OF_LIST, OF_HOME, OF_SWEEP = 14, 20, 40
# Lists that are made of more than their rows.
MORE = {
    "outbox:planned-list": 36,  # nine sources of mails, all of which have something here
    "matching:candidate-list": 16,  # of one mentee, by the state of the whole board
}
# Transactions are not what a page reads.
NOT_COUNTED = ("SAVEPOINT", "RELEASE", "PRAGMA")


@pytest.fixture
def sizes(client, settings) -> Sizes:
    """An installation of ten rounds. The client marks this as a test of pages, which runs on SQLite."""
    settings.ALLOWED_HOSTS = ["testserver"]
    filled = Sizes(1000, timezone.now())
    fill_all(filled)
    return filled


def queries_of(work) -> int:
    with CaptureQueriesContext(connection) as captured:
        work()
    return sum(not query["sql"].startswith(NOT_COUNTED) for query in captured)


def test_lists_and_homes_and_the_sweep_make_few_queries_whatever_they_show(sizes, monkeypatch):
    def number_at(browser, url, rows) -> tuple[int, int]:
        pages = property(lambda paginator: rows, lambda paginator, size: None)
        monkeypatch.setattr(Paginator, "per_page", pages, raising=False)
        answers = []
        return queries_of(lambda: answers.append(browser.send("GET", url))), answers[0].status_code

    sweep_everything()  # what the filling left due
    assert queries_of(sweep_everything) <= OF_SWEEP
    monkeypatch.setattr("mentorship.operations.sweep.MANY_ROUNDS", 3)  # a large installation
    Heartbeat.objects.filter(name=LOOKED_AT_ALL).delete()
    assert sweep_everything(timezone.now() + timedelta(hours=1)) == dict.fromkeys(PARTS, 0)
    assert queries_of(lambda: sweep_everything(timezone.now() + timedelta(hours=1, minutes=1))) <= OF_SWEEP
    owner, mentee, mentor = (Browser(User.objects.get(pk=pk)) for pk in (sizes.owner, 1, sizes.mentees + 1))
    wrong, seen = [], 0
    for pattern in every_pattern():
        if not pattern.view.endswith("-list") or pattern.has_token or not pattern.gets:
            continue
        for _, url in pattern.addresses(1):
            few, status = number_at(owner, url, FEW)
            if status == 200:
                many, _ = number_at(owner, url, MANY)
                wrong += [(pattern.view, few, many)] * (few != many or many > MORE.get(pattern.view, OF_LIST))
                seen += 1
    homes = {(browser, url) for browser in (owner, mentee, mentor) for url in ("/", "/?cohort=round-1", "/calendar/")}
    wrong += [(url, number) for browser, url in homes if (number := number_at(browser, url, MANY)[0]) > OF_HOME]
    assert wrong == []
    assert seen > 40
