"""Reading what frames took: each of a small shot, steps of neighbours of a large one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, String, case, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from brender_farm.db.models import Chunk, Frame, Node
from brender_farm.domain.states import FrameState

FIGURES: dict[str, InstrumentedAttribute[Any]] = {
    "seconds": Frame.seconds,
    "memory": Frame.peak_bytes,
}


@dataclass(frozen=True, slots=True)
class Step:
    """Neighbouring frames taken together."""

    frame: int
    """The first number that belongs to it."""
    values: tuple[float, ...]
    """Of its finished frames, smallest first."""
    failed_tries: int


def tried_range(session: Session, shot_id: int) -> tuple[int, int, int]:
    """Return the first and last number of the frames that were tried, and how many there are."""
    wanted = select(func.min(Frame.frame), func.max(Frame.frame), func.count())
    first, last, count = session.execute(wanted.where(Frame.shot_id == shot_id)).one()
    return first or 0, last or 0, count


def figures_by_frame(session: Session, shot_id: int, figure: str) -> list[Row[Any]]:
    """Return (frame, value, tries, node) of every frame that was tried, by number."""
    value = _of_finished(figure).label("value")
    wanted = (
        select(Frame.frame, value, Frame.tries, Node.name.label("node"))
        .outerjoin(Chunk, Chunk.id == Frame.chunk_id)
        .outerjoin(Node, Node.id == Chunk.node_id)
        .where(Frame.shot_id == shot_id)
    )
    return list(session.execute(wanted.order_by(Frame.frame)))


def figures_by_step(
    session: Session, shot_id: int, figure: str, *, first: int, width: int
) -> Iterator[Step]:
    """Yield the figures in steps of `width` numbers from `first` on.

    Values come as one text a step: a row for every frame would take three times as long.
    """
    step = ((Frame.frame - first) // width).label("step")
    values = func.aggregate_strings(cast(_of_finished(figure), String), ",")
    wanted = select(step, values.label("values"), func.sum(Frame.tries).label("tries")).where(
        Frame.shot_id == shot_id
    )
    for row in session.execute(wanted.group_by(step).order_by(step)):
        numbers = sorted(map(float, row.values.split(","))) if row.values else ()
        yield Step(first + row.step * width, tuple(numbers), int(row.tries or 0))


def highest(session: Session, shot_id: int, figure: str, limit: int) -> list[Row[Any]]:
    """Return (frame, value, node) of the finished frames that took most."""
    value = FIGURES[figure]
    wanted = (
        select(Frame.frame, value.label("value"), Node.name.label("node"))
        .outerjoin(Chunk, Chunk.id == Frame.chunk_id)
        .outerjoin(Node, Node.id == Chunk.node_id)
        .where(Frame.shot_id == shot_id, Frame.state == FrameState.DONE, value.is_not(None))
    )
    return list(session.execute(wanted.order_by(value.desc(), Frame.frame).limit(limit)))


def _of_finished(figure: str) -> ColumnElement[Any]:
    """A figure, NULL for frames that are not finished: theirs is of an earlier picture."""
    return case((Frame.state == FrameState.DONE, FIGURES[figure]))
