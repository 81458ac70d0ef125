"""Every write of the room, a module for each part of it."""

from matching.services.runs import (
    LAST_TRY_AFTER,
    _lock_open,
    _work,
    copy_policy,
    remove_pin,
    rename_run,
    request_run,
    rules_of,
    run_now,
    save_weights,
    set_match_status,
    set_pin,
    sweep_runs,
    weights_of,
    work_run,
)

__all__ = [
    "LAST_TRY_AFTER",
    "_lock_open",
    "_work",
    "copy_policy",
    "remove_pin",
    "rename_run",
    "request_run",
    "rules_of",
    "run_now",
    "save_weights",
    "set_match_status",
    "set_pin",
    "sweep_runs",
    "weights_of",
    "work_run",
]
