"""Who gets a film next: whoever was asked for, then shots that completed."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from brender_farm.db.core import current_settings, reading
from brender_farm.db.models import Shot
from brender_farm.db.reads.shots import shots_rev
from brender_farm.domain.states import ShotState
from brender_farm.service.farm_settings import setting
from brender_farm.service.film_maker import MOST_FRAMES, try_next
from brender_farm.service.film_store import film_store, stamp_of

EVERY_S = 3.0
AFTER_TROUBLE_S = 60.0
LOOKS_BACK = timedelta(days=3)
"""Shots that completed longer ago get a film when somebody asks."""
_AT_ONCE = 200
_FEWEST_FRAMES = 2

log = logging.getLogger(__name__)


class FilmWatch:
    """Makes films on a thread beside the requests, one after the other."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._wake = threading.Event()
        self._seen_rev = -1

    def start(self) -> None:
        """Begin to watch, until the process ends."""
        threading.Thread(target=self._run, name="films", daemon=True).start()

    def wake(self) -> None:
        """Look now: somebody asked for a film."""
        self._wake.set()

    def look(self) -> bool:
        """Make one film if one is due; return whether it was."""
        with self._app.app_context():
            with reading() as session:
                rev = shots_rev(session)
            if rev != self._seen_rev:
                forget_films_of_deleted()
            due = rev != self._seen_rev or film_store().wishes()
            made = bool(due) and try_next(next_film)
            if not made:
                self._seen_rev = rev
            return made

    def _run(self) -> None:
        pause_s = EVERY_S
        while True:
            self._wake.wait(pause_s)
            self._wake.clear()
            try:
                while self.look():
                    pass
                pause_s = EVERY_S
            except Exception:
                log.exception("The next film could not be found or made.")
                pause_s = AFTER_TROUBLE_S


def next_film() -> int | None:
    """Return the shot that is to get a film next; None: none is."""
    store = film_store()
    with reading() as session:
        for shot_id in store.wishes():
            if session.get(Shot, shot_id) is not None:
                return shot_id
            store.forget(shot_id)
        if not setting(session, "films") or not current_settings().pictures_mb:
            return None
        for shot in _completed(session, datetime.now(UTC) - LOOKS_BACK):
            facts = store.facts(shot.id)
            if facts is None or facts.stamp != stamp_of(shot):
                return shot.id
    return None


def forget_films_of_deleted() -> int:
    """Remove the films of shots that are not there any more; return of how many."""
    store = film_store()
    kept = store.shot_ids()
    if not kept:
        return 0
    with reading() as session:
        there = set(session.scalars(select(Shot.id).where(Shot.id.in_(kept))))
    for shot_id in kept - there:
        store.forget(shot_id)
    return len(kept - there)


def _completed(session: Session, since: datetime) -> list[Shot]:
    """Return the shots that completed since then and may have a film, the newest first."""
    wanted = select(Shot).where(
        Shot.state == ShotState.COMPLETED,
        Shot.finished_at >= since,
        Shot.done_count >= _FEWEST_FRAMES,
        Shot.frame_count <= MOST_FRAMES,
    )
    return list(session.scalars(wanted.order_by(Shot.finished_at.desc()).limit(_AT_ONCE)))
