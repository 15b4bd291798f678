"""The planner played forward: who renders what until nothing is left to do, and when that is.

A slot is given for a *turn*. Where a frame, or a chunk of fixed size, is longer than a turn, it is
the turn. Otherwise the slot takes one frame after the other out of what is left of its shot until
the turn is over or nothing is left; then the planner gives the slot anew. So a farm of any size is
played in a bounded number of steps, and all slots of a shot end together, as guided
self-scheduling has them do. Turns are short at first and grow: what ends soon is told finely.
"""

from __future__ import annotations

import heapq
import itertools
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from brender_farm.domain.ahead import Running, ShotAhead
from brender_farm.domain.planning import Planner
from brender_farm.domain.reckoning import Want, reckon
from brender_farm.domain.views import Assignment, NodeView, ShotView

TURNS_PER_SLOT = 50
_FEW_TURNS = 1_000
_FIRST_TURN = 1 / 8
_GROWTH = 1 / 10
"""A turn is at most so much of the time played, beyond the first: an error in proportion."""
_LEAST_LEFT = 0.1
"""Of a frame that takes longer than expected, so much is expected to be left."""
_EPS = 1e-9


@dataclass(slots=True)
class _Turn:
    """A slot that a shot has for a while."""

    shot_id: int
    node: str
    speed: float
    frame_count: int
    """Frames that only it renders; it renders these last."""
    ends_s: float = -1.0


@dataclass(slots=True)
class _Draw:
    """How fast the slots of a shot take frames out of what is left of it."""

    rate: float = 0.0
    """Frames a second."""
    since_s: float = 0.0
    part: float = 0.0
    """Of frames taken, what does not make a whole one yet."""
    number: int = 0
    """Grows with each change, so that an event that was made before says nothing."""
    turns: dict[int, _Turn] = field(default_factory=dict)
    """Those slots, in the order in which they began."""


class Lookahead(Planner):
    """One play. `ends` says after which time each shot is over; one that never is, is not in it."""

    def __init__(
        self,
        shots: Mapping[int, ShotAhead],
        nodes: Sequence[NodeView],
        running: Sequence[Running],
        *,
        frame_s: Mapping[int, float],
        limits: Mapping[str, int],
        step_limit: int,
    ) -> None:
        super().__init__([ahead.view for ahead in shots.values()], nodes, limits=limits)
        self.ends: dict[int, float] = {}
        self.reckoned: set[int] = set()
        """Those of them that were not played to their end."""
        self.now_s = 0.0
        self.steps = 0
        self._ahead, self._frame_s, self._step_limit = shots, frame_s, step_limit
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._draws: defaultdict[int, _Draw] = defaultdict(_Draw)
        self._live: defaultdict[int, dict[int, _Turn]] = defaultdict(dict)
        self._opened: set[int] = set()
        self._waiting_on: defaultdict[int, set[int]] = defaultdict(set)
        slots = sum(node.slots for node in nodes)
        turns = min(max(TURNS_PER_SLOT * slots, _FEW_TURNS), step_limit // 2)
        self._turn_s = self._work_s(nodes) * slots / max(turns, 1)
        for chunk in running:
            self._run(chunk)
        self._hold_all()

    def play(self) -> None:
        """Play until nothing happens any more; once the steps are used up, reckon what is left."""
        self._fill()
        while self._events and self.steps < self._step_limit:
            self.now_s = self._events[0][0]
            while self._events and self._events[0][0] <= self.now_s:
                heapq.heappop(self._events)[2]()
            self._fill()
        if self._events:
            self._reckon()

    def size_of(self, shot: ShotView, node: NodeView, left: int) -> int:  # noqa: ARG002
        """Return how many frames only this slot is to render."""
        draw = self._draws[shot.id]
        taken = int(draw.part + (self.now_s - draw.since_s) * draw.rate)
        return max(1, min(shot.chunk_size or 1, left - taken))

    def _work_s(self, nodes: Sequence[NodeView]) -> float:
        """Return how long all that is pending takes all slots."""
        work = sum(a.view.pending_count * self._frame_s[a.view.id] for a in self._ahead.values())
        return work / max(sum(node.slots * node.speed for node in nodes), _EPS)

    def _reckon(self) -> None:
        """Say when the shots end that have not been played to their end."""
        nodes = self.room.nodes.values()
        wants = [
            Want(
                shot_id=shot_id,
                priority=self._shots[shot_id].priority,
                work_s=self._work_left(shot_id),
                most=self._most_of_all(shot_id),
                opens_s=self._ahead[shot_id].opens_s,
            )
            for shot_id in self._that_will_end()
        ]
        self.ends |= reckon(
            wants,
            slots=max(1, sum(node.slots for node in nodes)),
            speed=max(_EPS, sum(node.slots * node.speed for node in nodes)),
            now_s=self.now_s,
        )

    def _most_of_all(self, shot_id: int) -> float:
        """Return the share of all slots that a shot may have by its limits."""
        shot, nodes = self._shots[shot_id], self.room.nodes
        places = sum(node.slots for node in nodes.values())
        shares = [self._limits[name] / places for name in shot.limits if name in self._limits]
        if shot.max_nodes is not None:
            shares.append(shot.max_nodes / len(nodes))
        return max(_EPS, min(1.0, *shares)) if shares else 1.0

    def _work_left(self, shot_id: int) -> float:
        """Return how long all its frames that are not over take a slot of speed 1."""
        frame_s = self._frame_s[shot_id]
        work = max(0.0, self._left_of(self._shots[shot_id]) - self._catch_up(shot_id).part)
        drawing = self._draws[shot_id].turns
        return work * frame_s + sum(
            turn.frame_count * frame_s
            if key in drawing
            else (turn.ends_s - self.now_s) * turn.speed
            for key, turn in self._live[shot_id].items()
        )

    def _that_will_end(self) -> set[int]:
        """Return the shots that have not ended and that nothing keeps from it for ever."""
        found = {
            shot_id
            for shot_id, ahead in self._ahead.items()
            if shot_id not in self.ends and not ahead.is_stopped and self.room.kinds_for(ahead.view)
        }
        while stuck := {
            shot_id
            for shot_id in found - self._opened
            if not self._ahead[shot_id].after | self._ahead[shot_id].beside
            <= found | self.ends.keys()
        }:
            found -= stuck
        self.reckoned = found
        return found

    def _at(self, when_s: float, what: Callable[[], None]) -> None:
        heapq.heappush(self._events, (when_s, next(self._numbers), what))

    def _run(self, chunk: Running) -> None:
        frame_s = self._frame_s[chunk.shot_id] / chunk.speed
        left_s = chunk.frame_count * frame_s - chunk.in_hand_s
        turn = _Turn(chunk.shot_id, chunk.node, chunk.speed, chunk.frame_count)
        self._live[chunk.shot_id][id(turn)] = turn
        least_s = max(chunk.frame_count - 1 + _LEAST_LEFT, 0.0) * frame_s
        self._end_after(turn, max(left_s, least_s))

    def _hold_all(self) -> None:
        """Take all out of the line that have to wait, and have them join when it is time."""
        for shot_id, ahead in self._ahead.items():
            if ahead.view.pending_count > 0:
                self._line.leave(ahead.view)
            for other in ahead.after | ahead.beside:
                self._waiting_on[other].add(shot_id)
        for shot_id, ahead in self._ahead.items():
            if ahead.opens_s > 0:
                self._at(ahead.opens_s, partial(self._look_at, shot_id))
            else:
                self._look_at(shot_id)

    def _look_at(self, shot_id: int) -> None:
        """Let a shot start or be over if it is time, and then those that wait for it."""
        to_look_at = [shot_id]
        while to_look_at:
            shot_id = to_look_at.pop()
            may_start, shot = self._may_start(shot_id), self._ahead[shot_id].view
            if may_start:
                self._opened.add(shot_id)
                if self._left_of(shot) > 0:
                    self._line.join(shot)
            is_over = self._is_over(shot_id)
            if is_over:
                self.ends[shot_id] = self.now_s
            if may_start or is_over:
                to_look_at += self._waiting_on[shot_id]

    def _may_start(self, shot_id: int) -> bool:
        ahead = self._ahead[shot_id]
        return (
            shot_id not in self._opened
            and not ahead.is_stopped
            and ahead.opens_s <= self.now_s
            and ahead.after <= self.ends.keys()
            and ahead.beside <= self._opened
        )

    def _is_over(self, shot_id: int) -> bool:
        ahead = self._ahead[shot_id]
        return (
            shot_id not in self.ends
            and shot_id in self._opened
            and not self._live[shot_id]
            and self._left_of(ahead.view) == 0
            and ahead.beside <= self.ends.keys()
        )

    def _fill(self) -> None:
        while (given := self.next()) is not None:
            self._begin(given)

    def _begin(self, given: Assignment) -> None:
        self.steps += 1
        shot_id, speed = given.shot_id, self.room.nodes[given.node].speed
        turn = _Turn(shot_id, given.node, speed, given.frame_count)
        own_s = given.frame_count * self._frame_s[shot_id] / speed
        turn_s = min(self._turn_s, self._turn_s * _FIRST_TURN + self.now_s * _GROWTH)
        self._live[shot_id][id(turn)] = turn
        draw = self._catch_up(shot_id)
        if own_s < turn_s and self._left_of(self._shots[shot_id]) > 0:
            draw.turns[id(turn)] = turn
            draw.rate += turn.speed / self._frame_s[shot_id]
            self._end_after(turn, turn_s)
        else:
            self._end_after(turn, own_s)
        self._expect_last(shot_id)

    def _end_after(self, turn: _Turn, seconds: float) -> None:
        turn.ends_s = self.now_s + seconds
        self._at(turn.ends_s, partial(self._end, turn, turn.ends_s))

    def _end(self, turn: _Turn, when_s: float) -> None:
        if turn.ends_s != when_s:  # it was put off since, or brought forward
            return
        turn.ends_s = -1.0
        shot_id, shot = turn.shot_id, self._shots[turn.shot_id]
        del self._live[shot_id][id(turn)]
        if self._draws[shot_id].turns.pop(id(turn), None) is not None:
            self._stop_drawing(turn)
        if turn.node in self.room.nodes:
            self.free(shot_id, turn.node)
        if self._left_of(shot) == 0:
            self._look_at(shot_id)

    def _stop_drawing(self, turn: _Turn) -> None:
        """Put back the frames that a slot was to render last."""
        draw, shot = self._catch_up(turn.shot_id), self._shots[turn.shot_id]
        draw.rate -= turn.speed / self._frame_s[shot.id]
        self._lots_left(shot)[""] += turn.frame_count
        self._line.join(shot)
        self._expect_last(shot.id)

    def _catch_up(self, shot_id: int) -> _Draw:
        """Take out what its slots have rendered since the last time."""
        draw, left = self._draws[shot_id], self._lots_left(self._shots[shot_id])
        draw.part += (self.now_s - draw.since_s) * draw.rate
        draw.since_s = self.now_s
        whole = min(int(draw.part + _EPS), left[""])
        if whole > 0:
            draw.part -= whole
            left[""] -= whole
            if left[""] == 0:
                self._line.leave(self._shots[shot_id])
        return draw

    def _expect_last(self, shot_id: int) -> None:
        """Say when nothing will be left to take, at the rate of now."""
        draw = self._draws[shot_id]
        draw.number += 1
        if draw.turns:
            left = max(0.0, self._left_of(self._shots[shot_id]) - draw.part)
            last_s = self.now_s + left / draw.rate
            self._at(last_s, partial(self._take_last, shot_id, draw.number))

    def _take_last(self, shot_id: int, number: int) -> None:
        """Let each slot end with the frames of its own, one after the other.

        Where each is in its frame is not known: the ends lie evenly over one frame, and all of them
        together take as long as the frames do.
        """
        draw, shot = self._draws[shot_id], self._shots[shot_id]
        if draw.number != number:
            return
        self._catch_up(shot_id)
        self._lots_left(shot)[""] = 0
        self._line.leave(shot)
        turns, self._draws[shot_id] = draw.turns, _Draw(since_s=self.now_s, number=number + 1)
        for place, turn in enumerate(turns.values()):
            own_s = turn.frame_count * self._frame_s[shot_id] / turn.speed
            self._end_after(turn, own_s * (0.5 + (place + 0.5) / len(turns)))

    def _left_of(self, shot: ShotView) -> int:
        return self._lots_left(shot)[""]
