"""The access matrix: every address as somebody of every role, with a mark in every text of every row."""

import pytest
from django.db import transaction

from mentorship.core.accounts.sign_in.reauthentication import FILES
from mentorship.core.links import every_kind
from mentorship.devtools.access.document import read_page
from mentorship.devtools.access.matrix import LINKS, Matrix
from mentorship.devtools.access.people import cast_of_demo

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

# Files that nobody has to say once more who they are for: papers of their own, and those that name nobody.
OWN_FILES = {
    "checkins:certificate-file",
    "checkins:service-certificate-file",
    "matching:event-calendar",
    "matching:event-guest-calendar",
    "my-data",  # asks by itself
    "partners:invoice-xml",
    "training:booking-calendar",
}


@pytest.fixture(scope="module")
def matrix(demo, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        matrix = Matrix(*cast_of_demo())
        matrix.run()
        transaction.set_rollback(True)
        return matrix


def test_every_address_is_tried(matrix):
    assert matrix.unknown == [], "What do their parameters stand for? See mentorship/devtools/access/addresses.py."


def test_of_every_link_it_is_known_whose_it_is():
    ours = {kind.salt for kind in every_kind() if kind.personal and not kind.salt.startswith("tests.")}
    assert ours == set(LINKS)


def test_nobody_reads_or_changes_what_is_not_theirs(matrix):
    assert matrix.leaks == []


def test_marks_are_seen_where_they_may_be_read(matrix):
    assert {
        ("cohorts.Enrollment", "title"),
        ("checkins.Case", "next_step"),
        ("matching.PairNote", "text"),
    } <= matrix.seen


def test_the_table_in_the_docs_is_up_to_date(matrix):
    now, roles = matrix.table()
    written = {(group, role): words for (group, role), words in read_page().items() if role in roles}
    assert now == written, "`make assurance PART=access` writes docs/access.md anew."


def test_whoever_takes_a_file_away_says_once_more_who_they_are(matrix):
    assert matrix.files - FILES - OWN_FILES == set()
