"""Every frame that failed, on the whole farm, with what it means."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from brender_farm.db.core import reading
from brender_farm.db.reads import failures as reads
from brender_farm.domain.error_lines import error_lines
from brender_farm.domain.explain import explain
from brender_farm.domain.states import FrameState, may_rerender, shot_actions
from brender_farm.service.shapes.stuck import Failure, FailureList

_ERRORS_SHOWN = 3


def list_failures(
    limit: int = 200,
    node_id: int | None = None,
    *,
    after: tuple[datetime, int, int] | None = None,
) -> FailureList:
    """Return the frames that failed, of the newest hundred shots with any; newest first.

    With `node_id` only those that failed last on that node; with `after` (at, frame, shot_id) those
    that come after that one.
    """
    with reading() as session:
        rows = tuple(
            Failure(
                shot_id=row.shot_id,
                shot_name=row.shot_name,
                submitter=row.submitter,
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
            for row in reads.failed_frames(session, limit, node_id, after)
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
