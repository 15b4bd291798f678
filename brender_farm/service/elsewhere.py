"""Taking a frame away from a node, to be rendered by another: nobody is blamed."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from brender_farm.db.core import writing
from brender_farm.db.models import Chunk, Node, Shot
from brender_farm.db.reads.nodes import rivals
from brender_farm.db.writes.chunks import end_chunk
from brender_farm.db.writes.frames import stored_frame
from brender_farm.db.writes.shots import note, roll_up
from brender_farm.domain.failures import nodes_to_avoid
from brender_farm.domain.frames import Spans, frame_list
from brender_farm.domain.states import LIVE_CHUNK_STATES, ChunkState
from brender_farm.errors import ActionRefused, NotFound
from brender_farm.service.messages import Orders, announce
from brender_farm.service.shapes.stuck import Moved
from brender_farm.service.views import shot_row


def try_elsewhere(
    chunk_id: int, frame: int | None = None, *, actor: str, reason: str = ""
) -> Moved:
    """End a live chunk at once, and give the frame that it is at to another node.

    Its unfinished frames go back in line, `frame` (None: the one that its node is at) away from
    this node as long as another can have it. Neither the frame nor the node is blamed. Raises
    NotFound, and ActionRefused when the chunk is over or has done the frame meanwhile.
    """
    now = datetime.now(UTC)
    with writing() as session:
        chunk, shot, node = _found(session, chunk_id)
        number = _frame_of(chunk, shot, node) if frame is None else frame
        _require_unfinished(chunk, shot, number)
        stored = stored_frame(session, shot, number, now=now)
        stored.failed_on = nodes_to_avoid(stored.failed_on, node.id)
        why = f"Frame {number} was taken from {node.name}, to be rendered elsewhere. {reason}"
        stored.reason, stored.at = why.strip(), now
        end_chunk(session, chunk, shot, ChunkState.RETURNED, now=now, reason=why.strip())
        note(session, shot, now=now, actor=actor, reason=why.strip())
        roll_up(session, shot, now=now)
        moved = Moved(
            shot=shot_row(shot),
            frame=number,
            node=node.name,
            has_others=any(other.id not in stored.failed_on for other in rivals(session)),
        )
        orders = Orders(stop={chunk.id: node.id})
    announce(orders)
    return moved


def _found(session: Session, chunk_id: int) -> tuple[Chunk, Shot, Node]:
    chunk = session.get(Chunk, chunk_id)
    if chunk is None:
        raise NotFound(f"There is no chunk {chunk_id}.")
    if chunk.state not in LIVE_CHUNK_STATES:
        raise ActionRefused(
            f"Chunk {chunk_id} is {chunk.state} already: its node has none of its frames any more."
        )
    return chunk, session.get_one(Shot, chunk.shot_id), session.get_one(Node, chunk.node_id)


def _frame_of(chunk: Chunk, shot: Shot, node: Node) -> int:
    """Return the frame that the node was at when last heard, or the first unfinished one."""
    order, left = frame_list(shot.frames), Spans.decode(chunk.spans)
    for claim in node.claims:
        number = claim.get("frame")
        if claim["chunk_id"] == chunk.id and number is not None:
            return int(number)
    unfinished = list(left)
    if not unfinished:
        raise ActionRefused(f"Chunk {chunk.id} has no unfinished frame left.")
    return order[unfinished[-1 if chunk.twin_of else 0]]


def _require_unfinished(chunk: Chunk, shot: Shot, number: int) -> None:
    if frame_list(shot.frames).position(number) not in Spans.decode(chunk.spans):
        raise ActionRefused(
            f"Frame {number} is not among the unfinished frames of chunk {chunk.id}: it was "
            "finished meanwhile. Look at the page again."
        )
