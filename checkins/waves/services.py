"""Create, edit, pause and delete waves; preview who is asked when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from checkins.models import CheckIn, CheckInWave
from checkins.schedule.planning import ensure_default_wave, missing_checkins, outlasts_round
from checkins.schedule.scheduling import apply_wave_change, extend_after_pause
from checkins.surveys.services import make_survey
from checkins.surveys.starter_templates import WAVE_TEMPLATES
from cohorts.models import Cohort
from mentorship.core.accounts.models import User
from mentorship.core.audit.services import record
from mentorship.core.audit.verbs import Verb
from mentorship.core.deletion import delete_row
from mentorship.core.errors import ServiceError

# These decide who is asked when, and are fixed once a mail was sent.
FIXED_ONCE_SENT = ("anchor", "offset", "unit", "audience", "survey_id")
REMINDER_FIELDS = ("reminders", "reminder_every")


class _CheckInsInOrder(Sequence[CheckIn]):
    """Check-ins, some of them not saved; of the others only the ids are kept, and a part of them is read when asked."""

    def __init__(self, entries: list[CheckIn | int]) -> None:
        self._entries = entries

    def __len__(self) -> int:
        return len(self._entries)

    def __getitem__(self, at: Any) -> Any:
        some = self._entries[at] if isinstance(at, slice) else [self._entries[at]]
        shown = CheckIn.objects.select_related("user", "match__mentee__user", "match__mentor__user")
        by_pk = shown.in_bulk([one for one in some if isinstance(one, int)])
        found = [by_pk[one] if isinstance(one, int) else one for one in some]
        return found if isinstance(at, slice) else found[0]


@dataclass(frozen=True)
class WavePreview:
    """The dates of a wave: check-ins in order, both planned and missing ones; not saved."""

    checkins: Sequence[CheckIn]
    people: int
    at_once: int  # how many of these would get a mail in the next sweep
    too_late: int  # with a window that is over already
    outlasts: bool  # whether most pairs are asked after the round is over


@transaction.atomic
def copy_waves(*, like: Cohort, cohort: Cohort) -> None:
    """Copy the waves of a cohort to a new one."""
    for wave in like.waves.order_by("pk"):
        wave.pk, wave.cohort, wave.paused_at, wave.anchored_on = None, cohort, None, None
        wave._state.adding = True
        wave.save()


@transaction.atomic
def add_template(*, cohort: Cohort, key: str, by: User) -> CheckInWave:
    """Add a wave from a template, with its survey; returns an existing one. Raises ServiceError.

    The three-month check-in exists by default: the first other wave does not replace it.
    """
    template = next((t for t in WAVE_TEMPLATES if t.key == key), None)
    if template is None:
        raise ServiceError("There is no such template.")
    ensure_default_wave(cohort=cohort)
    if wave := cohort.waves.filter(name=template.name).first():
        return wave
    survey = make_survey(
        programme=cohort.programme,
        name=template.survey,
        questions=template.questions,
        anonymous=template.anonymous,
        by=by,
    )
    wave = CheckInWave.objects.create(cohort=cohort, survey=survey, name=template.name, **template.fields)
    record(verb=Verb.PLANNED, target=wave, workspace_id=cohort.workspace_id, by=by)
    return wave


@transaction.atomic
def save_wave(*, wave: CheckInWave, by: User) -> CheckInWave:
    """Save a new or changed wave, and reschedule check-ins that were not sent.

    Raises ServiceError if audience, time or survey change after the first mail was sent.
    """
    new = wave.pk is None
    if new:
        ensure_default_wave(cohort=wave.cohort)
    moved_plan, more_days, other_reminders = False, 0, False
    if not new:
        before = CheckInWave.objects.select_for_update(of=("self",)).get(pk=wave.pk)
        moved_plan = any(getattr(before, name) != getattr(wave, name) for name in FIXED_ONCE_SENT)
        if moved_plan and wave_was_sent(wave):
            raise ServiceError("The first emails have left. You can still change its name, reminders and window.")
        more_days = wave.window_days - before.window_days
        other_reminders = any(getattr(before, name) != getattr(wave, name) for name in REMINDER_FIELDS)
    wave.anchored_on = None if moved_plan else wave.anchored_on
    wave.save()
    if moved_plan:
        # The audience may differ now. Nothing was sent, so check-ins can be planned again.
        wave.checkins.all().delete()
    elif more_days or other_reminders:
        apply_wave_change(wave, more_days=more_days)
    record(verb=Verb.PLANNED if new else Verb.EDITED, target=wave, workspace_id=wave.cohort.workspace_id, by=by)
    return wave


@transaction.atomic
def delete_wave(*, wave: CheckInWave, by: User) -> None:
    """Delete a wave without any sent mail. Raises ServiceError for others, and for the cohort's only one."""
    Cohort.objects.select_for_update(of=("self",)).get(pk=wave.cohort_id)
    if wave_was_sent(wave):
        raise ServiceError("Its first emails have left. Pause it, then nobody else is asked.")
    if not wave.cohort.waves.exclude(pk=wave.pk).exists():
        raise ServiceError("A cohort has at least one check-in. Pause it, then nobody is asked.")
    record(verb=Verb.DELETED, target=wave, workspace_id=wave.cohort.workspace_id, by=by, name=wave.name)
    delete_row(wave)


@transaction.atomic
def pause_wave(*, wave: CheckInWave, by: User) -> None:
    """Pause a wave: no mails are sent until it is resumed."""
    if CheckInWave.objects.filter(pk=wave.pk, paused_at=None).update(paused_at=timezone.now()):
        record(verb=Verb.PAUSED, target=wave, workspace_id=wave.cohort.workspace_id, by=by)


@transaction.atomic
def resume_wave(*, wave: CheckInWave, by: User) -> None:
    """Resume a wave: mails that fell into the pause are due next morning, windows are extended by its length."""
    locked = CheckInWave.objects.select_for_update(of=("self",)).get(pk=wave.pk)
    if locked.paused_at is None:
        return
    now = timezone.now()
    rested = now - locked.paused_at
    locked.paused_at = None
    locked.save(update_fields=["paused_at"])
    extend_after_pause(locked.checkins.all(), -(-rested // timedelta(days=1)), now)
    record(verb=Verb.RESUMED, target=wave, workspace_id=wave.cohort.workspace_id, by=by)


def wave_was_sent(wave: CheckInWave) -> bool:
    """Whether a mail of the wave was sent."""
    return wave.pk is not None and wave.checkins.filter(mails_sent__gt=0).exists()


def preview_wave(wave: CheckInWave, *, now: datetime) -> WavePreview:
    """Preview who is due when: planned check-ins and those still missing. `wave` may be unsaved."""
    saved: Any = wave.checkins.order_by().values_list("due_at", "user_id", "status", "pk") if wave.pk else []
    made, window = list(missing_checkins(wave, now=now)), timedelta(days=wave.window_days)
    coming = [(c.due_at, c.user_id, c.status, c) for c in made if c.due_at + window > now]
    everyone = sorted([*saved, *coming], key=lambda row: row[:2])
    waiting = sum(status == CheckIn.Status.PLANNED and due_at <= now for due_at, _, status, _ in everyone)
    in_order = _CheckInsInOrder([row[3] for row in everyone])
    return WavePreview(
        in_order, len({row[1] for row in everyone}), waiting, len(made) - len(coming), outlasts_round(wave)
    )


def unused_templates(cohort: Cohort) -> list[Any]:
    """The templates that the cohort does not have yet."""
    names = set(cohort.waves.values_list("name", flat=True))
    return [template for template in WAVE_TEMPLATES if template.name not in names]
