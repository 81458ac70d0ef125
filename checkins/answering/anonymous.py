"""Anonymous answers: sealed while they could be traced, then released in groups that hide each person.

A check-in is marked as answered so that nobody answers twice, and nothing may be lost: the answers are written in that
same transaction, encrypted and at one size for everybody. Once enough people have answered, the sweep opens the waiting
answers and adds them to the box, each question shuffled separately, in a transaction that touches no check-in. No
clock, order, row version or log of the database then links an answer to a person.
"""

import base64
import json
import logging
import secrets
import zlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Count, Q

from checkins.models import AnonymousBox, CheckIn, CheckInWave, SealedAnswers, Survey
from cohorts.models import Cohort
from mentorship.core.accounts.models import WorkspaceRole

logger = logging.getLogger(__name__)

# Answers of too few people are deleted this long after a cohort is over.
KEPT_UNREAD = timedelta(days=30)
# Compressed, nearly every form fits into one block, so the size reveals nothing.
BLOCK = 16_384


def seal(checkin: CheckIn, said: Mapping[int, list[str]]) -> None:
    """Store somebody's answers until they can be mixed with others', in the transaction of the check-in."""
    packed = zlib.compress(json.dumps({str(pk): values for pk, values in said.items()}).encode())
    size = len(packed).to_bytes(4, "big")
    padded = (size + packed).ljust(-(-(len(packed) + 4) // BLOCK) * BLOCK, b"\0")
    # A token usually contains its time.
    token = _keys(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS).encrypt_at_time(padded, 0)
    SealedAnswers.objects.create(checkin=checkin, sealed=token.decode())


def released_answers(wave: CheckInWave) -> tuple[int, dict[int, list[str]]]:
    """The readable answers of an anonymous wave: the number of people, and the answers by question id."""
    box = AnonymousBox.objects.filter(wave=wave).first()
    return (box.number, {int(pk): said for pk, said in box.answers.items()}) if box else (0, {})


def waiting_people(wave: CheckInWave) -> int:
    """The number of people whose answers can't be read yet."""
    return SealedAnswers.objects.filter(checkin__wave=wave).values("checkin__user").distinct().count()


def sweep_anonymous_answers(now: datetime) -> int:
    """Release the answers of waves with enough people, and delete unreadable ones. Returns how many people.

    Afterwards the disk space that held them is cleaned.
    """
    # Readers of the answers count in no group, so that this many people may still be too few.
    people = Count("checkin__user", distinct=True)
    waiting = dict(SealedAnswers.objects.order_by().values_list("checkin__wave").annotate(people=people))
    if not waiting:
        return 0
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")
    enough = [pk for pk, number in waiting.items() if number >= Survey.SMALLEST_GROUP]
    waves = CheckInWave.objects.filter(pk__in=enough).select_related("cohort__programme").order_by("pk")
    released = sum(release_group(wave) for wave in waves)
    if released + delete_unreadable(now):
        clean_disk()
    return released


@transaction.atomic
def release_group(wave: CheckInWave) -> int:
    """Release all waiting answers of a wave, if they form a group. Returns the number of people in it, or 0."""
    AnonymousBox.objects.get_or_create(wave=wave)
    box = AnonymousBox.objects.select_for_update(of=("self",)).get(wave=wave)
    waiting = SealedAnswers.objects.filter(checkin__wave=wave).select_related("checkin").select_for_update(of=("self",))
    opened = {one.checkin: said for one in waiting if (said := _open(one)) is not None}
    # A mentor's answers about several pairs come from one person, who would recognise their own in the group.
    people = {checkin.user_id for checkin in opened}
    if len(people - _readers(wave)) < Survey.SMALLEST_GROUP:
        return 0
    box.answers = _mixed([box.answers, box.unread, *opened.values()])
    SealedAnswers.objects.filter(checkin__in=opened).delete()
    answered = wave.checkins.filter(status=CheckIn.Status.ANSWERED, sealed=None).order_by()
    box.number = answered.values("user").distinct().count()
    box.unread = {}
    box.save()
    return len(people)


def delete_unreadable(now: datetime) -> int:
    """Delete answers of too few people, in waves that ended with their cohort. Returns how many check-ins."""
    asked = Count(
        "checkins", filter=Q(checkins__status__in=CheckIn.OPEN) | Q(checkins__closes_at__gt=now - KEPT_UNREAD)
    )
    waves = CheckInWave.objects.filter(cohort__status__in=Cohort.OVER, checkins__sealed__isnull=False)
    over = waves.annotate(still=asked).filter(still=0).values("pk")
    return SealedAnswers.objects.filter(checkin__wave__in=list(over.values_list("pk", flat=True))).delete()[0]


def _mixed(parts: Iterable[Mapping[str, list[str]]]) -> dict[str, list[str]]:
    """All answers by question in random order, so that the order reveals nothing."""
    mixed: dict[str, list[str]] = {}
    for said in parts:
        for pk, values in said.items():
            mixed.setdefault(pk, []).extend(values)
    for values in mixed.values():
        secrets.SystemRandom().shuffle(values)
    return dict(sorted(mixed.items(), key=lambda item: int(item[0])))


def _open(sealed: SealedAnswers) -> dict[str, list[str]] | None:
    try:
        plain = _keys(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS).decrypt(sealed.sealed.encode())
    except InvalidToken:
        logger.error("Anonymous answers can’t be opened: put the SECRET_KEY of then into SECRET_KEY_FALLBACKS.")
        return None
    said: dict[str, list[str]] = json.loads(zlib.decompress(plain[4 : 4 + int.from_bytes(plain[:4], "big")]))
    return said


@cache
def _keys(*secret_keys: str) -> MultiFernet:
    """Keys for sealing, derived from the installation's secret keys; the first one seals."""
    return MultiFernet(
        [
            Fernet(
                base64.urlsafe_b64encode(
                    HKDF(algorithm=SHA256(), length=32, salt=None, info=b"anonymous answers").derive(key.encode())
                )
            )
            for key in secret_keys
        ]
    )


def _readers(wave: CheckInWave) -> set[int]:
    roles = WorkspaceRole.objects.filter(workspace=wave.cohort.workspace_id)
    return set(roles.values_list("user_id", flat=True))


def clean_disk() -> None:
    """Overwrite deleted rows: PostgreSQL keeps their old versions, SQLite its log."""
    if connection.in_atomic_block:
        return
    try:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(f"VACUUM {SealedAnswers._meta.db_table}, {AnonymousBox._meta.db_table}")
            else:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except DatabaseError:
        logger.warning("The place that held anonymous answers could not be cleaned. The database does so later.")
