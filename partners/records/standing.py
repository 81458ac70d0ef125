"""How far a partner accepted what is asked of partners."""

from collections.abc import Sequence
from dataclasses import dataclass

from partners.models import Partner, RequirementAnswer, RequirementList


@dataclass(frozen=True)
class Standing:
    """The current requirements, the last answer of a partner, and what is missing. No list: nothing is asked."""

    current: RequirementList | None
    answer: RequirementAnswer | None
    missing: Sequence[str]


def current_requirements(workspace_id: int) -> RequirementList | None:
    """The newest version of a programme's requirements."""
    return RequirementList.objects.filter(workspace=workspace_id).order_by("-number").first()


def standing_of(partner: Partner) -> Standing:
    """Compare the partner's last answer with the current list. What was accepted before still counts."""
    current = current_requirements(partner.workspace_id)
    answer = partner.requirement_answers.select_related("requirements", "user").first()
    accepted = set(answer.accepted) if answer else set()
    return Standing(current, answer, [item for item in current.items if item not in accepted] if current else [])
