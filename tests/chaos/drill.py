"""One drill: a farm, its work, the faults of a seed, and the audit."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from brender_farm.db.core import reading
from brender_farm.db.models import Chunk, Node
from tests.chaos.audit_farm import audit
from tests.chaos.farm import ChaosFarm
from tests.chaos.faults import Fault
from tests.chaos.journal import read_journal
from tests.chaos.reference import Reference
from tests.chaos.schedule import FAULTS, Planned, plan
from tests.chaos.striker import Striker
from tests.chaos.visitor import Visitor
from tests.chaos.waste import Lease, Waste, find_waste
from tests.chaos.work import FAKE_ORDERS, Order, Work
from tests.waiting import wait_for

SETTLE_LIMIT_S = 120.0
"""How long the shots may take after the last fault is healed."""
_LAST_LINES = 25
_LOOK_EVERY_S = 0.5
_REFERENCE_LIMIT_S = 180.0


@dataclass(kw_only=True)
class Found:
    """What a drill found."""

    seed: int
    struck: Counter[str]
    frames: int
    waste: Waste
    helped: int
    fell: list[str]
    """Processes that ended without being struck, with their last words."""
    wall_s: float
    problems: list[str]
    log: list[str]

    @property
    def report(self) -> str:
        """All there is to know for repeating it."""
        head = f"seed {self.seed}: {len(self.problems)} problems"
        return "\n".join([head, *self.problems, "What struck when:", *self.log])


class Drill:
    """Runs once, on a farm that has not been started; the caller stops the farm."""

    def __init__(
        self,
        farm: ChaosFarm,
        seed: int,
        *,
        seconds: float,
        faults: Sequence[Fault] = FAULTS,
        orders: tuple[Order, ...] = FAKE_ORDERS,
    ) -> None:
        self.log: list[str] = []
        self._farm = farm
        self._seed = seed
        self._seconds = seconds
        self._faults = faults
        self._orders = orders
        self._work = Work(farm, orders, self._tell)
        self._fell: list[str] = []
        self._next_look = 0.0
        self._zero = time.monotonic()

    def run(self) -> Found:
        """Strike, heal, wait until all is rendered, audit."""
        began = time.monotonic()
        self._farm.start_all()
        reference = self._render_reference()
        visitor = Visitor(self._farm.settings.url)
        visitor.start()
        self._zero = time.monotonic()
        striker = Striker(self._farm, self._plan(), self._seed, self._tell)
        problems = self._fight(striker)
        visitor.leave()
        done = [shot for shot in self._work.shots if shot not in self._work.left]
        problems += audit(self._farm, done, reference) + sorted(set(visitor.errors))
        waste = self._find_waste(striker, reference)
        return Found(
            seed=self._seed,
            struck=Counter(strike.fault.name for strike in striker.struck),
            frames=self._work.frame_count,
            waste=waste,
            helped=self._work.helped,
            fell=self._fell,
            wall_s=time.monotonic() - began,
            problems=[*problems, *waste.needless],
            log=self.log,
        )

    def _fight(self, striker: Striker) -> list[str]:
        """Go through the plan and wait for every shot; return those that are stuck."""
        limit_s = self._seconds + SETTLE_LIMIT_S
        try:
            wait_for(lambda: self._step(striker), "every shot is completed", limit_s=limit_s)
        except AssertionError:
            return [f"stuck: {why}" for why in self._work.why()]
        finally:
            striker.heal_all()
        return []

    def _step(self, striker: Striker) -> bool:
        """Do what is due; tell whether the drill is over."""
        striker.step()
        for name, status in self._farm.restart_fallen().items():
            words = f"{name} ended by itself with {status}: {self._last_words(name)}"
            self._fell.append(words)
            self._tell(f"{self._fell[-1]}; it was started again")
        if time.monotonic() >= self._next_look:
            self._work.look()
            if striker.has_more:
                self._work.keep_busy()
            if not striker.strikes("output"):  # while the disk is full a retry is futile
                self._work.help()
            self._next_look = time.monotonic() + _LOOK_EVERY_S
        return striker.is_over and not self._work.left

    def _plan(self) -> list[Planned]:
        possible = [fault for fault in self._faults if self._farm.disk or not fault.needs_disk]
        for fault in self._faults:
            if fault not in possible:
                self._tell(f"left out, as this user may not mount a disk: {fault.name}")
        return plan(self._seed, seconds=self._seconds, faults=possible)

    def _render_reference(self) -> Reference:
        """Render the same frames while nothing is wrong."""
        most = max(self._orders, key=lambda order: order.frames)
        shot = self._work.submit(Order(frames=most.frames, chunk_size=10, more=most.more))
        detail = self._farm.wait_until_over(shot, limit_s=_REFERENCE_LIMIT_S)
        self._work.look()
        assert not self._work.left, f"the run without faults failed: {detail.row}"
        return Reference(Path(detail.output_dir), by_pixels=not self._farm.is_fake)

    def _find_waste(self, striker: Striker, reference: Reference) -> Waste:
        with self._farm.core.app_context(), reading() as session:
            race = func.coalesce(Chunk.twin_of, Chunk.id).label("race")
            chunks = select(Chunk.id, Chunk.shot_id, Node.name, race)
            leases = {
                row.id: Lease(row.shot_id, row.name, row.race)
                for row in session.execute(chunks.join(Node, Node.id == Chunk.node_id))
            }
        sizes = {int(path.stem): path.stat().st_size for path in reference.folder.glob("*.png")}
        journal = read_journal(self._farm.journal)
        return find_waste(journal, striker.struck, leases, sizes)

    def _last_words(self, name: str) -> str:
        lines = self._farm.log(name).strip().splitlines()[-_LAST_LINES:]
        return "".join(f"\n    {line[-300:]}" for line in lines)

    def _tell(self, what: str) -> None:
        self.log.append(f"{time.monotonic() - self._zero:7.2f} s  {what}")
