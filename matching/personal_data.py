"""Rules of personal data of matching."""

from mentorship.core.personal_data import BLANK, DELETE, PROGRAMME, TEAM, THEMSELVES, PersonalDataRule

ENROLLED = ("enrollment__user",)
PAIR = ("mentee__user", "mentor__user")

PERSONAL_DATA_RULES: dict[str, PersonalDataRule] = {
    "matching.match": PersonalDataRule(
        "Matches",
        whose=PAIR,
        erase=BLANK,
        stays=("status",),
        blank={"why": "", "reasons": [], "ended_reason": ""},
        why="That there was a pair stays without this name: the other one's history is theirs.",
        words={"why": TEAM, "reasons": PROGRAMME, "ended_reason": TEAM},
    ),
    "matching.matchproposal": PersonalDataRule(
        "Proposed matches",
        whose=PAIR,
        erase=DELETE,
        words={"factors": PROGRAMME, "why": TEAM, "reasons": PROGRAMME, "against": TEAM},
    ),
    "matching.pairsentence": PersonalDataRule(
        "Why they were matched",
        whose=PAIR,
        actors=("changed_by",),
        erase=DELETE,
        words={"text": PROGRAMME},
    ),
    "matching.matchpin": PersonalDataRule(
        "Fixed by hand",
        whose=PAIR,
        actors=("created_by",),
        erase=DELETE,
        words={"reason": TEAM},
    ),
    "matching.goalchoice": PersonalDataRule("Goals chosen", whose=ENROLLED, erase=DELETE),
    "matching.goalplace": PersonalDataRule("Goal groups", whose=ENROLLED, erase=DELETE),
    "matching.speedrsvp": PersonalDataRule("Events", whose=ENROLLED, why="How many came stays, without a name."),
    "matching.speedguest": PersonalDataRule(
        "Guests of events",
        addresses=("email",),
        erase=DELETE,
        words={"full_name": THEMSELVES, "email": THEMSELVES, "about": THEMSELVES, "role": PROGRAMME},
    ),
    "matching.speedwish": PersonalDataRule(
        "Wishes after events",
        whose=("by__user", "whom__user"),
        erase=DELETE,
        author="by__user",
    ),
    "matching.matchrun": PersonalDataRule(
        mentions=("name", "unmatched", "findings", "error"), technical=("weights", "progress"), actors=("created_by",)
    ),
    "matching.confirmation": PersonalDataRule(mentions=("error",), technical=("intros",), actors=("by",)),
    "matching.boardchange": PersonalDataRule(mentions=("words", "cost", "effects"), actors=("by",)),
    "matching.heldback": PersonalDataRule("Left for later", whose=ENROLLED, actors=("created_by",), erase=DELETE),
    "matching.askedpair": PersonalDataRule(
        "Asked about a match",
        whose=PAIR,
        actors=("created_by",),
        erase=DELETE,
        words={"why": TEAM, "reasons": PROGRAMME},
    ),
    "matching.askedside": PersonalDataRule(
        "Answers about a match",
        whose=("pair__mentee__user", "pair__mentor__user"),
        actors=("answered_by",),
        written_by=("answered_by",),
        erase=DELETE,
        words={"reason": "answered_by", "reason_kind": "answered_by"},
    ),
    "matching.mentorpause": PersonalDataRule(
        "Pauses as a mentor",
        whose=ENROLLED,
        actors=("by",),
        erase=DELETE,
        words={"reason": "by"},
    ),
    "matching.rematchwish": PersonalDataRule(
        "Asked for another match",
        whose=("match__mentee__user", "match__mentor__user"),
        actors=("by",),
        written_by=("by",),
        erase=DELETE,
        words={"words": "by"},
        author="by",
    ),
    "matching.replacementsearch": PersonalDataRule(
        "Looked for another mentor",
        whose=("mentee__user",),
        actors=("created_by",),
        erase=DELETE,
        words={"found": TEAM, "error": TEAM},
    ),
    "matching.pairgoal": PersonalDataRule(
        "Goals of their pairs",
        whose=("proposed_by",),
        actors=("agreed_by", "done_by"),
        erase=DELETE,
        words={"text": THEMSELVES},
    ),
    "matching.pairgoal_matches": PersonalDataRule(
        "Which pair a goal is of", whose=("pairgoal__proposed_by",), erase=DELETE
    ),
    "matching.pairmeeting": PersonalDataRule(
        "Meetings of their pairs",
        whose=("mentee__user",),
        actors=("set_by",),
        erase=DELETE,
        words={"place": "set_by"},
        held_back=("uid",),
    ),
    "matching.pairmeetingguest": PersonalDataRule("Meetings in their calendar", whose=("user",), erase=DELETE),
    "matching.pairnote_matches": PersonalDataRule("Which pair a note is of", whose=("pairnote__author",), erase=DELETE),
    "matching.pairnote": PersonalDataRule(
        "Notes of their pairs",
        whose=("author",),
        actors=("changed_by",),
        erase=DELETE,
        words={"text": THEMSELVES},
    ),
    "matching.textvector": PersonalDataRule(
        "What their texts are about",
        whose=ENROLLED,
        erase=DELETE,
        held_back=("model", "key", "vector"),
    ),
    "matching.matchsupply": PersonalDataRule(impersonal=("shortages",)),
    "matching.matchtable": PersonalDataRule(
        mentions=("mentees", "mentors", "scores", "factors"), impersonal=("rule_names", "factor_names")
    ),
    "matching.speedevent": PersonalDataRule(
        mentions=("schedule",), impersonal=("name", "place", "time_zone", "good_to_know", "code")
    ),
    "matching.goalgroup": PersonalDataRule(mentions=("name", "about")),
    "matching.pastweights": PersonalDataRule(
        mentions=("error",),
        actors=("created_by",),
        impersonal=("weights", "today", "findings", "weights_before"),
    ),
    "matching.matchpolicy": PersonalDataRule(mentions=("rules",), impersonal=("weights",)),
}
