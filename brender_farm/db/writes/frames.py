"""Changing stored frames. All of these run inside `writing()`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from brender_farm.db.models import Chunk, Frame, Shot
from brender_farm.db.reads.frames import frames_numbered
from brender_farm.db.writes.dependencies import hold_followers
from brender_farm.db.writes.line import keep_away, put_in_line
from brender_farm.db.writes.shots import count_gave_up
from brender_farm.domain.failures import after_vanishing, nodes_to_avoid
from brender_farm.domain.frames import Spans, frame_list
from brender_farm.domain.retries import add_retry
from brender_farm.domain.states import FrameState

_BATCH = 500


def stored_frame(session: Session, shot: Shot, number: int, *, now: datetime) -> Frame:
    """Return a frame's row, made when it has none yet."""
    frame = session.get(Frame, (shot.id, number))
    return frame if frame is not None else new_frame(session, shot, number, now=now)


def new_frame(session: Session, shot: Shot, number: int, *, now: datetime) -> Frame:
    """Make the row of a frame that has none."""
    frame = Frame(
        shot_id=shot.id,
        frame=number,
        state=FrameState.PENDING,
        tries=0,
        vanished=0,
        failed_on=[],
        stale_up_to=0,
        at=now,
    )
    session.add(frame)
    return frame


def put_back(session: Session, shot: Shot, positions: Spans) -> None:
    """Make frames pending again, those that failed before away from where they did."""
    if not positions:
        return
    keep_away(session, shot, put_in_line(session, shot, positions))


def try_again(
    session: Session, shot: Shot, frame: Frame, position: int, failed_on: Iterable[int]
) -> None:
    """Make a failed frame pending, to be rendered by another node if there is one."""
    frame.failed_on = list(failed_on)
    if put_in_line(session, shot, Spans.of([position])):
        shot.retries = add_retry(shot.retries, frame.failed_on, position)


def blame_vanishing(
    session: Session,
    chunk: Chunk,
    shot: Shot,
    number: int,
    *,
    node: str,
    is_held: bool = False,
    now: datetime,
) -> None:
    """Note that a node vanished while it rendered this frame of its chunk.

    A frame that a rival in a race has as well (`is_held`) is not given up meanwhile.
    """
    frame = stored_frame(session, shot, number, now=now)
    if frame.state is FrameState.DONE:
        return
    frame.vanished += 1
    frame.failed_on = nodes_to_avoid(frame.failed_on, chunk.node_id)
    frame.reason = f"{node} vanished while rendering it, the {_nth(frame.vanished)} time."
    frame.at = now
    if is_held or after_vanishing(frame.vanished) is not FrameState.FAILED:
        return
    frame.reason = (
        f"Quarantined: nodes vanished {frame.vanished} times while rendering it, {node} last. "
        "It may bring down any machine. Look at the scene at this frame, then retry."
    )
    frame.state, frame.chunk_id = FrameState.FAILED, chunk.id
    count_gave_up(shot)
    position = frame_list(shot.frames).position(number)
    if position is not None:
        chunk.spans = (Spans.decode(chunk.spans) - Spans.of([position])).encode()
        chunk.failed_count += 1


def ask_again(session: Session, shot: Shot, positions: Spans, *, reason: str, now: datetime) -> int:
    """Put finished and failed frames back to pending; their files stay until new ones are proven.

    What earlier chunks still report of them no longer counts, and pending frames of other shots
    that come after them are held again. Frames that are pending or rendering are left alone.
    Returns how many were put back; the caller rolls the shot up.
    """
    newest = session.scalar(select(func.max(Chunk.id))) or 0
    order = frame_list(shot.frames)
    back: list[int] = []
    numbers = list(order.at(positions))
    for start in range(0, len(numbers), _BATCH):
        for frame in frames_numbered(session, shot.id, numbers[start : start + _BATCH]):
            if frame.state is FrameState.PENDING:
                continue
            _forget_result(shot, frame)
            frame.stale_up_to, frame.reason, frame.at = newest, reason, now
            position = order.position(frame.frame)
            assert position is not None
            back.append(position)
    put_in_line(session, shot, Spans.of(back))
    hold_followers(session, shot, order.at(Spans.of(back)), now=now)
    return len(back)


def _forget_result(shot: Shot, frame: Frame) -> None:
    if frame.state is FrameState.DONE:
        shot.done_count -= 1
        if frame.seconds is not None:
            shot.measured_count -= 1
            shot.render_seconds -= frame.seconds
    else:
        shot.failed_count -= 1
        shot.failed_run = min(shot.failed_run, shot.failed_count)
    frame.state, frame.tries, frame.vanished, frame.failed_on = FrameState.PENDING, 0, 0, []
    frame.log_tail = ""


def _nth(number: int) -> str:
    return {1: "first", 2: "second", 3: "third"}.get(number, f"{number}th")
