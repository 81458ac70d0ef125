"""Training that mentors book, usually one of several slots around the kick-off; and the calls of a cohort."""

from training.models.bookings import AttendanceImport, MemberAttendance, TrainingBooking, TrainingFeedback
from training.models.catalogue import Provider, Training
from training.models.sessions import GuestOrganisation, SeatHold, TrainingGuest, TrainingSession

__all__ = [
    "AttendanceImport",
    "GuestOrganisation",
    "MemberAttendance",
    "Provider",
    "SeatHold",
    "Training",
    "TrainingBooking",
    "TrainingFeedback",
    "TrainingGuest",
    "TrainingSession",
]
