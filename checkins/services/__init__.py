"""Every write about check-ins, a module for each part of it."""

from checkins.links import checkin_link, read_link
from checkins.services.answering import EDIT_FOR, is_open, open_until, released, save_answers
from checkins.services.asking import (
    close_checkins,
    open_checkins_of,
    pause_pair,
    resume_pair,
    revive_checkins,
    stop_checkins,
    sweep_checkins,
)
from checkins.services.cases import (
    cases_for_today,
    concerns_for_today,
    drop_reader,
    name_reader,
    open_case,
    raise_concern,
    save_case,
    unread_concerns,
)
from checkins.services.errors import CheckInError
from checkins.services.planning import ensure_default_wave, plan_checkins
from checkins.services.waves import add_template, copy_waves, delete_wave, pause_wave, preview, resume_wave, save_wave

__all__ = [
    "EDIT_FOR",
    "CheckInError",
    "add_template",
    "cases_for_today",
    "checkin_link",
    "close_checkins",
    "concerns_for_today",
    "copy_waves",
    "delete_wave",
    "drop_reader",
    "ensure_default_wave",
    "is_open",
    "name_reader",
    "open_case",
    "open_checkins_of",
    "open_until",
    "pause_pair",
    "pause_wave",
    "plan_checkins",
    "preview",
    "raise_concern",
    "read_link",
    "released",
    "resume_pair",
    "resume_wave",
    "revive_checkins",
    "save_answers",
    "save_case",
    "save_wave",
    "stop_checkins",
    "sweep_checkins",
    "unread_concerns",
]
