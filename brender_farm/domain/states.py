"""The states of shots, chunks, frames and nodes, and which may follow which."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from brender_farm.errors import ActionRefused


class ShotState(StrEnum):
    """What has become of a shot."""

    WAITING = "waiting"
    """Frames are pending, but other shots' frames or its start time come first."""
    QUEUED = "queued"
    """Frames are pending and none is rendering."""
    RENDERING = "rendering"
    """At least one chunk is on a node."""
    PAUSED = "paused"
    """Nothing new is sent until someone resumes it."""
    COMPLETED = "completed"
    """Every frame is done."""
    FAILED = "failed"
    """Nothing is left to do and some frames gave up."""
    CANCELLED = "cancelled"
    """Stopped for good; finished frames stay."""


class ChunkState(StrEnum):
    """What has become of a chunk: frames of one shot given to one node, once."""

    SENT = "sent"
    RENDERING = "rendering"
    DONE = "done"
    """The node went through all its frames, and all are done."""
    FAILED = "failed"
    """The node went through it, and some frames failed."""
    LOST = "lost"
    """The node vanished or no longer claims it."""
    CANCELLED = "cancelled"
    RETURNED = "returned"
    """The node gave it back, without blame."""


class FrameState(StrEnum):
    """What has become of a frame; pending and rendering are derived, the others stored."""

    PENDING = "pending"
    RENDERING = "rendering"
    DONE = "done"
    FAILED = "failed"


class NodeIntent(StrEnum):
    """What people want of a node."""

    ENABLED = "enabled"
    DRAINING = "draining"
    """Finishes what it has and gets nothing new."""
    DISABLED = "disabled"


ACTIVE_SHOT_STATES = (ShotState.QUEUED, ShotState.RENDERING)
UNFINISHED_SHOT_STATES = (ShotState.WAITING, *ACTIVE_SHOT_STATES, ShotState.PAUSED)
OVER_SHOT_STATES = (ShotState.COMPLETED, ShotState.FAILED, ShotState.CANCELLED)
LIVE_CHUNK_STATES = (ChunkState.SENT, ChunkState.RENDERING)

_S, _C, _N = ShotState, ChunkState, NodeIntent

SHOT_MOVES: dict[ShotState, frozenset[ShotState]] = {
    _S.WAITING: frozenset(
        {_S.QUEUED, _S.RENDERING, _S.PAUSED, _S.COMPLETED, _S.FAILED, _S.CANCELLED}
    ),
    _S.QUEUED: frozenset(
        {_S.WAITING, _S.RENDERING, _S.PAUSED, _S.COMPLETED, _S.FAILED, _S.CANCELLED}
    ),
    _S.RENDERING: frozenset(
        {_S.WAITING, _S.QUEUED, _S.PAUSED, _S.COMPLETED, _S.FAILED, _S.CANCELLED}
    ),
    _S.PAUSED: frozenset(
        {_S.WAITING, _S.QUEUED, _S.RENDERING, _S.COMPLETED, _S.FAILED, _S.CANCELLED}
    ),
    _S.COMPLETED: frozenset({_S.QUEUED}),
    _S.FAILED: frozenset({_S.QUEUED, _S.COMPLETED, _S.CANCELLED}),  # a late frame completes it
    _S.CANCELLED: frozenset({_S.QUEUED}),
}

CHUNK_MOVES: dict[ChunkState, frozenset[ChunkState]] = {
    _C.SENT: frozenset({_C.RENDERING, _C.DONE, _C.FAILED, _C.LOST, _C.CANCELLED, _C.RETURNED}),
    _C.RENDERING: frozenset({_C.DONE, _C.FAILED, _C.LOST, _C.CANCELLED, _C.RETURNED}),
    _C.DONE: frozenset(),
    _C.FAILED: frozenset(),
    _C.LOST: frozenset(),
    _C.CANCELLED: frozenset(),
    _C.RETURNED: frozenset(),
}

NODE_MOVES: dict[NodeIntent, frozenset[NodeIntent]] = {
    _N.ENABLED: frozenset({_N.DRAINING, _N.DISABLED}),
    _N.DRAINING: frozenset({_N.ENABLED, _N.DISABLED}),
    _N.DISABLED: frozenset({_N.ENABLED}),
}

SHOT_ACTIONS: dict[str, tuple[ShotState, frozenset[ShotState]]] = {
    "start": (_S.QUEUED, frozenset({_S.WAITING})),
    "pause": (_S.PAUSED, frozenset({_S.WAITING, _S.QUEUED, _S.RENDERING})),
    "resume": (_S.QUEUED, frozenset({_S.PAUSED})),
    "cancel": (
        _S.CANCELLED,
        frozenset({_S.WAITING, _S.QUEUED, _S.RENDERING, _S.PAUSED, _S.FAILED}),
    ),
    "retry": (_S.QUEUED, frozenset({_S.FAILED, _S.CANCELLED})),
}
"""What people may do to a shot: the action, where it leads, and from which states."""

SHOT_OFFERS: dict[str, frozenset[ShotState]] = {
    "edit": frozenset(_S),
    "clone": frozenset(_S),
    "rerender": frozenset(_S) - {_S.CANCELLED},
    "audit": frozenset(_S),
    "archive": frozenset(OVER_SHOT_STATES),
    "unarchive": frozenset(OVER_SHOT_STATES),
    "delete": frozenset(_S),
}
"""What else people may ask for, whatever becomes of the shot's state, and in which states."""

NODE_ACTIONS: dict[str, tuple[NodeIntent, frozenset[NodeIntent]]] = {
    "enable": (_N.ENABLED, frozenset({_N.DRAINING, _N.DISABLED})),
    "drain": (_N.DRAINING, frozenset({_N.ENABLED})),
    "disable": (_N.DISABLED, frozenset({_N.ENABLED, _N.DRAINING})),
}

_State = TypeVar("_State", ShotState, NodeIntent)
_Any = TypeVar("_Any", ShotState, ChunkState, NodeIntent)


def require_move(moves: Mapping[_Any, frozenset[_Any]], old: _Any, new: _Any) -> None:
    """Raise ActionRefused, naming what is allowed, unless the table lets `old` become `new`."""
    if new not in moves[old]:
        allowed = tuple(sorted(moves[old]))
        raise ActionRefused(
            f"What is {old} cannot become {new}. It may become: {', '.join(allowed) or 'nothing'}.",
            allowed=allowed,
        )


def shot_actions(state: ShotState) -> tuple[str, ...]:
    """Return the actions that are legal in this state."""
    return tuple(name for name, (_, sources) in SHOT_ACTIONS.items() if state in sources)


def shot_offers(state: ShotState, *, archived: bool = False) -> tuple[str, ...]:
    """Return what else may be asked for in this state: rerender, audit, archive, delete."""
    done_already = "archive" if archived else "unarchive"
    return tuple(
        name for name, states in SHOT_OFFERS.items() if state in states and name != done_already
    )


def may_rerender(shot: ShotState, frame: FrameState) -> bool:
    """Tell whether a frame in this state may be asked for again: it must be over."""
    return frame in (FrameState.DONE, FrameState.FAILED) and shot in SHOT_OFFERS["rerender"]


def node_actions(intent: NodeIntent) -> tuple[str, ...]:
    """Return the actions that are legal for a node with this intent."""
    return tuple(name for name, (_, sources) in NODE_ACTIONS.items() if intent in sources)


def target_of(action: str, state: _State) -> _State:
    """Return the state that `action` leads to.

    Raises ActionRefused, with the list of what is allowed, when it may not be done from `state`.
    """
    table: Mapping[str, tuple[_State, frozenset[_State]]]
    table = SHOT_ACTIONS if isinstance(state, ShotState) else NODE_ACTIONS  # type: ignore[assignment]
    target, sources = table.get(action, (None, frozenset[_State]()))
    if target is None or state not in sources:
        allowed = tuple(name for name, (_, froms) in table.items() if state in froms)
        raise ActionRefused(
            f"It is {state}: '{action}' is not possible now. "
            f"Possible: {', '.join(allowed) or 'nothing'}.",
            allowed=allowed,
        )
    return target
