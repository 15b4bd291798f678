"""Reading shots, their chunks and frames."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, String, and_, case, cast, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, defer

from brender_farm.db.models import Chunk, Event, Farm, Frame, Node, Shot, Show
from brender_farm.db.types import LARGEST, clean
from brender_farm.domain.frames import frame_list
from brender_farm.domain.shot_filter import (
    ARCHIVED_ONLY,
    ARCHIVED_TOO,
    OF_NO_SHOW,
    ShotFilter,
    day_begins,
    day_is_over,
)
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
_MOVING = ("progress", "seconds")
"""Numbers with fractions that change all the time: no page can begin after one of them."""
_LONG = (Shot.frames, Shot.pending, Shot.held, Shot.notes, Shot.warnings, Shot.audit, Shot.render)
_ALL = ShotFilter()
_IDS_AT_A_TIME = 5000
_MAX_SEARCH = 200
"""Signs: more than any name has, and fewer than SQLite refuses."""


def require_shot(session: Session, shot_id: int) -> Shot:
    """Return a shot. Raises NotFound."""
    shot = session.get(Shot, shot_id)
    if shot is None:
        raise NotFound(f"There is no shot {shot_id}.")
    return shot


def page_of_shots(
    session: Session,
    wanted: ShotFilter,
    *,
    sort: str,
    offset: int,
    limit: int,
    after: tuple[Any, int] | None = None,
) -> list[Shot]:
    """Return one page of the shots that match, without the long texts of their frames.

    `after` is a shot's `sort_value` and its number: only those that come after it in this order.
    """
    column = _SORTABLE.get(sort.lstrip("-"), Shot.id)
    order = column.desc() if sort.startswith("-") else column.asc()
    behind: list[ColumnElement[bool]] = []
    if after is not None:
        value, shot_id = after
        beyond = column < value if sort.startswith("-") else column > value
        behind = [or_(beyond, and_(column == value, Shot.id < shot_id))]
    found = session.scalars(
        select(Shot)
        .where(*_conditions(wanted, in_order=True), *_of_states(wanted), *behind)
        .order_by(order, Shot.id.desc())
        .offset(min(offset, LARGEST))
        .limit(limit)
        .options(*(defer(column) for column in _LONG))
    )
    return list(found)


def sort_value(session: Session, sort: str, shot_id: int) -> Any:
    """Return what a shot is sorted by, as the database writes it; None: no keyset sorts so."""
    name = sort.lstrip("-")
    if name in _MOVING:
        return None
    column = _SORTABLE.get(name, Shot.id)
    return session.scalar(select(column).where(Shot.id == shot_id))


def ids_matching(session: Session, wanted: ShotFilter) -> list[int]:
    """Return the numbers of all shots that match, oldest first."""
    query = select(Shot.id).where(*_conditions(wanted), *_of_states(wanted))
    return list(session.scalars(query.order_by(Shot.id)))


def counts_by_state(session: Session, wanted: ShotFilter = _ALL) -> dict[str, int]:
    """Return how many shots of each state match, whatever states the filter names."""
    query = select(Shot.state, func.count()).where(*_conditions(wanted)).group_by(Shot.state)
    counts = {str(state): count for state, count in session.execute(query)}
    return {str(state): counts.get(str(state), 0) for state in ShotState}


def archived_count(session: Session) -> int:
    query = select(func.count()).select_from(Shot).where(Shot.archived.is_(True))
    return session.scalar(query) or 0


def shots_to_archive(session: Session, finished_before: datetime) -> list[int]:
    """Return shots that were completed or cancelled before and are not put away, oldest first."""
    query = select(Shot.id).where(
        Shot.archived.is_(False),
        Shot.state.in_((ShotState.COMPLETED, ShotState.CANCELLED)),
        Shot.finished_at < finished_before,
    )
    return list(session.scalars(query.order_by(Shot.id)))


def sums_of_shots(session: Session, ids: Sequence[int]) -> list[Row[*tuple[Any, ...]]]:
    """Return those of these shots that are there, oldest first.

    As rows of id, state, frame_count, done_count, failed_count and pending_count.
    """
    columns = (Shot.id, Shot.state, Shot.frame_count, Shot.done_count, Shot.failed_count)
    found: list[Row[*tuple[Any, ...]]] = []
    for part in _parts(ids):
        found += session.execute(select(*columns, Shot.pending_count).where(Shot.id.in_(part)))
    return sorted(found, key=lambda row: row.id)


def names_of_shots(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """Return the names of those of these shots that are there."""
    names: dict[int, str] = {}
    for part in _parts(ids):
        found = session.execute(select(Shot.id, Shot.name).where(Shot.id.in_(part)))
        names |= {row.id: row.name for row in found}
    return {shot_id: names[shot_id] for shot_id in ids if shot_id in names}


def _parts(ids: Sequence[int]) -> list[Sequence[int]]:
    """Cut a list into parts that a database takes in one query."""
    return [ids[start : start + _IDS_AT_A_TIME] for start in range(0, len(ids), _IDS_AT_A_TIME)]


def show_names(session: Session) -> dict[int, str]:
    """Return the name of every show."""
    return {row.id: row.name for row in session.execute(select(Show.id, Show.name))}


def submitters(session: Session) -> list[str]:
    """Return everybody who has submitted a shot that is still known, by name."""
    names = session.scalars(select(Shot.submitter).distinct())
    return sorted(names, key=str.casefold)


def _of_states(wanted: ShotFilter) -> list[ColumnElement[bool]]:
    return [Shot.state.in_(wanted.states)] if wanted.states else []


def _conditions(wanted: ShotFilter, *, in_order: bool = False) -> list[ColumnElement[bool]]:
    """Return what a shot must meet besides being in a certain state.

    With `in_order` as a list asks, which ends after some: SQLite is kept from the index of archived
    shots, by which it would gather nearly all of them and sort them.
    """
    met: list[ColumnElement[bool]] = []
    if wanted.archived != ARCHIVED_TOO:
        only = wanted.archived == ARCHIVED_ONLY
        met.append(Shot.archived.is_not(True) if in_order and not only else Shot.archived.is_(only))
    if wanted.search.strip():
        met.append(_has(clean(wanted.search.strip()[:_MAX_SEARCH])))
    if wanted.show_id == OF_NO_SHOW:
        met.append(Shot.show_id.is_(None))
    elif wanted.show_id is not None:
        met.append(Shot.show_id == wanted.show_id)
    if wanted.submitter:
        met.append(Shot.submitter == clean(wanted.submitter))
    if wanted.min_priority is not None:
        met.append(Shot.priority >= wanted.min_priority)
    if wanted.max_priority is not None:
        met.append(Shot.priority <= wanted.max_priority)
    if wanted.since is not None:
        met.append(Shot.created_at >= day_begins(wanted.since))
    if wanted.until is not None and (end := day_is_over(wanted.until)) is not None:
        met.append(Shot.created_at < end)
    return met


def _has(search: str) -> ColumnElement[bool]:
    return or_(
        Shot.name.icontains(search, autoescape=True),
        Shot.submitter.icontains(search, autoescape=True),
        cast(Shot.id, String) == search.lstrip("#"),
    )


def shots_rev(session: Session) -> int:
    return session.scalar(select(Farm.shots_rev)) or 0


def revs_of(session: Session, ids: Sequence[int]) -> dict[int, int]:
    """Return the revision of each of these shots, fewer than a thousand, that is there."""
    if not ids:
        return {}
    found = session.execute(select(Shot.id, Shot.rev).where(Shot.id.in_(ids)))
    return {row.id: row.rev for row in found}


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
    session: Session,
    shot_id: int,
    state: str,
    *,
    offset: int,
    limit: int,
    after: int | None = None,
) -> tuple[list[int], int]:
    """Return the frames stored in this state, by number, and how many there are.

    With `after` only those with a higher number.
    """
    wanted = select(Frame.frame).where(Frame.shot_id == shot_id, Frame.state == state)
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    if after is not None:
        wanted = wanted.where(Frame.frame > after)
    return list(session.scalars(wanted.order_by(Frame.frame).offset(offset).limit(limit))), total


def live_chunks(session: Session, shot_id: int) -> list[tuple[Chunk, str]]:
    """Return the shot's chunks that are on nodes, each with its node's name."""
    found = session.execute(
        _chunks_with_node().where(Chunk.shot_id == shot_id, Chunk.state.in_(LIVE_CHUNK_STATES))
    )
    return [(chunk, node) for chunk, node in found]


def latest_chunks(
    session: Session, shot_id: int, limit: int, before: int | None = None
) -> list[tuple[Chunk, str]]:
    query = _chunks_with_node().where(Chunk.shot_id == shot_id)
    if before is not None:
        query = query.where(Chunk.id < before)
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


def events_of(
    session: Session, subject: str, subject_id: int, limit: int, before: int | None = None
) -> list[Event]:
    query = select(Event).where(Event.subject == subject, Event.subject_id == subject_id)
    if before is not None:
        query = query.where(Event.id < before)
    return list(session.scalars(query.order_by(Event.id.desc()).limit(limit)))


def is_taken(session: Session, folder: str) -> bool:
    """Whether an unfinished shot writes to this folder."""
    found = select(Shot.id).where(Shot.output_dir == folder, Shot.state.in_(UNFINISHED_SHOT_STATES))
    return session.scalar(found.limit(1)) is not None


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
