"""What the farm has to do during a drill, and the hand that helps what gave up."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from brender_farm.domain.states import NodeIntent, ShotState
from brender_farm.service import again, nodes
from tests.chaos.farm import ChaosFarm

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A shot to submit: its frames, its chunks, and the fake Blender's time for a frame."""

    frames: int
    chunk_size: int | str = "auto"
    seconds: float = 0.0
    more: dict[str, Any] = field(default_factory=dict)
    """More of the request."""


FAKE_ORDERS = (
    Order(frames=300, seconds=0.08),
    Order(frames=100, chunk_size=1, seconds=0.1),
    Order(frames=100, chunk_size=7, seconds=0.02),
    Order(frames=60, chunk_size=25, seconds=0.2, more={"race": True}),
    Order(frames=24, chunk_size=3, seconds=0.6, more={"race": True}),
    Order(frames=150, seconds=0.15),
)
_AT_ONCE = 2


class Work:
    """Submits shots, two at a time, and keeps an eye on them."""

    def __init__(self, farm: ChaosFarm, orders: tuple[Order, ...], tell: Tell) -> None:
        self._farm = farm
        self._tell = tell
        self._orders: Iterator[Order] = itertools.cycle(orders)
        self._left: dict[int, str] = {}
        self.shots: list[int] = []
        self.frame_count = 0
        self.helped = 0
        """How often a person had to retry, resume or enable something."""

    @property
    def left(self) -> list[int]:
        """The shots that are not completed."""
        return list(self._left)

    def submit(self, order: Order) -> int:
        """Submit one shot."""
        farm = self._farm
        behaviour: dict[str, Any] = {"seconds": order.seconds, "frame_end": order.frames}
        blend = farm.blend(**behaviour)
        farm.scenes[blend] = behaviour
        shot = farm.submit(
            blend,
            frames=f"1-{order.frames}",
            chunk_size=order.chunk_size,
            output=str(farm.output / f"shot-{len(farm.scenes)}"),
            **order.more,
        )
        self._left[shot] = ""
        self.shots.append(shot)
        self.frame_count += order.frames
        return shot

    def keep_busy(self) -> None:
        """Submit more, so that there is always something to strike."""
        while len(self._left) < _AT_ONCE:
            self.submit(next(self._orders))

    def look(self) -> None:
        """Take note of what is completed."""
        for shot in self.left:
            if self._farm.shot(shot).row.state is ShotState.COMPLETED:
                del self._left[shot]

    def help(self) -> None:
        """Do what a person does who finds a shot failed, paused or without nodes, or a node out."""
        for shot in self.left:
            self._help_shot(shot)
        with self._farm.core.app_context():
            for node in nodes.list_nodes().rows:
                if node.intent is NodeIntent.DISABLED:
                    self._say(f"enable {node.name}: {node.reason}")
                    nodes.act_on_node(node.id, "enable", actor="tests")

    def _help_shot(self, shot: int) -> None:
        detail = self._farm.shot(shot)
        for state, action in ((ShotState.FAILED, "retry"), (ShotState.PAUSED, "resume")):
            if detail.row.state is state:
                self._say(f"{action} shot {shot}: {detail.row.reason}")
                self._farm.act(shot, action)
        if "clear the bans" in detail.waiting:  # no node is left that may render it
            self._say(f"clear the bans of shot {shot}: {detail.waiting}")
            with self._farm.core.app_context():
                again.clear_bans(shot, actor="tests")

    def why(self) -> list[str]:
        """Say of each shot that is not completed what is left of it."""
        return [f"{self._farm.shot(s).row} {self._farm.shot(s).waiting}" for s in self.left]

    def _say(self, what: str) -> None:
        self.helped += 1
        self._tell(f"by hand: {what}")
