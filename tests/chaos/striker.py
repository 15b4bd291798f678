"""Carries out the plan: strikes when a moment has come, heals when it is over, notes both."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from random import Random

from tests.chaos.farm import ChaosFarm
from tests.chaos.faults import NothingToStrike
from tests.chaos.schedule import Planned
from tests.chaos.waste import Struck

_FIND_VICTIM_S = 3.0
"""How long a strike waits for its victim, such as a Blender."""


@dataclass(frozen=True, slots=True)
class _Active:
    planned: Planned
    struck: Struck
    wound: AbstractContextManager[None]


class Striker:
    """Belongs to one thread, which calls `step` again and again."""

    def __init__(
        self, farm: ChaosFarm, plan: Sequence[Planned], seed: int, tell: Callable[[str], None]
    ) -> None:
        self._farm = farm
        self._waiting = list(plan)
        self._chance = Random(seed)
        self._tell = tell
        self._active: list[_Active] = []
        self._zero = time.monotonic()
        self.struck: list[Struck] = []
        """What happened, in order."""

    @property
    def has_more(self) -> bool:
        """Whether something is still to be struck."""
        return bool(self._waiting)

    @property
    def is_over(self) -> bool:
        return not (self._waiting or self._active)

    def strikes(self, part: str) -> bool:
        """Tell whether a part is struck now."""
        return any(active.planned.part == part for active in self._active)

    def step(self) -> None:
        """Do what is due."""
        now_s = time.monotonic() - self._zero
        for active in list(self._active):
            if active.planned.until_s <= now_s:
                self._heal(active)
        for planned in [planned for planned in self._waiting if planned.at_s <= now_s]:
            self._strike(planned, is_last_try=now_s - planned.at_s > _FIND_VICTIM_S)

    def heal_all(self) -> None:
        for active in list(self._active):
            self._heal(active)

    def _strike(self, planned: Planned, *, is_last_try: bool) -> None:
        struck = Struck(planned.fault, planned.victim, time.monotonic())
        wound = planned.fault.strike(self._farm, planned.victim, self._chance)
        try:
            wound.__enter__()
        except NothingToStrike as nothing:
            if is_last_try:
                self._waiting.remove(planned)
                self._tell(f"not struck, {nothing}: {planned}")
            return
        self._waiting.remove(planned)
        self.struck.append(struck)
        self._active.append(_Active(planned, struck, wound))
        self._tell(str(planned))

    def _heal(self, active: _Active) -> None:
        self._active.remove(active)
        active.wound.__exit__(None, None, None)
        active.struck.until = time.monotonic()
        if active.planned.lasts_s:
            self._tell(f"healed: {active.planned.fault.name}, {active.planned.victim}")
