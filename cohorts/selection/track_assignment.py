"""Assign people to tracks. Pure Python without Django.

People are seated one by one, each by the cheapest chain of moves of those seated before (the Hungarian method on
tracks). So at any moment everybody has a seat they can attend, and as few as possible have one that suits them only if
necessary.
"""

from collections.abc import Mapping

YES, IF_NECESSARY, NO = "yes", "if necessary", "no"
ApplicantId = int | str
# The cost of a seat in a track for one person; missing tracks can't be attended.
TrackCosts = dict[str, int]


def track_costs(availability: Mapping[str, str], tracks: Mapping[str, int]) -> TrackCosts:
    """The cost of each track for a person. The one track without a name suits people who name none."""
    costs = {}
    for track in tracks:
        answer = availability.get(track, NO if track else YES)
        if answer not in (YES, IF_NECESSARY, NO):
            raise ValueError(f"“{answer}” is none of yes, if necessary and no.")
        if answer != NO:
            costs[track] = 0 if answer == YES else 1
    return costs


class TrackAssignment:
    """The seats of all tracks, and who has them."""

    def __init__(self, seats: Mapping[str, int]) -> None:
        self.seats = dict(seats)
        self._in: dict[str, dict[ApplicantId, TrackCosts]] = {track: {} for track in seats}
        # track → track → (cost, who moves); computed when needed, discarded when somebody is seated
        self._moves: dict[str, dict[str, tuple[int, ApplicantId]]] | None = None

    @property
    def tracks(self) -> dict[ApplicantId, str]:
        """person → track"""
        return {person: track for track, people in self._in.items() for person in people}

    def place(self, person: ApplicantId, costs: TrackCosts) -> bool:
        """Seat a person, moving others if needed. Returns False, and changes nothing, if it is impossible."""
        costs_to, came_from = self._search(costs)
        free = [track for track in costs_to if self._is_free(track)]
        if not free:
            return False
        track = min(free, key=costs_to.__getitem__)
        while came_from[track] is not None:
            before, mover = came_from[track]
            self._in[track][mover] = self._in[before].pop(mover)
            track = before
        self._in[track][person] = costs
        self._moves = None
        return True

    def in_the_way(self, costs: TrackCosts) -> list[ApplicantId] | None:
        """People one of whom would have to leave to seat another; None if a seat is free."""
        reached, _ = self._search(costs)
        if any(self._is_free(track) for track in reached):
            return None
        return [person for track in self.seats if track in reached for person in self._in[track]]

    def _is_free(self, track: str) -> bool:
        return len(self._in[track]) < self.seats[track]

    def _search(self, costs: TrackCosts) -> tuple[dict[str, int], dict]:
        """The cheapest way to every reachable track: its cost, and its last move."""
        costs_to: dict[str, int] = dict(costs)
        came_from: dict[str, tuple[str, ApplicantId] | None] = dict.fromkeys(costs)
        if any(cost == 0 and self._is_free(track) for track, cost in costs.items()):
            return costs_to, came_from  # no chain of moves costs less than nothing
        moves = self._all_moves()
        changed = True
        while changed:
            changed = False
            for before in list(costs_to):
                for track, (cost, mover) in moves[before].items():
                    total = costs_to[before] + cost
                    if track not in costs_to or total < costs_to[track]:
                        costs_to[track], came_from[track] = total, (before, mover)
                        changed = True
        return costs_to, came_from

    def _all_moves(self) -> dict[str, dict[str, tuple[int, ApplicantId]]]:
        """The cheapest move from each track to each other one."""
        if self._moves is None:
            self._moves = {}
            for before, people in self._in.items():
                best: dict[str, tuple[int, ApplicantId]] = {}
                for person, costs in people.items():
                    for track, cost in costs.items():
                        gain = cost - costs[before]
                        if track != before and (track not in best or gain < best[track][0]):
                            best[track] = (gain, person)
                self._moves[before] = best
        return self._moves
