"""What a node's machine did in the last hour, day or week, for plots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from brender_farm.db.core import reading
from brender_farm.db.models import Node
from brender_farm.db.reads.samples import past_samples
from brender_farm.domain.samples import LEVELS
from brender_farm.errors import NotFound

SPANS = {
    "hour": (0, timedelta(hours=1)),
    "day": (1, timedelta(days=1)),
    "week": (2, timedelta(days=7)),
}
"""How far back, and which of the kept levels has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastStep:
    """Means over one step; None where the machine could not tell, or the node was away."""

    at: datetime
    """The middle of the step."""
    cpu_pct: float | None = None
    load_1: float | None = None
    memory_used_bytes: int | None = None
    disk_free_bytes: int | None = None
    net_in_bps: float | None = None
    net_out_bps: float | None = None
    temperature_c: float | None = None
    gpu_pct: float | None = None
    gpu_memory_used_bytes: int | None = None
    busy_slots: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeHistory:
    """A node's steps, oldest first. A gap is told by one step without figures."""

    steps: tuple[PastStep, ...]
    step_s: int
    slots: int
    memory_bytes: int
    since: datetime
    until: datetime

    @property
    def whole(self) -> tuple[PastStep, ...]:
        """The steps between the span's two ends, where nothing is told; empty: there are none."""
        if not self.steps:
            return ()
        return (PastStep(at=self.since), *self.steps, PastStep(at=self.until))


def node_history(node_id: int, span: str, *, now: datetime | None = None) -> NodeHistory:
    """Return a node's figures over a span: hour, day or week. Raises NotFound."""
    if span not in SPANS:
        raise NotFound(f"There is no span {span!r}: choose {', '.join(SPANS)}.")
    number, length = SPANS[span]
    step_s, now = LEVELS[number].step_s, now or datetime.now(UTC)
    with reading() as session:
        node = session.get(Node, node_id)
        if node is None or node.is_gone:
            raise NotFound(f"There is no node {node_id}.")
        rows = past_samples(session, node_id, step_s, now - length)
        half = timedelta(seconds=step_s / 2)
        steps = [
            PastStep(
                at=row.at + half,
                cpu_pct=row.cpu_pct,
                load_1=row.load_1,
                memory_used_bytes=row.memory_used_bytes,
                disk_free_bytes=row.disk_free_bytes,
                net_in_bps=row.net_in_bps,
                net_out_bps=row.net_out_bps,
                temperature_c=row.temperature_c,
                gpu_pct=row.gpu_pct,
                gpu_memory_used_bytes=row.gpu_memory_used_bytes,
                busy_slots=row.busy_slots,
            )
            for row in rows
        ]
        return NodeHistory(
            steps=tuple(with_gaps(steps, step_s)),
            step_s=step_s,
            slots=node.slots,
            memory_bytes=node.memory_bytes,
            since=now - length,
            until=now,
        )


def with_gaps(steps: Sequence[PastStep], step_s: int) -> list[PastStep]:
    """Put a step without figures where some are missing, so that no line is drawn over it."""
    told: list[PastStep] = []
    for step in steps:
        if told and (step.at - told[-1].at).total_seconds() > 1.5 * step_s:
            told.append(PastStep(at=told[-1].at + timedelta(seconds=step_s)))
        told.append(step)
    return told
