"""Reading shows, and what there is of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, case, func, select
from sqlalchemy.orm import Session

from brender_farm.db.models import Node, Shot, Show, Subscription, WorkHour
from brender_farm.domain.path_mapping import Root
from brender_farm.domain.states import UNFINISHED_SHOT_STATES
from brender_farm.errors import NotFound

_ROOTS = select(Show.root, Show.root_linux, Show.root_macos, Show.root_windows).order_by(Show.id)


def all_shows(session: Session) -> list[Show]:
    """Return every show, by name."""
    return list(session.scalars(select(Show).order_by(func.lower(Show.name), Show.id)))


def require_show(session: Session, show_id: int) -> Show:
    """Return a show. Raises NotFound."""
    show = session.get(Show, show_id)
    if show is None:
        raise NotFound(f"There is no show {show_id}. See: brender shows")
    return show


def existing_show(session: Session, show_id: int | None) -> int | None:
    """Return the id if there is such a show; it may have been deleted a moment ago."""
    if show_id is None:
        return None
    return session.scalar(select(Show.id).where(Show.id == show_id))


def show_named(session: Session, name: str) -> Show | None:
    """Return the show of this name, in any letter case."""
    return session.scalar(select(Show).where(func.lower(Show.name) == name.lower()).limit(1))


def show_name(session: Session, show_id: int | None) -> str:
    """Return a show's name; empty for none, and for one that is not there."""
    if show_id is None:
        return ""
    return session.scalar(select(Show.name).where(Show.id == show_id)) or ""


def show_roots(session: Session) -> tuple[Root, ...]:
    """Return where the roots of all shows are, on the farm's machine and on nodes."""
    return tuple(Root(*row) for row in session.execute(_ROOTS))


def scripted_roots(session: Session) -> dict[int, str]:
    """Map the shows whose files may run their own scripts to their roots."""
    found = session.execute(select(Show.id, Show.root).where(Show.auto_run.is_(True)))
    return {show_id: root for show_id, root in found}  # noqa: C416


def shots_by_show(session: Session) -> dict[int, Row[int, int, int, int, float]]:
    """Map shows to (show_id, shots, unfinished ones, finished frames, seconds of rendering)."""
    unfinished = case((Shot.state.in_(UNFINISHED_SHOT_STATES), 1), else_=0)
    found = session.execute(
        select(
            Shot.show_id,
            func.count().label("shot_count"),
            func.sum(unfinished).label("unfinished_count"),
            func.sum(Shot.done_count).label("done_count"),
            func.sum(Shot.render_seconds).label("seconds"),
        )
        .where(Shot.show_id.is_not(None))
        .group_by(Shot.show_id)
    )
    return {row.show_id: row for row in found}


def last_work_by_node(session: Session, show_id: int, since: datetime) -> dict[int, datetime]:
    """Map nodes to the last hour, after `since`, in which they finished frames of a show."""
    wanted = select(WorkHour.node_id, func.max(WorkHour.at)).where(
        WorkHour.show_id == show_id, WorkHour.at >= since, WorkHour.done_count > 0
    )
    return {node_id: at for node_id, at in session.execute(wanted.group_by(WorkHour.node_id))}  # noqa: C416


def online_nodes(session: Session) -> Sequence[Any]:
    """Return (id, name, facts, warm, unwell) of every node that is online, by name."""
    wanted = select(Node.id, Node.name, Node.facts, Node.warm, Node.unwell)
    return session.execute(wanted.where(Node.online.is_(True)).order_by(Node.name)).all()


def subscriptions_to(session: Session, show_id: int) -> int:
    """Return how many people's notifications are about a show."""
    wanted = select(func.count()).where(Subscription.show_id == show_id)
    return session.scalar(wanted) or 0
