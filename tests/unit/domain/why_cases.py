"""Shots, nodes and farms for the tests of reasons."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from brender_farm.domain.case import Case, Running
from brender_farm.domain.states import ShotState
from brender_farm.domain.views import Needs, NodeView, ShotView

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
"""A Monday."""
GB = 10**9


def shot(id_: int = 1, **changes: Any) -> ShotView:
    known: dict[str, Any] = {
        "priority": 50,
        "submitter": "ada",
        "blend": f"/{id_}.blend",
        "blend_version": "4.5",
        "pending_count": 10,
        "chunk_size": None,
        "seconds_per_frame": None,
        "busy_slots": 0,
        "output_dir": "/out",
    }
    return ShotView(id=id_, **(known | changes))


def node(name: str = "atlas", *, free: int = 0, gb: int = 16, **changes: Any) -> NodeView:
    known: dict[str, Any] = {
        "slots": 1,
        "blender_versions": ("4.5.1",),
        "memory_bytes": gb * GB,
    }
    changes = {k: frozenset(v) if k in ("tags", "unwell") else v for k, v in changes.items()}
    return NodeView(name=name, free_slots=free, **(known | changes))


def needs(*tags: str, **changes: Any) -> Needs:
    return Needs(tags=frozenset(tags), **changes)


def running(shot_id: int, on: str, *, priority: int = 50, left: float | None = None) -> Running:
    return Running(shot_id=shot_id, priority=priority, node=on, seconds_left=left)


def case(view: ShotView | None = None, **facts: Any) -> Case:
    known: dict[str, Any] = {"state": ShotState.QUEUED, "now": NOW}
    return Case(shot=view or shot(), **(known | facts))
