"""Reading shots, their chunks and frames."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Select, String, case, cast, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from brender_farm.db.models import Chunk, Event, Farm, Frame, Node, Shot
from brender_farm.db.types import LARGEST, clean
from brender_farm.domain.frames import frame_list
from brender_farm.domain.states import LIVE_CHUNK_STATES, UNFINISHED_SHOT_STATES, ShotState
from brender_farm.errors import NotFound

_SORTABLE: dict[str, ColumnElement[Any] | InstrumentedAttribute[Any]] = {
    "id": Shot.id,
    "name": func.lower(Shot.name),
    "state": Shot.state,
    "priority": Shot.priority,
    "submitter": func.lower(Shot.submitter),
    "frames": Shot.frame_count,
    "progress": Shot.done_count * 1.0 / Shot.frame_count,
    "created": Shot.id,
    "seconds": case(
        (Shot.measured_count > 0, Shot.render_seconds / Shot.measured_count), else_=0.0
    ),
}
_MAX_SEARCH = 200
"""Signs: more than any name has, and fewer than SQLite refuses."""


def require_shot(session: Session, shot_id: int) -> Shot:
    """Return a shot. Raises NotFound."""
    shot = session.get(Shot, shot_id)
    if shot is None:
        raise NotFound(f"There is no shot {shot_id}.")
    return shot


def page_of_shots(
    session: Session, *, search: str, state: str, sort: str, offset: int, limit: int
) -> tuple[list[Shot], int]:
    """Return one page of the matching shots, and how many match."""
    wanted = _matching(select(Shot), search, state)
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    column = _SORTABLE.get(sort.lstrip("-"), Shot.id)
    order = column.desc() if sort.startswith("-") else column.asc()
    found = session.scalars(
        wanted.order_by(order, Shot.id.desc()).offset(min(offset, LARGEST)).limit(limit)
    )
    return list(found), total


def _matching(query: Select[Shot], search: str, state: str) -> Select[Shot]:
    if state:
        query = query.where(Shot.state == state)
    if search:
        search = clean(search[:_MAX_SEARCH])
        query = query.where(
            or_(
                Shot.name.icontains(search, autoescape=True),
                Shot.submitter.icontains(search, autoescape=True),
                cast(Shot.id, String) == search.lstrip("#"),
            )
        )
    return query


def counts_by_state(session: Session) -> dict[str, int]:
    found = session.execute(select(Shot.state, func.count()).group_by(Shot.state)).all()
    counts = {str(state): count for state, count in found}
    return {str(state): counts.get(str(state), 0) for state in ShotState}


def shots_rev(session: Session) -> int:
    return session.scalar(select(Farm.shots_rev)) or 0


def frames_of(
    session: Session, shot_id: int, numbers: Sequence[int]
) -> dict[int, tuple[Frame, str | None]]:
    """Return what is stored of these frames, each with the name of its node."""
    found = session.execute(
        select(Frame, Node.name)
        .outerjoin(Chunk, Chunk.id == Frame.chunk_id)
        .outerjoin(Node, Node.id == Chunk.node_id)
        .where(Frame.shot_id == shot_id, Frame.frame.in_(numbers))
    ).all()
    return {frame.frame: (frame, node) for frame, node in found}


def frame_numbers_in_state(
    session: Session, shot_id: int, state: str, *, offset: int, limit: int
) -> tuple[list[int], int]:
    """Return the frames stored in this state, by number, and how many there are."""
    wanted = select(Frame.frame).where(Frame.shot_id == shot_id, Frame.state == state)
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    return list(session.scalars(wanted.order_by(Frame.frame).offset(offset).limit(limit))), total


def live_chunks(session: Session, shot_id: int) -> list[tuple[Chunk, str]]:
    """Return the shot's chunks that are on nodes, each with its node's name."""
    found = session.execute(
        _chunks_with_node().where(Chunk.shot_id == shot_id, Chunk.state.in_(LIVE_CHUNK_STATES))
    )
    return [(chunk, node) for chunk, node in found]


def latest_chunks(session: Session, shot_id: int, limit: int) -> list[tuple[Chunk, str]]:
    query = _chunks_with_node().where(Chunk.shot_id == shot_id)
    found = session.execute(query.order_by(Chunk.id.desc()).limit(limit))
    return [(chunk, node) for chunk, node in found]


def newest_done_frames(session: Session, shot_id: int) -> list[int]:
    """Return frames of the newest chunks that finished some: the last finished one is of these.

    At most 200, of the newest 8 such chunks: there is no index of frames by time.
    """
    wanted = select(Chunk.frames).where(Chunk.shot_id == shot_id, Chunk.done_count > 0)
    texts = session.scalars(wanted.order_by(Chunk.id.desc()).limit(8))
    numbers = [number for text in texts for number in islice(frame_list(text), 100)]
    return numbers[:200]


def chunk_with_node(session: Session, chunk_id: int) -> tuple[Chunk, str] | None:
    found = session.execute(_chunks_with_node().where(Chunk.id == chunk_id)).one_or_none()
    return None if found is None else (found[0], found[1])


def _chunks_with_node() -> Select[Chunk, str]:
    return select(Chunk, Node.name).join(Node, Node.id == Chunk.node_id)


def events_of(session: Session, subject: str, subject_id: int, limit: int) -> list[Event]:
    query = select(Event).where(Event.subject == subject, Event.subject_id == subject_id)
    return list(session.scalars(query.order_by(Event.id.desc()).limit(limit)))


def taken_folders(session: Session) -> set[str]:
    """Return the output folders of all unfinished shots."""
    query = select(Shot.output_dir).where(Shot.state.in_(UNFINISHED_SHOT_STATES))
    return set(session.scalars(query))


def other_shot_writing_to(session: Session, shot: Shot) -> int | None:
    """Return another unfinished shot with the same output folder."""
    return session.scalar(
        select(Shot.id)
        .where(
            Shot.output_dir == shot.output_dir,
            Shot.id != shot.id,
            Shot.state.in_(UNFINISHED_SHOT_STATES),
        )
        .limit(1)
    )
