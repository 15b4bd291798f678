"""Turning the plan into chunks: frames leave the pending set and a lease begins."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath

from sqlalchemy.orm import Session

from brender_farm import wire
from brender_farm.db.models import Chunk, Shot
from brender_farm.db.writes.chunks import cut_chunk
from brender_farm.db.writes.loose import loose_by_folder
from brender_farm.db.writes.shots import roll_up, touch
from brender_farm.domain.path_mapping import System, system_of, to_node
from brender_farm.domain.planning import plan
from brender_farm.domain.views import Assignment
from brender_farm.service.desk import Desk, is_dispatchable
from brender_farm.service.racing import race_stragglers

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """A stored chunk that is to be sent once the transaction is committed."""

    node: str
    order: wire.ChunkOrder
    race: int | None = None
    """Which race its frames are claimed in before they are published; None: in none."""

    @property
    def label(self) -> str:
        """What Flower shows of the task: shot, frames, node."""
        return f"{self.order.shot_name} · frames {self.order.frames} · on {self.node}"


def assign_chunks(session: Session, *, now: datetime, desk: Desk | None = None) -> list[Dispatch]:
    """Plan and store the chunks for all free slots, inside the caller's `writing()`.

    `desk` is what the caller keeps between plans; without one everything is read.
    """
    desk = desk if desk is not None else Desk()
    desk.look(session, now)
    shots, nodes = list(desk.shots.values()), list(desk.nodes.values())
    assignments = plan(shots, nodes, limits=desk.limits, room=desk.room) if desk.has_work else []
    loose = loose_by_folder(session) if assignments else {}
    cut: list[tuple[str, Chunk, Shot]] = []
    for assignment in assignments:
        shot = session.get_one(Shot, assignment.shot_id)
        if not _can_give(shot, assignment):
            log.error("A plan did not fit its shot.", extra={"shot_id": shot.id})
            desk.forget()
            continue
        chunk = cut_chunk(
            session,
            shot,
            node_id=desk.node_ids[assignment.node],
            frame_count=assignment.frame_count,
            now=now,
            lot=assignment.lot,
            fences=loose.get(shot.output_dir, ()),
        )
        roll_up(session, shot, now=now)
        touch(session, shot)
        cut.append((assignment.node, chunk, shot))
    cut += race_stragglers(session, shots, nodes, assignments, limits=desk.limits, now=now)
    if not cut:
        return []
    session.flush()  # all at once: now they have ids
    desk.note_sent(session, [chunk for _, chunk, _ in cut])
    return [
        Dispatch(
            node=node,
            order=_order(chunk, shot, desk, system_of(desk.nodes[node].os)),
            race=_race(chunk, shot),
        )
        for node, chunk, shot in cut
    ]


def _race(chunk: Chunk, shot: Shot) -> int | None:
    return (chunk.twin_of or chunk.id) if shot.race else None


def _can_give(shot: Shot, assignment: Assignment) -> bool:
    """Whether the shot, as it is stored, has what is to be given of it."""
    return is_dispatchable(shot) and (not assignment.lot or assignment.lot in shot.retries)


def _may_run_scripts(shot: Shot, desk: Desk) -> bool:
    """Whether the shot's show lets its files run scripts, and the file is one of the show's.

    Whoever submits may name any show. So the file must lie in its root, too, where only those who
    may write there have put it.
    """
    root = desk.scripted.get(shot.show_id or 0)
    return root is not None and PurePath(shot.blend).is_relative_to(root)


def _order(chunk: Chunk, shot: Shot, desk: Desk, system: System | None) -> wire.ChunkOrder:
    """Return what the node is told; its paths are those of its own system."""
    roots = desk.roots
    return wire.ChunkOrder(
        chunk_id=chunk.id,
        shot_id=shot.id,
        shot_name=shot.name,
        frames=chunk.frames,
        scene=wire.SceneOrder(
            blend=to_node(shot.blend, roots, system),
            size_bytes=shot.blend_size_bytes,
            mtime_ns=shot.blend_mtime_ns,
            ctime_ns=shot.blend_ctime_ns,
            digest=shot.blend_digest or None,
            scene=shot.scene,
            format=shot.format,
            width=shot.width if shot.size_given else None,
            height=shot.height if shot.size_given else None,
            blender=shot.blender,
            device=shot.device,  # type: ignore[arg-type]  # a wrong one was never stored
            render=wire.read(wire.RenderChanges, shot.render),
            auto_run=_may_run_scripts(shot, desk),
        ),
        output_dir=to_node(shot.output_dir, roots, system),
        padding=shot.padding,
        file_prefix=shot.file_prefix,
        limits=wire.RenderLimits(frame_s=shot.frame_limit_s, memory_bytes=shot.memory_limit_bytes),
        fences=chunk.fences,
    )
