"""Reading what the overview shows. Nothing here grows with the number of frames."""

from __future__ import annotations

from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from brender_farm.db.models import Chunk, Farm, Frame, Node, Shot
from brender_farm.domain.frames import frame_list
from brender_farm.domain.states import FrameState, ShotState


def farm_tag(session: Session) -> str:
    """Return a tag that changes when a shot or a node does."""
    row = session.execute(select(Farm.shots_rev, Farm.nodes_rev)).one()
    return f"{row.shots_rev}-{row.nodes_rev}"


def newest_frames(session: Session, count: int, node_id: int | None = None) -> list[Any]:
    """Return the frames that were finished last, of the newest `count` chunks, newest first.

    As rows of shot_id, shot_name, frame, node (its name), digest and at. There is no index of
    frames by time; the newest chunks have the newest frames, near enough. With `node_id` only those
    of that node.
    """
    of_node = () if node_id is None else (Chunk.node_id == node_id,)
    chunks = session.execute(
        select(Chunk.shot_id, Chunk.frames)
        .where(Chunk.done_count > 0, *of_node)
        .order_by(Chunk.id.desc())
        .limit(count)
    ).all()
    wanted = [
        and_(Frame.shot_id == shot_id, Frame.frame.in_(list(islice(frame_list(frames), 50))))
        for shot_id, frames in chunks
    ]
    if not wanted:
        return []
    found = session.execute(
        select(
            Frame.shot_id,
            Shot.name.label("shot_name"),
            Frame.frame,
            Node.name.label("node"),
            Frame.digest,
            Frame.at,
        )
        .join(Shot, Shot.id == Frame.shot_id)
        .join(Chunk, Chunk.id == Frame.chunk_id)
        .join(Node, Node.id == Chunk.node_id)
        .where(or_(*wanted), Frame.state == FrameState.DONE, *of_node)
        .order_by(Frame.at.desc(), Frame.frame.desc())
        .limit(count)
    )
    return list(found.all())


def rendering_shots(session: Session, count: int) -> list[Shot]:
    wanted = select(Shot).where(Shot.state == ShotState.RENDERING)
    return list(session.scalars(wanted.order_by(Shot.priority.desc(), Shot.id).limit(count)))


def troubled_shots(session: Session, since: datetime, count: int) -> list[Shot]:
    """Return the shots that the farm paused, and those that failed since then, newest first."""
    wanted = select(Shot).where(
        or_(
            and_(Shot.state == ShotState.PAUSED, Shot.halted.is_(True)),
            and_(
                Shot.state == ShotState.FAILED,
                Shot.finished_at >= since,
                Shot.archived.is_(False),
            ),
        )
    )
    return list(session.scalars(wanted.order_by(Shot.id.desc()).limit(count)))


def slot_count(session: Session) -> int:
    """Return the slots of all nodes that are online."""
    wanted = select(func.sum(Node.slots)).where(Node.online.is_(True))
    return session.scalar(wanted) or 0
