"""Reading what a check of the farm needs to know."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from brender_farm.db.models import Node, Shot, Show


def nodes_to_check(session: Session) -> list[Any]:
    """Return all nodes, as rows of name, online, last_seen_at and facts, by name."""
    wanted = select(Node.name, Node.online, Node.last_seen_at, Node.facts)
    return list(session.execute(wanted.where(Node.is_gone.is_(False)).order_by(Node.name)).all())


def show_folders(session: Session) -> list[Any]:
    """Return the shows, as rows of name, root, root_linux, root_macos and root_windows, by name."""
    wanted = select(Show.name, Show.root, Show.root_linux, Show.root_macos, Show.root_windows)
    return list(session.execute(wanted.order_by(Show.name)).all())


def first_submission(session: Session) -> datetime | None:
    """Return when the oldest shot was submitted."""
    return session.scalar(select(func.min(Shot.created_at)))
