"""Making a shot's preview film: in a process of its own, at low priority, one at a time."""

from __future__ import annotations

import contextlib
import json
import logging
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from brender_farm.blendfile.facts import inspect
from brender_farm.db.core import current_settings, reading, writing
from brender_farm.db.models import Shot
from brender_farm.db.reads.frames import digests_between
from brender_farm.db.reads.shots import require_shot
from brender_farm.db.writes.shots import note, touch
from brender_farm.domain.frames import frame_list
from brender_farm.domain.paths import confine
from brender_farm.errors import ActionRefused, BlendFileError, FarmError
from brender_farm.service.files import picture_path
from brender_farm.service.film_store import SHARE, FilmStore, film_state, film_store, stamp_of
from brender_farm.service.shapes.films import FilmFacts, FilmProgress

MOST_FRAMES = 20_000
"""Of a film: a quarter of an hour at 24 a second."""
USUAL_FPS = 24.0
_FASTEST_FPS = 240.0

log = logging.getLogger(__name__)

OnProgress = Callable[[FilmProgress], None]


def ask_for_film(shot_id: int, *, actor: str) -> None:
    """Ask the dashboard's film maker for a film of what is there now.

    Raises NotFound, and ActionRefused when nothing is there or it would be too long.
    """
    with writing() as session:
        shot = require_shot(session, shot_id)
        _require_pictures(shot)
        now = datetime.now(UTC)
        note(session, shot, now=now, actor=actor, reason="A preview film was asked for.")
        touch(session, shot)
    store = film_store()
    store.folder.mkdir(parents=True, exist_ok=True)
    store.wish(shot_id).touch()


def write_film(
    shot_id: int, out: Path, *, on_progress: OnProgress = lambda _told: None
) -> FilmFacts:
    """Write a film of the shot's finished pictures to a file: the one that is kept, or a new one.

    Raises what `make_film_of` raises.
    """
    state = film_state(shot_id)
    facts = state.film if state.is_current else None
    if facts is None:
        facts = make_film_of(shot_id, on_progress=on_progress)
    shutil.copyfile(film_store().film(shot_id), out)
    return facts


def make_film_of(shot_id: int, *, on_progress: OnProgress = lambda _told: None) -> FilmFacts:
    """Make a film of the shot's finished pictures and keep it; waits while another is made.

    Raises NotFound, ActionRefused as `ask_for_film` does, and FarmError when none can be made.
    """
    store = film_store()
    with _one_at_a_time(store):
        return _make(store, shot_id, on_progress)


def try_next(find: Callable[[], int | None]) -> bool:
    """Make the film of the shot that `find` names; return whether there was one to make.

    Does nothing, and asks nobody, while another process makes one. A failure is kept with the
    shot, so that it is not tried again before its pictures change.
    """
    store = film_store()
    with _one_at_a_time(store, wait=False) as mine:
        shot_id = find() if mine else None
        if shot_id is None:
            return False
        try:
            _make(store, shot_id, lambda _told: None)
        except FarmError as error:
            log.info("No film was made.", extra={"shot_id": shot_id, "error": error.message})
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    stamp: str
    folder: Path
    pictures: tuple[str, ...]
    """Names in the folder; empty: a gap."""
    fps: float


def _make(store: FilmStore, shot_id: int, on_progress: OnProgress) -> FilmFacts:
    store.wish(shot_id).unlink(missing_ok=True)
    order, began = _order(shot_id), time.monotonic()
    fresh = store.folder / f".{secrets.token_hex(6)}.mp4"

    def tell(done: int) -> None:
        progress = FilmProgress(done=done, total=len(order.pictures))
        store.keep_progress(shot_id, progress)
        on_progress(progress)

    try:
        tell(0)
        made = _in_a_process(order, fresh, tell)
        facts = FilmFacts(
            stamp=order.stamp,
            made_at=datetime.now(UTC),
            trouble=made.get("trouble", ""),
            fps=order.fps,
            width=made.get("width", 0),
            height=made.get("height", 0),
            frame_count=len(order.pictures),
            gap_count=order.pictures.count("") + made.get("unreadable_count", 0),
            byte_count=fresh.stat().st_size if fresh.exists() else 0,
            took_s=time.monotonic() - began,
        )
        if not facts.trouble:
            fresh.replace(store.film(shot_id))
        store.keep_facts(shot_id, facts)
    finally:
        fresh.unlink(missing_ok=True)
        store.keep_progress(shot_id, None)
    if facts.trouble:
        raise FarmError(f"No film of shot {shot_id} could be made: {facts.trouble}")
    store.tidy(current_settings().pictures_mb * 1e6 * SHARE, but=shot_id)
    return facts


def _order(shot_id: int) -> _Order:
    with reading() as session:
        shot = require_shot(session, shot_id)
        _require_pictures(shot)
        numbers = sorted(frame_list(shot.frames))
        there = digests_between(session, shot_id, numbers[0], numbers[-1])
        blend, scene, stamp = shot.blend, shot.scene, stamp_of(shot)
        first = picture_path(shot, numbers[0])
        names = tuple(picture_path(shot, n).name if n in there else "" for n in numbers)
    folder = confine(first.parent, current_settings().roots, "output")
    return _Order(stamp=stamp, folder=folder, pictures=names, fps=_fps(blend, scene))


def _require_pictures(shot: Shot) -> None:
    if not shot.done_count:
        raise ActionRefused(f"“{shot.name}” has no finished frame yet: there is nothing to film.")
    if shot.frame_count > MOST_FRAMES:
        raise ActionRefused(
            f"“{shot.name}” has {shot.frame_count:,} frames; films are made of up to "
            f"{MOST_FRAMES:,}. Play its frames instead."
        )


def _fps(blend: str, scene: str) -> float:
    """Return the scene's frames per second, as far as its file still says so."""
    try:
        found = inspect(Path(blend)).scene(scene)
    except (BlendFileError, OSError):
        return USUAL_FPS
    return found.fps if found is not None and 1 <= found.fps <= _FASTEST_FPS else USUAL_FPS


def _in_a_process(order: _Order, target: Path, tell: Callable[[int], None]) -> dict[str, Any]:
    """Return what a process of its own says became of the order: `trouble`, or FilmMade's fields.

    It ends when this one does, whatever ends it: its standard input closes then.
    """
    words = {
        "folder": str(order.folder),
        "pictures": order.pictures,
        "fps": order.fps,
        "target": str(target),
    }
    with subprocess.Popen(
        [sys.executable, "-m", "brender_farm.images.film"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        made: dict[str, Any] = {}
        try:
            with contextlib.suppress(BrokenPipeError):
                process.stdin.write(json.dumps(words).encode() + b"\n")
                process.stdin.flush()
            for line in process.stdout:
                made = json.loads(line)
                tell(made.get("written", 0))
        finally:
            process.kill()
    if "made" in made:
        return dict(made["made"])
    return {"trouble": made.get("trouble") or "the process that makes films ended unexpectedly."}


@contextlib.contextmanager
def _one_at_a_time(store: FilmStore, *, wait: bool = True) -> Iterator[bool]:
    """Hold the right to make films on this machine; False: another process has it."""
    import fcntl  # the client is imported where there is none

    store.folder.mkdir(parents=True, exist_ok=True)
    with (store.folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
