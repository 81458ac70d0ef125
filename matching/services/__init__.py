"""Every write of the room, a module for each part of it; what most others need of it is offered here."""

from matching.services.matches import set_match_status
from matching.services.pins import remove_pin, set_pin
from matching.services.policy import copy_policy, rules_of, save_weights, weights_of
from matching.services.runs import rename_run, request_run, run_now, sweep_runs, work_run

__all__ = [
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
