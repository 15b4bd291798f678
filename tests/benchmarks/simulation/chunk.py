"""A chunk of a played farm: what its frames will take, and how it meets its twin."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from brender_farm.domain.racing import WORTH, Straggler, time_left_s
from tests.benchmarks.simulation.world import Node, Shot


@dataclass(slots=True, eq=False)
class Chunk:
    """Frames that a node renders one after the other."""

    id: int
    shot: Shot
    node: Node
    began_s: float
    open_s: float
    seconds: list[float]
    """What each of its frames will take here."""
    avoid: frozenset[str] | None = None
    """Of which lot of retries it is; None: of none."""
    raced_by: Chunk | None = None
    is_twin: bool = False
    done: int = 0
    """How many of its frames it ends with."""
    ends_s: float = 0.0

    def __post_init__(self) -> None:
        self.done, self.ends_s = len(self.seconds), self.ends()[-1]

    def ends(self) -> list[float]:
        """Return when each frame is done, if nothing happens."""
        times = itertools.accumulate(self.seconds, initial=self.began_s + self.open_s)
        return list(times)[1:]

    def over_count(self, now_s: float) -> int:
        """Return how many of its frames are done by then."""
        return sum(end_s <= now_s for end_s in self.ends())

    def as_straggler(self, now_s: float) -> Straggler:
        """Return it as the rule for races sees it."""
        over = self.over_count(now_s)
        return Straggler(
            chunk_id=self.id,
            shot=self.shot.seen(),
            node=self.node.view.name,
            speed=self.node.view.speed,
            left_count=len(self.seconds) - over,
            over_count=over,
            elapsed_s=now_s - self.began_s,
        )

    def meet(self, twin: Chunk) -> None:
        """Let both render towards each other; where they meet, the first to end the frame wins.

        The twin begins with this chunk's last frame. Of all places where they could meet, they do
        where both are done the soonest.
        """
        twin.is_twin, self.raced_by = True, twin
        mine, theirs = [self.began_s, *self.ends()], [twin.began_s, *twin.ends()]
        count = len(self.seconds)
        met_s, twin.done = min(
            (max(mine[count - done], theirs[done]), done) for done in range(len(theirs))
        )
        self.done = count - twin.done
        self.ends_s = twin.ends_s = max(met_s, twin.began_s)


def can_be_beaten(straggler: Straggler, fastest: float) -> bool:
    """Spare the rule those that it would look at every free node for, in vain."""
    frame_s = straggler.shot.seconds_per_frame or 0.0
    return frame_s / fastest <= WORTH * time_left_s(straggler)
