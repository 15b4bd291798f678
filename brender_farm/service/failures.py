"""Every frame that failed, on the whole farm, with what it means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from brender_farm.db.core import reading
from brender_farm.db.reads import failures as reads
from brender_farm.domain.error_lines import error_lines
from brender_farm.domain.explain import Explanation, explain
from brender_farm.domain.states import FrameState, may_rerender, shot_actions

_ERRORS_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A frame that gave up, or that failed and is to be tried again."""

    shot_id: int
    shot_name: str
    frame: int
    gave_up: bool
    """Whether it is tried no more; else it waits for another try."""
    tries: int
    node: str
    """Where it failed last; empty when that is not known."""
    chunk_id: int | None
    reason: str
    last_line: str
    """The last line of Blender's output."""
    errors: tuple[str, ...]
    """The last of its lines that tell of trouble, oldest first."""
    explanation: Explanation | None
    actions: tuple[str, ...]
    """What may be done about it: rerender, pause (its shot)."""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureList:
    """The newest failures, newest first."""

    rows: tuple[Failure, ...]
    total: int
    """Frames that gave up, on the whole farm."""
    tag: str


def list_failures(limit: int = 200, node_id: int | None = None) -> FailureList:
    """Return the frames that failed, of the newest hundred shots with any; newest first.

    With `node_id` only those that failed last on that node.
    """
    with reading() as session:
        rows = tuple(
            Failure(
                shot_id=row.shot_id,
                shot_name=row.shot_name,
                frame=row.frame,
                gave_up=row.state is FrameState.FAILED,
                tries=row.tries,
                node=row.node or "",
                chunk_id=row.chunk_id,
                reason=row.reason,
                last_line=_last_line(row.log_tail),
                errors=tuple(error_lines(row.log_tail.splitlines(), _ERRORS_SHOWN)),
                explanation=explain(row.reason, row.log_tail),
                actions=_actions(row),
                at=row.at,
            )
            for row in reads.failed_frames(session, limit, node_id)
        )
        return FailureList(
            rows=rows, total=reads.gave_up_count(session), tag=reads.failures_tag(session)
        )


def failures_tag() -> str:
    """Return a tag that changes when any shot does."""
    with reading() as session:
        return reads.failures_tag(session)


def _actions(row: Any) -> tuple[str, ...]:
    again = ["rerender"] if may_rerender(row.shot_state, row.state) else []
    pause = ["pause"] if "pause" in shot_actions(row.shot_state) else []
    return (*again, *pause)


def _last_line(log_tail: str) -> str:
    return next((line for line in reversed(log_tail.splitlines()) if line.strip()), "")
