"""Pictures kept before they are replaced, so that before and after can be compared."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import current_app

from brender_farm.service.frame_versions import PictureAtStake, pictures_at_stake
from dashboard.picture_store import PictureStore
from dashboard.thumbnails import KEPT_KIND, Wanted, keepsake

MOST = 200
"""Pictures kept of one wish to render again; of a longer one the first."""
PATIENCE_S = 1.0
"""What a wish waits for them: a new picture takes longer to come than this."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Batch:
    shot_id: int
    pictures: Sequence[PictureAtStake]
    over: threading.Event = field(default_factory=threading.Event)


class Keepsakes:
    """Makes previews of pictures that may soon be replaced, one after the other."""

    def __init__(self, store: PictureStore) -> None:
        self._store = store
        self._inbox: queue.Queue[_Batch] = queue.Queue()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def keep(self, shot_id: int, pictures: Sequence[PictureAtStake]) -> threading.Event:
        """Begin to keep these pictures of a shot; the event is set when that is over."""
        batch = _Batch(shot_id, pictures)
        self._inbox.put(batch)
        with self._starting:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="keepsakes", daemon=True)
                self._thread.start()
        return batch.over

    def _run(self) -> None:
        while True:
            batch = self._inbox.get()
            try:
                for picture in batch.pictures:
                    self._keep_one(batch.shot_id, picture)
            except Exception:
                log.exception("Pictures could not be kept.", extra={"shot_id": batch.shot_id})
            finally:
                batch.over.set()

    def _keep_one(self, shot_id: int, picture: PictureAtStake) -> None:
        wanted = Wanted(shot_id=shot_id, frame=picture.frame, tag=picture.tag, kind=KEPT_KIND)
        is_new = not wanted.path(self._store.folder).exists()
        kept = keepsake(wanted, picture.path, picture.digest, self._store.folder)
        if kept and is_new:
            self._store.count_one()


def keep_before_rerender(shot_id: int, frames: str | None) -> None:
    """Keep previews of the finished pictures that are about to be asked for again.

    To be called before they are asked for: few are there when it returns, many follow.
    """
    pictures = pictures_at_stake(shot_id, frames, MOST)
    if pictures:
        keepsakes: Keepsakes = current_app.extensions["brender_keepsakes"]
        keepsakes.keep(shot_id, pictures).wait(PATIENCE_S)
