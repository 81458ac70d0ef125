"""Rules of personal data of check-ins."""

from mentorship.core.personal_data import BLANK, DELETE, ERASED, PersonalDataRule

PERSONAL_DATA_RULES: dict[str, PersonalDataRule] = {
    "checkins.checkin": PersonalDataRule(
        "Check-ins",
        whose=("user",),
        stays=("cancelled_because", "zone", "mail_key"),
        why="That somebody was asked and answered stays without a name: rates were reported with it.",
    ),
    "checkins.answer": PersonalDataRule(
        "Answers in check-ins",
        whose=("checkin__user",),
        erase=BLANK,
        stays=("value",),
        blank={"text": ""},
        why="Numbers and choices stay in the sums; every word is gone.",
    ),
    "checkins.sealedanswers": PersonalDataRule(
        "Anonymous answers that can’t be read yet",
        whose=("checkin__user",),
        erase=DELETE,
        stays=("sealed",),
        held_back=("sealed",),
        why="Of those that can be read nobody knows whose they are.",
    ),
    "checkins.reply": PersonalDataRule(
        "What they wrote instead of answering",
        whose=("user",),
        actors=("by",),
        erase=DELETE,
        held_back=("by",),
    ),
    "checkins.case": PersonalDataRule(
        "Cases",
        whose=("about",),
        actors=("owner",),
        erase=BLANK,
        stays=("kind", "status"),
        blank={"summary": "", "next_step": ERASED, "outcome": ""},
        held_back=("owner",),
        withheld={"kind": "conduct"},
        why="That there was a case stays, without words and name.",
    ),
    "checkins.casenote": PersonalDataRule(
        "Notes on their cases",
        whose=("case__about",),
        actors=("by",),
        written_by=("by",),
        erase=BLANK,
        blank={"text": ERASED},
        held_back=("by", "case"),
        withheld={"case__kind": "conduct"},
    ),
    "checkins.pairpause": PersonalDataRule(
        "Pauses",
        whose=("match__mentee__user", "match__mentor__user"),
        actors=("by",),
        erase=BLANK,
        blank={"reason": ""},
    ),
    "checkins.criterionmet": PersonalDataRule(
        "What it takes to graduate", whose=("user",), actors=("by",), why="The graduation rate is made of it."
    ),
    "checkins.graduation": PersonalDataRule(
        "Graduations",
        whose=("user",),
        actors=("by",),
        erase=BLANK,
        stays=("status",),
        blank={"name": ERASED, "reason": lambda one: one.reason and ERASED},  # who ended early has a reason
        why="That somebody graduated stays in the rate; the certificate is void.",
    ),
    "checkins.conductreader": PersonalDataRule("Reads concerns", whose=("user",), erase=DELETE),
    "checkins.alumniconsent": PersonalDataRule("Stays in touch", whose=("user",), erase=DELETE),
    "checkins.alumnirequest": PersonalDataRule("Asked to stay in touch", whose=("user",), erase=DELETE),
    "checkins.helperbreak": PersonalDataRule("Breaks", whose=("user",), erase=DELETE),
    "checkins.honorarium": PersonalDataRule(
        "Honoraria",
        whose=("user",),
        actors=("by",),
        stays=("what", "currency", "reference"),
        why="What was paid is part of the books, without a name.",
    ),
    "checkins.servicecertificate": PersonalDataRule(
        "Certificates of service",
        whose=("enrollment__user",),
        actors=("by",),
        erase=BLANK,
        stays=("what",),
        blank={"name": ERASED},
        why="The certificate is void.",
    ),
    "checkins.opportunity": PersonalDataRule(actors=("posted_by",), written_by=("posted_by",)),
}
