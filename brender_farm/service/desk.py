"""The farm as the planner sees it, kept between plans by the one process that plans.

Reading a thousand shots and nodes takes ten times as long as planning. So the scheduler keeps what
it has read, and brings it up to date by what its own transactions change (db.changes). The counters
in the farm's row tell whether anybody else has written since; then everything is read anew. The
database stays the only truth: all this happens under the write lock, and a plan is carried out on
the real rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.orm import Session

from brender_farm.db.changes import Changes, changes_of
from brender_farm.db.models import Chunk, Shot
from brender_farm.db.reads.desk import farm_revs, live_chunks
from brender_farm.db.reads.nodes import node_names
from brender_farm.db.reads.planning import node_views, shot_view, shot_views
from brender_farm.db.reads.rules import limit_slots, weights
from brender_farm.db.reads.shows import scripted_roots, show_roots
from brender_farm.domain.path_mapping import Root
from brender_farm.domain.room import Room
from brender_farm.domain.states import ACTIVE_SHOT_STATES
from brender_farm.domain.views import NodeView, ShotView


@dataclass(slots=True)
class Desk:
    """Views of the shots and nodes that count in a plan.

    In each transaction: `open`, then changes, then `look` before the plan and `note_sent` after
    it, then `close`. When a transaction fails: `forget`.
    """

    shots: dict[int, ShotView] = field(default_factory=dict)
    nodes: dict[str, NodeView] = field(default_factory=dict)
    room: Room = field(default_factory=lambda: Room(()))
    """The nodes, so arranged that the planner need not do it anew."""
    limits: Mapping[str, int] = field(default_factory=dict)
    roots: tuple[Root, ...] = ()
    """Where shows are, here and on nodes."""
    scripted: Mapping[int, str] = field(default_factory=dict)
    """Show's id → root, of the shows whose files may run their own scripts."""
    node_ids: Mapping[str, int] = field(default_factory=dict)
    """Of every node, by name."""
    _node_names: Mapping[int, str] = field(default_factory=dict)
    _shares: Mapping[str, float] = field(default_factory=dict)
    _live: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Chunk's id → (shot's id, node's id)."""
    _busy: Counter[int] = field(default_factory=Counter)
    """Shot's id → how many slots it has."""
    _revs: tuple[int, int] = (0, 0)
    _is_valid: bool = False
    _nodes_read: bool = False
    """Whether it has seen what this transaction has done to nodes."""

    @property
    def has_work(self) -> bool:
        """Whether there is a free slot, and a frame to give to it."""
        return self._has_room and any(shot.pending_count > 0 for shot in self.shots.values())

    def forget(self) -> None:
        """Read everything anew for the next plan."""
        self._is_valid = False

    def open(self, session: Session) -> None:
        """Find out, at the start of a transaction, whether others have written since the last."""
        revs = farm_revs(session)
        self._is_valid = self._is_valid and revs == self._revs
        self._revs, self._nodes_read = revs, False

    def look(self, session: Session, now: datetime | None = None) -> None:
        """Bring the views up to date with all that the transaction has changed so far."""
        changes = changes_of(session)
        if self._is_valid and self._knows_nodes(changes):
            self._follow(session, changes)
        else:
            self._read(session, now)
            changes.shots.clear()

    def note_sent(self, session: Session, chunks: Sequence[Chunk]) -> None:
        """Take up the new chunks that the plan has brought about."""
        for chunk in chunks:
            self._live[chunk.id] = (chunk.shot_id, chunk.node_id)
            self._count(chunk.shot_id, chunk.node_id, 1)
        self._view(session, changes_of(session))

    def close(self, session: Session) -> None:
        """Take up, at the end of a transaction, what it has made of the farm."""
        changes = changes_of(session)
        if self._is_valid and self._knows_nodes(changes):
            self._follow(session, changes)
        else:
            self._is_valid = False
        shots_rev, nodes_rev = self._revs
        self._revs = (shots_rev + changes.shots_counted, nodes_rev + changes.nodes_counted)

    @property
    def _has_room(self) -> bool:
        return any(node.free_slots > 0 for node in self.nodes.values())

    def _knows_nodes(self, changes: Changes) -> bool:
        return self._nodes_read or not changes.nodes_counted

    def _read(self, session: Session, now: datetime | None) -> None:
        """Read everything; the shots only when there is a slot for them."""
        self.nodes, self._is_valid, self._nodes_read = node_views(session, now), False, True
        if not self._has_room:
            return
        self._node_names = node_names(session)
        self.node_ids = {name: node_id for node_id, name in self._node_names.items()}
        self.limits, self._shares = limit_slots(session), weights(session)
        self.roots, self.scripted = show_roots(session), scripted_roots(session)
        self.shots = {view.id: view for view in shot_views(session)}
        self._live = live_chunks(session)
        self._busy = Counter(shot_id for shot_id, _ in self._live.values())
        self.room = Room(list(self.nodes.values()))
        self._is_valid = True

    def _follow(self, session: Session, changes: Changes) -> None:
        for chunk_id in changes.ended_chunks & self._live.keys():
            shot_id, node_id = self._live.pop(chunk_id)
            self._count(shot_id, node_id, -1)
        self._view(session, changes)

    def _count(self, shot_id: int, node_id: int, slots: int) -> None:
        """Note that a shot has more slots of a node now, or less."""
        self._busy[shot_id] += slots
        node = self.nodes.get(self._node_names[node_id])
        if node is not None:  # it may still take work
            free_slots = node.free_slots - slots
            self.nodes[node.name] = replace(node, free_slots=free_slots)
            self.room.set_free(node.name, max(0, free_slots))

    def _view(self, session: Session, changes: Changes) -> None:
        """Look again at the shots that were changed since the last look."""
        while changes.shots:
            shot_id = changes.shots.pop()
            shot = session.get(Shot, shot_id)
            view = self._view_of(shot) if shot is not None else None
            if view is not None:
                self.shots[shot_id] = view
            else:
                self.shots.pop(shot_id, None)

    def _view_of(self, shot: Shot) -> ShotView | None:
        """Return a shot as `shot_views` would; None: it has nothing to give and no slots."""
        busy, on_nodes = self._busy[shot.id], self._on_nodes(shot)
        if is_dispatchable(shot):
            return shot_view(shot, busy, self._node_names, on_nodes, self._shares)
        if not busy:
            return None
        view = shot_view(shot, busy, {}, weights=self._shares)
        return replace(view, pending_count=0, retries=())

    def _on_nodes(self, shot: Shot) -> tuple[str, ...]:
        if shot.max_nodes is None:
            return ()
        return tuple(
            self._node_names[node_id]
            for shot_id, node_id in self._live.values()
            if shot_id == shot.id
        )


def is_dispatchable(shot: Shot) -> bool:
    """Whether a shot has frames to give away now."""
    return shot.state in ACTIVE_SHOT_STATES and shot.pending_count > shot.held_count
