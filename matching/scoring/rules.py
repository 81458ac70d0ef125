"""The rules that can exclude a pair, and the sentence for each. Light enough for pages."""

from __future__ import annotations

from dataclasses import dataclass

# By the name under which a run stores whom the rule excludes. If several apply, the first is the one that is told.
RULE_PHRASES: dict[str, str] = {
    "themselves": "the same person",
    "team": "the mentor is part of the team",
    "language": "no shared language",
    "hours": "too few shared waking hours",
    "employer": "the same employer",
    "named": "the mentee asked for somebody else by name",
    "former": "were a pair in an earlier round",
    "rest": "the mentor rests this round",
    "conflict": "a declared conflict of interest",
}


@dataclass(frozen=True)
class PairRules:
    """The rules that are on. Missing data about a person excludes nobody."""

    common_language: bool = True
    least_hours: float = 0  # shared waking hours a day; 0 asks for none
    other_employer: bool = False
    own_team: bool = True  # the mentor is not one of the mentee's own team
    former: bool = False  # who had each other before are not matched again
    rest_after: int = 0  # rounds in a row after which a mentor rests; 0 for never
    conflicts: bool = True  # declared conflicts of interest
    named: bool = False  # a mentee who asked for a mentor by name gets nobody else

    def has(self, name: str) -> bool:
        """Whether a rule of `RULE_PHRASES` is on."""
        return {
            "themselves": True,
            "team": self.own_team,
            "language": self.common_language,
            "hours": self.least_hours > 0,
            "employer": self.other_employer,
            "former": self.former,
            "rest": self.rest_after > 0,
            "conflict": self.conflicts,
            "named": self.named,
        }[name]
