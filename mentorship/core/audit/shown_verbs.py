"""How histories show the verbs of the audit trail whose stored words are terse or old."""

from mentorship.core.audit.verbs import Verb

_SHOWN = {
    Verb.RESET_THE_PASSWORD: "set a new password by email",
    Verb.TOOK_AWAY: "removed",
    Verb.TOOK_APART: "undid a merge",
    Verb.DEMANDED_A_SECOND_FACTOR: "required a second factor of the team",
    Verb.NO_SECOND_FACTOR_DEMANDED: "stopped requiring a second factor of the team",
    Verb.DATED: "date saved",
    Verb.DATE_DROPPED: "date removed",
    Verb.TICKED: "task ticked off",
    Verb.UNTICKED: "task reopened",
    Verb.PLAN_DROPPED: "task removed",
    Verb.TOLD_PEOPLE_APART: "marked two people as different",
    Verb.TOLD_TOPICS_APART: "marked topics as different",
    Verb.TOOK_OFF_THE_TEAM: "removed somebody from the team",
    Verb.LET_PAST_THE_RULES: "made an exception to the eligibility rules",
    Verb.SENT_ONCE_MORE: "sent again",
    Verb.WRITTEN_TO_AGAIN: "no longer left out",
    Verb.STOPPED_MAILINGS: "opted out of group emails",
    Verb.WANTS_MAILINGS_AGAIN: "opted back in to group emails",
    Verb.STOPPED_LINKS: "stopped links in their emails",
    Verb.REWORDED_A_MAIL: "reworded an email",
    Verb.TOOK_THE_DEFAULT_MAIL: "went back to the standard email",
    Verb.WEIGHTED: "changed the weights",
    Verb.QUESTION_TAKEN_BACK: "question withdrawn",
    Verb.SENT_AT_ONCE: "sent straight away",
    Verb.WISH_SETTLED: "request for another match settled",
    Verb.OPENED_A_GOAL_AGAIN: "reopened a goal",
    Verb.TOOK_A_GOAL_AWAY: "removed a goal",
    Verb.TOOK_A_NOTE_AWAY: "removed a note",
    Verb.WENT_A_ROUND_BACK: "went back a round",
    Verb.SAID_WHOM_THEY_WISH: "said whom they would like as a match",
    Verb.OPENED_AGAIN: "reopened",
    Verb.READS_CONCERNS_NO_LONGER: "no longer reads concerns",
    Verb.GRADUATION_TAKEN_BACK: "graduation undone",
    Verb.HONORARIUM_TAKEN_BACK: "honorarium withdrawn",
    Verb.HONORARIUM_PAYMENT_TAKEN_BACK: "honorarium payment undone",
    Verb.HEARS_NO_LONGER: "no longer hears from us",
    Verb.PUT_IN_THE_LOGO: "added the logo",
    Verb.TOOK_THE_LOGO_AWAY: "removed the logo",
    Verb.NOT_LENT_ANY_MORE: "no longer lent",
    Verb.TOOK_BACK_AS_GIVEN: "no longer confirmed as given",
    Verb.DROPPED_THE_SHARES: "removed the shares",
    Verb.TOOK_BACK_A_PAYMENT: "undid a payment",
}
_STATUSES = {verb for verb in Verb if verb.name.startswith("MADE_") and " a " not in verb and " the " not in verb}


def shown(verb: str) -> str:
    """The words for a stored verb: its own, unless they read badly."""
    if verb in _STATUSES:
        return f"status changed to {verb.removeprefix('made ')}"
    return str(_SHOWN.get(verb, verb))  # type: ignore[call-overload]  # a verb equals its text
