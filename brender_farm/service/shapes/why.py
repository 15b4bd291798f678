"""Why a shot waits, why a node idles."""

from __future__ import annotations

from dataclasses import dataclass

from brender_farm.domain.reasons import Reason
from brender_farm.domain.states import ShotState


@dataclass(frozen=True, slots=True, kw_only=True)
class ShotWhy:
    """Why a shot gets no more than it has."""

    shot_id: int
    name: str
    state: ShotState
    verdict: str
    """How it stands, in one sentence."""
    reasons: tuple[Reason, ...]
    """What blocks all of it first, then what keeps away part of what it could have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeWhy:
    """Why a node's slots, or some of them, have nothing to do."""

    node_id: int
    name: str
    slots: int
    idle_slots: int
    verdict: str
    reasons: tuple[Reason, ...]
