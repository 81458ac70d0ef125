"""Trainings that mentors book, usually one of several slots around the kick-off, and calls of a cohort."""

from training.models.attendance import AttendanceImport, MemberAttendance, TrainingFeedback
from training.models.bookings import TrainingBooking
from training.models.catalogue import Provider, Training
from training.models.seat_requests import SeatRequest
from training.models.sessions import TrainingSession
from training.models.sharing import GuestOrganisation, SeatHold, TrainingGuest

__all__ = [
    "AttendanceImport",
    "GuestOrganisation",
    "MemberAttendance",
    "Provider",
    "SeatHold",
    "SeatRequest",
    "Training",
    "TrainingBooking",
    "TrainingFeedback",
    "TrainingGuest",
    "TrainingSession",
]
