"""Turning the plan into chunks: frames leave the pending set and a lease begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from brender_farm import wire
from brender_farm.db.models import Chunk, Node, Shot
from brender_farm.db.reads.planning import node_views, shot_views
from brender_farm.db.reads.rules import limit_slots
from brender_farm.db.writes.chunks import cut_chunk
from brender_farm.db.writes.loose import loose_by_folder
from brender_farm.db.writes.shots import roll_up, touch
from brender_farm.domain.planning import plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """A stored chunk that is to be sent once the transaction is committed."""

    node: str
    order: wire.ChunkOrder

    @property
    def label(self) -> str:
        """What Flower shows of the task: shot, frames, node."""
        return f"{self.order.shot_name} · frames {self.order.frames} · on {self.node}"


def assign_chunks(session: Session, *, now: datetime) -> list[Dispatch]:
    """Plan and store the chunks for all free slots, inside the caller's `writing()`."""
    nodes = node_views(session)
    if not any(node.free_slots > 0 for node in nodes.values()):
        return []
    shots = shot_views(session)
    if not any(shot.pending_count for shot in shots):
        return []
    assignments = plan(shots, list(nodes.values()), limits=limit_slots(session))
    node_ids = (
        {row.name: row.id for row in session.query(Node.name, Node.id)} if assignments else {}
    )
    loose = loose_by_folder(session) if assignments else {}
    cut: list[tuple[str, Chunk, Shot]] = []
    for assignment in assignments:
        shot = session.get_one(Shot, assignment.shot_id)
        chunk = cut_chunk(
            session,
            shot,
            node_id=node_ids[assignment.node],
            frame_count=assignment.frame_count,
            now=now,
            lot=assignment.lot,
            fences=loose.get(shot.output_dir, ()),
        )
        roll_up(session, shot, now=now)
        touch(session, shot)
        cut.append((assignment.node, chunk, shot))
    session.flush()  # all at once: now they have ids
    return [Dispatch(node=node, order=_order(chunk, shot)) for node, chunk, shot in cut]


def _order(chunk: Chunk, shot: Shot) -> wire.ChunkOrder:
    return wire.ChunkOrder(
        chunk_id=chunk.id,
        shot_id=shot.id,
        shot_name=shot.name,
        frames=chunk.frames,
        scene=wire.SceneOrder(
            blend=shot.blend,
            size_bytes=shot.blend_size_bytes,
            mtime_ns=shot.blend_mtime_ns,
            ctime_ns=shot.blend_ctime_ns,
            digest=shot.blend_digest or None,
            scene=shot.scene,
            format=shot.format,
            width=shot.width if shot.size_given else None,
            height=shot.height if shot.size_given else None,
        ),
        output_dir=shot.output_dir,
        padding=shot.padding,
        limits=wire.RenderLimits(frame_s=shot.frame_limit_s, memory_bytes=shot.memory_limit_bytes),
        fences=chunk.fences,
    )
