"""Tone and icon of each status. The word carries the meaning; tone and icon make it easier to spot."""

GOOD, ATTENTION, DANGER, INFO, QUIET = "good", "attention", "danger", "info", "quiet"
# Status → tone and icon.
STATUS: dict[str, tuple[str, str]] = {
    # enrollments, bookings, team places
    "applied": (INFO, "inbox"),
    "accepted": (GOOD, "check"),
    "waitlisted": (ATTENTION, "hourglass"),
    "declined": (QUIET, "x"),
    "withdrawn": (QUIET, "log-out"),
    "paused": (ATTENTION, "pause"),
    "completed": (GOOD, "circle-check"),
    "booked": (GOOD, "check"),
    "confirmed": (GOOD, "check"),
    "attended": (GOOD, "circle-check"),
    "absent": (ATTENTION, "circle-alert"),
    "missed": (ATTENTION, "circle-alert"),
    "left_early": (ATTENTION, "clock"),
    # programmes and cohorts
    "draft": (QUIET, "pencil"),
    "enrolling": (INFO, "door-open"),
    "open": (INFO, "door-open"),
    "matching": (ATTENTION, "users"),
    "running": (GOOD, "play"),
    "archived": (QUIET, "archive"),
    # matching
    "optimal": (GOOD, "check"),
    "proposed": (INFO, "circle-dot"),
    "locked": (INFO, "lock"),
    "forbidden": (DANGER, "ban"),
    "unmatched": (ATTENTION, "triangle-alert"),
    "introduced": (INFO, "handshake"),
    "active": (GOOD, "circle-dot"),
    "graduated": (GOOD, "graduation-cap"),
    "ended": (QUIET, "flag"),
    "rematched": (QUIET, "repeat"),
    # messages
    "queued": (INFO, "clock"),
    "pending": (INFO, "clock"),
    "sending": (INFO, "loader"),
    "sent": (GOOD, "send"),
    "bounced": (DANGER, "mail-x"),
    "failed": (DANGER, "circle-x"),
    "unknown": (ATTENTION, "circle-question-mark"),
    "cancelled": (QUIET, "ban"),
    "held": (ATTENTION, "pause"),
    "stopped": (DANGER, "circle-alert"),
    "going": (INFO, "loader"),
    "done": (GOOD, "check"),
    # check-ins and dates
    "planned": (QUIET, "calendar"),
    "scheduled": (QUIET, "calendar"),
    "due": (ATTENTION, "calendar-clock"),
    "asked": (INFO, "send"),
    "answered": (GOOD, "check"),
    "overdue": (DANGER, "triangle-alert"),
    "expired": (QUIET, "clock"),
    "skipped": (QUIET, "minus"),
    # money and partners
    "issued": (INFO, "receipt"),
    "agreed": (GOOD, "check"),
    "paid": (GOOD, "banknote"),
    "credited": (QUIET, "undo-2"),
    "official": (GOOD, "badge-check"),
    "published": (GOOD, "eye"),
    "released": (GOOD, "eye"),
    # plain names of tones, for pages without a status
    "good": (GOOD, "check"),
    "attention": (ATTENTION, "triangle-alert"),
    "danger": (DANGER, "circle-alert"),
    "info": (INFO, "info"),
}
UNKNOWN_STATUS = (QUIET, "circle")
