"""The node's Blenders: kept alive between chunks, the one with the right scene first."""

from __future__ import annotations

import logging
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from brender_farm.blendfile.header import read_header
from brender_farm.domain.versions import best_version
from brender_farm.errors import BlendFileError, FarmError, SessionDied
from workers.blender.session import Session

if TYPE_CHECKING:
    from workers.blender.locate import BlenderInstall
    from workers.blender.scene import SceneSpec

log = logging.getLogger(__name__)

START_TIMEOUT_S = 120.0
MAX_OPENED = 50
"""Blender is started anew after so many files: what it leaks must not add up."""
WEIGH_EVERY_S = 5.0
"""How often a Blender's memory is looked at: finding its children costs 2 ms."""


class Sessions:
    """Lends sessions to attempts, at most one for each slot."""

    def __init__(
        self,
        installs: Sequence[BlenderInstall],
        *,
        node_name: str,
        slots: int,
        max_rss_bytes: int,
        temp_dir: Path,
        greet: Callable[[Session], None] = lambda _: None,
    ) -> None:
        """Use `temp_dir` for what Blenders leave lying about; what is in it already is removed.

        The first of `installs` is started ahead of work, and `greet` is called with each session
        of it before that is lent.
        """
        self._installs = {install.version: install for install in reversed(installs)}
        self._first = installs[0]
        self._greet = greet
        self._node_name = node_name
        self._slots = slots
        self._max_rss_bytes = max_rss_bytes
        self._temp_dir = temp_dir
        shutil.rmtree(temp_dir, ignore_errors=True)
        self._lock = threading.Lock()
        self._idle: list[Session] = []
        self._all: dict[Session, BlenderInstall] = {}
        self._scenes: dict[Session, str] = {}
        self._weighed_at: dict[Session, float] = {}
        self._outdated: set[Session] = set()
        self._starting = 0
        self._started = threading.Condition(self._lock)
        self._closed = False

    def warm_up(self) -> None:
        """Start a Blender for every slot in the background, before there is work."""
        for number in range(self._slots):
            threading.Thread(target=self._warm_up_one, name=f"warm-{number}", daemon=True).start()

    def start_one_and_end_it(self) -> None:
        """Have a Blender greeted in the background, and not kept."""
        threading.Thread(target=self._greet_one, name="greet", daemon=True).start()

    @contextmanager
    def lend(self, spec: SceneSpec) -> Iterator[Session]:
        """Give a session of the Blender that `spec` asks for, with its scene open if there is one.

        Raises SessionDied when Blender cannot be started.
        """
        install = self._choose(spec)
        session = self._take(install, spec.key) or self._start(install)
        try:
            yield session
        finally:
            session.on_line = _ignore
            self._take_back(session, spec)

    def warm_files(self) -> list[str]:
        """Return the .blend files that a session has open, as their orders call them."""
        with self._lock:
            return sorted({self._scenes[s] for s in self._all if s in self._scenes and s.alive})

    def renew(self) -> None:
        """End the Blenders that wait for work at once, those that are lent when they come back."""
        with self._lock:
            self._outdated.update(self._all)
        self.drop_idle()

    def is_outdated(self, session: Session) -> bool:
        """Tell whether a session that was lent is to make room for a new Blender."""
        return session in self._outdated

    def drop_idle(self) -> int:
        """End the Blenders that wait for work, for their memory; return how many there were."""
        with self._lock:
            dropped, self._idle = self._idle, []
        self._end_all(dropped)
        return len(dropped)

    def close(self) -> None:
        """End every Blender."""
        with self._lock:
            self._closed = True
            sessions = list(self._all)
            self._started.notify_all()
        for session in sessions:
            session.kill()
        shutil.rmtree(self._temp_dir, ignore_errors=True)

    def _warm_up_one(self) -> None:
        with self._lock:
            if self._closed or len(self._all) + self._starting >= self._slots:
                return
            self._starting += 1
        session = None
        try:
            session = self._start(self._first)
        except FarmError:
            log.exception("Blender could not be started ahead of work.")
        with self._lock:
            self._starting -= 1
            if session is not None:
                self._idle.append(session)
            self._started.notify_all()

    def _greet_one(self) -> None:
        try:
            session = self._start(self._first)
        except FarmError:
            log.exception("Blender could not be started to be asked what it can render on.")
            return
        self._end_all([session])

    def _end_all(self, sessions: Sequence[Session]) -> None:
        for session in sessions:
            session.kill()
        with self._lock:
            for session in sessions:
                self._keep_if_alive(session)

    def _choose(self, spec: SceneSpec) -> BlenderInstall:
        """Return the newest Blender that the scene asks for; where none is, opening refuses it."""
        if len(self._installs) == 1:
            return self._first
        try:
            saved = read_header(spec.path).version
        except BlendFileError:
            return self._first
        best = best_version(self._installs, spec.blender, saved)
        return self._installs[best] if best else self._first

    def _take(self, install: BlenderInstall, key: str) -> Session | None:
        """Return an idle session of this Blender, or None when a new one must be started.

        An idle one of another Blender, or one in which another file's scripts have run, makes
        room for it.
        """
        with self._lock:
            while not self._idle and self._starting:
                self._started.wait(START_TIMEOUT_S)
            self._idle = [session for session in self._idle if self._keep_if_alive(session)]
            fitting = [s for s in self._idle if self._all[s] is install and s.may_open(key)]
            if fitting:
                best = next((s for s in fitting if s.scene_key == key), fitting[0])
                self._idle.remove(best)
                return best
            surplus = self._idle[:1] if len(self._all) >= self._slots else []
            self._idle = self._idle[len(surplus) :]
        self._end_all(surplus)
        return None

    def _take_back(self, session: Session, spec: SceneSpec) -> None:
        is_old = session.opened_count > MAX_OPENED or self.is_outdated(session)
        is_spent = session.ran_scripts and session.scene_key is None
        if not session.alive or is_old or is_spent or self._is_too_heavy(session):
            session.kill()
        with self._lock:
            if session.scene_key is not None:
                self._scenes[session] = spec.name or str(spec.path)
            if self._keep_if_alive(session):
                self._idle.append(session)

    def _is_too_heavy(self, session: Session) -> bool:
        now = time.monotonic()
        with self._lock:
            if now - self._weighed_at.get(session, -WEIGH_EVERY_S) < WEIGH_EVERY_S:
                return False
            self._weighed_at[session] = now
        return session.rss_bytes() > self._max_rss_bytes

    def _keep_if_alive(self, session: Session) -> bool:
        if session.alive and not self._closed:
            return True
        self._all.pop(session, None)
        self._scenes.pop(session, None)
        self._weighed_at.pop(session, None)
        self._outdated.discard(session)
        shutil.rmtree(session.temp_dir, ignore_errors=True)
        return False

    def _start(self, install: BlenderInstall) -> Session:
        session = self._start_one(install)
        if install is self._first:
            self._greet(session)
            if not session.alive:  # it was asked what took it down, which happens only once
                self._end_all([session])
                return self._start_one(install)
        return session

    def _start_one(self, install: BlenderInstall) -> Session:
        self._temp_dir.mkdir(parents=True, exist_ok=True)
        temp_dir = Path(tempfile.mkdtemp(dir=self._temp_dir))
        try:
            session = Session.start(
                install,
                node_name=self._node_name,
                on_line=_ignore,
                timeout_s=START_TIMEOUT_S,
                temp_dir=temp_dir,
            )
        except BaseException:
            shutil.rmtree(temp_dir, ignore_errors=True)
            raise
        with self._lock:
            self._all[session] = install
            closed = self._closed
        if closed:
            session.kill()
            raise SessionDied("The node is stopping.")
        return session


def _ignore(_line: str) -> None:
    """Blender's words between two chunks belong to nobody."""
