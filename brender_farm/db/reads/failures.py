"""Reading failures, over all shots."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from brender_farm.db.models import Chunk, Farm, Frame, Node, Shot
from brender_farm.domain.states import FrameState

_SHOTS = 100


def failed_frames(
    session: Session,
    limit: int,
    node_id: int | None = None,
    after: tuple[datetime, int, int] | None = None,
) -> list[Any]:
    """Return frames that gave up or wait for another try, of the newest shots with any.

    As rows of shot_id, shot_name, submitter, shot_state, frame, state, tries, node (its name),
    chunk_id, reason, log_tail and at; newest first. With `node_id` only those that failed last on
    that node; with `after` (at, frame, shot_id) those that come after that one.
    """
    has_any = or_(Shot.failed_count > 0, Shot.retries != {})
    shots = (
        select(Shot.id)
        .where(has_any, Shot.archived.is_(False))
        .order_by(Shot.id.desc())
        .limit(_SHOTS)
    )
    ids = list(session.scalars(shots))
    tried = or_(
        Frame.state == FrameState.FAILED,
        and_(Frame.state == FrameState.PENDING, Frame.tries > 0),
    )
    on_it = () if node_id is None else (Chunk.node_id == node_id,)
    behind = () if after is None else (_behind(*after),)
    found = session.execute(
        select(
            Frame.shot_id,
            Shot.name.label("shot_name"),
            Shot.submitter,
            Shot.state.label("shot_state"),
            Frame.frame,
            Frame.state,
            Frame.tries,
            Node.name.label("node"),
            Frame.chunk_id,
            Frame.reason,
            Frame.log_tail,
            Frame.at,
        )
        .join(Shot, Shot.id == Frame.shot_id)
        .outerjoin(Chunk, Chunk.id == Frame.chunk_id)
        .outerjoin(Node, Node.id == Chunk.node_id)
        .where(Frame.shot_id.in_(ids), tried, *on_it, *behind)
        .order_by(Frame.at.desc(), Frame.frame, Frame.shot_id)
        .limit(limit)
    )
    return list(found.all())


def _behind(at: datetime, frame: int, shot_id: int) -> ColumnElement[bool]:
    same = and_(Frame.frame == frame, Frame.shot_id > shot_id)
    return or_(Frame.at < at, and_(Frame.at == at, or_(Frame.frame > frame, same)))


def gave_up_count(session: Session) -> int:
    query = select(func.sum(Shot.failed_count)).where(Shot.archived.is_(False))
    return session.scalar(query) or 0


def failures_tag(session: Session) -> str:
    """Return a tag that changes when any shot does."""
    return str(session.scalar(select(Farm.shots_rev)))
