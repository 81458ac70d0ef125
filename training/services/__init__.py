"""Every write about training: one function for each thing that people do."""

from training.services.attendance import (
    apply_meeting_list,
    read_meeting_list,
    save_attendance,
    save_feedback,
)
from training.services.booking import book_seat, cancel_booking, decline_call
from training.services.due import invite, sweep_training
from training.services.errors import FullError, TrainingError
from training.services.sessions import cancel_session, create_session, save_provider, save_session, save_training
from training.services.sharing import (
    add_organisation,
    answer_share,
    ask_guest,
    confirm_guest,
    renew_organisation_link,
    share_session,
    stop_sharing,
)

__all__ = [
    "FullError",
    "TrainingError",
    "add_organisation",
    "answer_share",
    "apply_meeting_list",
    "ask_guest",
    "book_seat",
    "cancel_booking",
    "cancel_session",
    "confirm_guest",
    "create_session",
    "decline_call",
    "invite",
    "read_meeting_list",
    "renew_organisation_link",
    "save_attendance",
    "save_feedback",
    "save_provider",
    "save_session",
    "save_training",
    "share_session",
    "stop_sharing",
    "sweep_training",
]
