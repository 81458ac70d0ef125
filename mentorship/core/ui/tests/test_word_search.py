"""The search by an index of words: the same answers on both databases, and the indexes of the migrations fit it."""

import pytest
from django.db import connection

from cohorts.models import Enrollment
from mentorship.core.accounts.models import User
from mentorship.core.outbox.models import OutboxMessage
from mentorship.core.outbox.querysets import SEARCHED
from mentorship.core.ui.word_search import begins_every_word
from mentorship.devtools.testing.factories import MessageFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def names(text: str) -> set[str]:
    return {user.full_name for user in begins_every_word(User.objects.all(), text, "full_name", "email")}


def test_every_typed_word_begins_a_word_of_the_row():
    UserFactory(full_name="Wanja Otieno", email="first.contact@kelp-lab.org")
    UserFactory(full_name="Maeve O'Brien <she>", email="maeve_o@example.org")
    assert names("oti WAN") == {"Wanja Otieno"}
    assert names("contact@kelp-lab") == names("lab.org cont") == {"Wanja Otieno"}
    assert names("brien") == names("o'brien she") == {"Maeve O'Brien <she>"}
    assert names("anja") == names("wanja maeve") == names("':*|!") == set()
    assert len(names(" ")) == 2


def test_messages_are_found_by_address_subject_and_the_people_named():
    one = MessageFactory(subject="Welcome, Ana", to=["ana@example.org"], people={"ana@example.org": 12})
    MessageFactory(subject="Goodbye", to=["ben@example.org"], people={"ben@example.org": 34})
    assert list(OutboxMessage.objects.search("welc exam")) == [one]
    assert one in OutboxMessage.objects.naming(User(pk=12))
    assert not OutboxMessage.objects.naming(User(pk=5)).exists()


@pytest.mark.parametrize(
    ("index", "rows"),
    [
        ("accounts_user_words", lambda: begins_every_word(User.objects.all(), "ana", "full_name", "email")),
        ("enrollment_words", lambda: begins_every_word(Enrollment.objects.all(), "ana", "title")),
        ("outbox_words", lambda: begins_every_word(OutboxMessage.objects.all(), "ana", *SEARCHED)),
        ("outbox_people", lambda: OutboxMessage.objects.naming(User(pk=12))),
    ],
)
def test_postgresql_answers_by_the_index(index, rows):
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
        assert index in rows().order_by().explain()
