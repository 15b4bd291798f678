"""What would become of a submission: what it asks for, who could render it, how long it takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from brender_farm.db.core import reading
from brender_farm.db.reads import paces as reads
from brender_farm.db.reads.planning import node_views
from brender_farm.db.reads.rules import limit_slots
from brender_farm.db.reads.why import perhaps_away
from brender_farm.domain.ahead import ShotAhead
from brender_farm.domain.case import Case
from brender_farm.domain.fit import fits
from brender_farm.domain.forecast import forecast
from brender_farm.domain.pace import spread
from brender_farm.domain.reasons import Reason
from brender_farm.domain.states import ShotState
from brender_farm.domain.time_left import TimeLeft
from brender_farm.domain.unfit import why_no_node_fits
from brender_farm.domain.views import Needs, NodeView, ShotView
from brender_farm.service.check import check
from brender_farm.service.render_words import in_words, settings_of
from brender_farm.service.requests import Checked, ShotRequest
from brender_farm.service.why_facts import aways_of

_STEPS = 250
"""So many chunks are played one by one, the rest is reckoned: it is asked at every keystroke."""

_NEAR = 8.0
"""Pictures of so many times more pixels, or fewer, still say something of each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What frames took that are like those to come, on a node of speed 1."""

    shot_id: int
    name: str
    seconds: float
    """A frame, for as many pixels as are wanted now."""
    is_same_scene: bool
    """Whether it was the same scene of the same file; else only the folder is the same."""
    is_scaled: bool
    """Whether its pictures had another size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What would become of a submission."""

    checked: Checked
    look: tuple[str, ...]
    """What it changes about how the scene is rendered, in words."""
    chunk_count: int | None
    """None: the farm sizes the chunks."""
    node_count: int
    """Nodes that could render it and take work now."""
    slot_count: int
    unfit: tuple[Reason, ...]
    """Why there is none."""
    pace: Pace | None
    """None: nothing like it was rendered yet."""
    left: TimeLeft | None
    """From its first chunk to its end, if it had all those nodes to itself."""
    frames_before: int
    """Frames in line of other shots of the same or a higher priority."""


def outlook(request: ShotRequest, *, submitter: str) -> Outlook:
    """Say what would become of a submission; nothing is stored. Raises RequestRefused."""
    checked = check(request, submitter)
    now = datetime.now(UTC)
    with reading() as session:
        pace, view = _expected(session, checked)
        willing = node_views(session, now)
        nodes = [node for node in willing.values() if fits(view, node)]
        unfit = () if nodes else _unfit(session, view, willing, now)
        limits = limit_slots(session)
        before = reads.frames_before(session, checked.priority)
    return Outlook(
        checked=checked,
        look=in_words(settings_of(checked.render)),
        chunk_count=_chunk_count(checked),
        node_count=min(len(nodes), checked.max_nodes or len(nodes)),
        slot_count=sum(node.slots for node in nodes),
        unfit=unfit,
        pace=pace,
        left=_left(view, nodes, limits, pace),
        frames_before=before,
    )


def _expected(session: Session, checked: Checked) -> tuple[Pace | None, ShotView]:
    row = reads.pace_of_scene(session, checked.blend, checked.scene)
    is_same = row is not None
    row = row if is_same else reads.pace_of_folder(session, checked.blend)
    factor = (checked.width * checked.height) / (row.width * row.height or 1) if row else 1.0
    is_near = 1 / _NEAR <= factor <= _NEAR
    if row is None or not (is_same or is_near):
        return None, _view(checked)
    pace = Pace(
        shot_id=row.id,
        name=row.name,
        seconds=row.work_seconds / row.measured_count * factor,
        is_same_scene=is_same,
        is_scaled=(row.width, row.height) != (checked.width, checked.height),
    )
    if not (is_same and is_near):  # it says how long frames may take, not how much they differ
        return pace, _view(checked)
    deviation = spread(count=row.measured_count, total=row.work_seconds, squares=row.work_squared)
    return pace, replace(
        _view(checked),
        seconds_per_frame=pace.seconds,
        seconds_spread=None if deviation is None else deviation * factor,
        measured_count=row.measured_count,
    )


def _view(checked: Checked) -> ShotView:
    """Return the shot as the planner would see it."""
    return ShotView(
        id=0,
        priority=checked.priority,
        submitter="",
        blend=checked.blend,
        blend_version=checked.blend_version,
        output_dir=checked.output_dir,
        pending_count=checked.frame_count,
        needs=Needs(
            tags=frozenset(checked.tags),
            not_tags=frozenset(checked.not_tags),
            memory_bytes=checked.min_memory_bytes,
            pool=checked.pool,
            blender=checked.blender,
            device=checked.device,
        ),
        max_nodes=checked.max_nodes,
        limits=frozenset(checked.limit_names),
        chunk_size=checked.chunk_size,
        seconds_per_frame=None,
        busy_slots=0,
    )


def _unfit(
    session: Session, view: ShotView, willing: dict[str, NodeView], now: datetime
) -> tuple[Reason, ...]:
    case = Case(
        shot=view,
        state=ShotState.QUEUED,
        now=now,
        nodes=list(willing.values()),
        away=aways_of(perhaps_away(session), willing, now),
    )
    return tuple(why_no_node_fits(case))


def _left(
    view: ShotView, nodes: Sequence[NodeView], limits: Any, pace: Pace | None
) -> TimeLeft | None:
    """Play the shot alone on all nodes that fit."""
    if pace is None or not nodes:
        return None
    free = [replace(node, free_slots=node.slots) for node in nodes]
    told = forecast(
        [ShotAhead(view=view)], free, limits=limits, usual_s=pace.seconds, step_limit=_STEPS
    )
    return told.shots.get(view.id)


def _chunk_count(checked: Checked) -> int | None:
    size = checked.chunk_size
    return -(-checked.frame_count // size) if size else None
