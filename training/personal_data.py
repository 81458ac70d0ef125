"""Rules of personal data of training."""

from mentorship.core.personal_data import BLANK, ERASED, NO_ADDRESS, THEMSELVES, PersonalDataRule

ENROLLED = ("enrollment__user",)

PERSONAL_DATA_RULES: dict[str, PersonalDataRule] = {
    "training.trainingbooking": PersonalDataRule(
        "Trainings and calls",
        whose=ENROLLED,
        addresses=("guest__email",),
        why="That somebody was there stays without a name: providers were paid by it.",
    ),
    "training.memberattendance": PersonalDataRule(
        "Trainings and calls with their team",
        whose=("user",),
        why="That somebody of the team was there stays without a name: providers were paid by it.",
    ),
    "training.trainingfeedback": PersonalDataRule(
        "What they thought of trainings",
        whose=("user",),
        addresses=("booking__guest__email",),
        erase=BLANK,
        blank={"words": ""},
        why="The number of one to five stays in the average.",
        words={"words": THEMSELVES},
    ),
    "training.trainingguest": PersonalDataRule(
        "As a guest at trainings",
        addresses=("email",),
        erase=BLANK,
        blank={"name": ERASED, "email": lambda row: NO_ADDRESS.format(f"guest-{row.pk}"), "time_zone": "UTC"},
        why="That a guest of the organisation came stays without a name.",
        words={"name": THEMSELVES, "email": THEMSELVES, "time_zone": THEMSELVES},
    ),
    "training.attendanceimport": PersonalDataRule(mentions=("rows",), actors=("by",), impersonal=("notes",)),
    "training.guestorganisation": PersonalDataRule(impersonal=("name",), organisations=("contact_email",)),
    "training.seatrequest": PersonalDataRule(mentions=("hours", "message", "reply")),
    "training.provider": PersonalDataRule(mentions=("name", "contact"), impersonal=("price_list", "terms")),
    "training.training": PersonalDataRule(impersonal=("name", "topic", "summary", "materials", "roles")),
    "training.trainingsession": PersonalDataRule(
        mentions=("place", "host", "joining_link", "notes_link", "recording_link", "cancel_reason"),
        impersonal=("time_zone", "currency"),
    ),
}
