"""The preview of a run: each mentee with proposed mentors, and the state of the questions to them."""

from collections.abc import Sequence
from typing import NamedTuple

from cohorts.models import Enrollment
from cohorts.sharing.addressing import Addressing
from matching.board.consent_status import consent_states
from matching.board.state import read_state
from matching.intro.services import MenteeProposals
from matching.models import ConfirmPolicy, MatchProposal, MatchRun
from mentorship.core.accounts.models import User


class PreviewRow(NamedTuple):
    """One mentee of a preview. Each of the `proposals` has the state of its question as `asked`, or None."""

    mentee: Enrollment
    proposals: list[MatchProposal]
    ready: bool  # everybody who has to be asked has accepted
    unasked: int
    hidden: list[User]  # people who did not agree to share their address, and are introduced through the programme


def still_possible(
    run: MatchRun, groups: Sequence[MenteeProposals]
) -> tuple[list[MenteeProposals], list[tuple[Enrollment, str]]]:
    """Part the proposals of a run into those that can be made, and mentees with one that can't, with the reason."""
    untrue = read_state(run).untrue
    why = {
        mentee.pk: [untrue[p.mentee_id, p.mentor_id] for p in of if (p.mentee_id, p.mentor_id) in untrue]
        for mentee, of in groups
    }
    left = [(mentee, " ".join(why[mentee.pk])) for mentee, _ in groups if why[mentee.pk]]
    return [group for group in groups if not why[group[0].pk]], left


def enrollments_of(groups: Sequence[MenteeProposals]) -> list[Enrollment]:
    """The enrollments that these intros introduce, each once."""
    people = [one for mentee, proposals in groups for one in (mentee, *(proposal.mentor for proposal in proposals))]
    return list(dict.fromkeys(people))


def preview_rows(run: MatchRun, groups: Sequence[MenteeProposals], policy: ConfirmPolicy) -> list[PreviewRow]:
    """The rows of a preview in the order of `groups`."""
    states = consent_states(run) if policy.sides else {}
    rows = []
    for mentee, proposals in groups:
        for proposal in proposals:
            proposal.asked = states.get((mentee.pk, proposal.mentor_id))  # type: ignore[attr-defined]
        asked = [proposal.asked for proposal in proposals]  # type: ignore[attr-defined]
        unasked = sum(state is None or not (state.is_open or state.is_yes) for state in asked)
        ready = not policy.sides or all(state and state.is_yes for state in asked)
        everybody = [mentee, *(proposal.mentor for proposal in proposals)]
        hidden = Addressing(everybody, mentee.cohort.programme.contact_email).hidden
        rows.append(PreviewRow(mentee, proposals, ready, unasked, hidden))
    return rows
