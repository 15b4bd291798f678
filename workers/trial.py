"""The test frame: each Blender of this machine renders a tiny scene, and the file is proven.

It is rendered beside whatever the node is at, in a Blender of its own, and gives way at once when
the machine's memory is short.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from brender_farm.domain.formats import FORMATS
from brender_farm.domain.versions import ANY_VERSION
from brender_farm.errors import FarmError
from brender_farm.wire_checkup import FrameTried
from workers.blender.scene import RenderSettings, SceneSpec
from workers.blender.session import Session
from workers.words import TAIL_LINE_COUNT, last_words, plain

if TYPE_CHECKING:
    from workers.blender.locate import BlenderInstall
    from workers.blender.prove import Proof, Prover

SCENE = "check.blend"
WIDTH, HEIGHT = 64, 36
LIMIT_S = 120.0
"""For the test frames of all Blenders together."""
_LOOK_EVERY_S = 0.25
_REASON = 2000
_SETTINGS = RenderSettings(width=WIDTH, height=HEIGHT, percentage=100, samples=1, device="cpu")
SHORT = "The machine's memory is short, so no test frame was rendered. Free some, or add some."


class Trials:
    """Renders test frames, one at a time; `close` ends the one under way, from any thread."""

    def __init__(
        self, *, node_name: str, prover: Prover, temp_root: Path, is_short: Callable[[], bool]
    ) -> None:
        """Work in a folder below `temp_root`; `is_short` says whether memory is short now."""
        self._node_name = node_name
        self._prover = prover
        self._temp_root = temp_root
        self._is_short = is_short
        self._session: Session | None = None
        self._closing = threading.Event()

    def try_all(
        self, installs: Sequence[BlenderInstall], *, limit_s: float = LIMIT_S
    ) -> list[FrameTried]:
        """Render the test frame with each Blender; return what became of each."""
        end_s = time.monotonic() + limit_s
        return [self._try(install, end_s, limit_s) for install in installs]

    def may_begin(self) -> bool:
        """Whether the machine has the memory for it."""
        return not self._is_short()

    def close(self) -> None:
        self._closing.set()
        session = self._session
        if session is not None:
            session.kill()

    def _try(self, install: BlenderInstall, end_s: float, limit_s: float) -> FrameTried:
        began_s = time.monotonic()
        said: deque[str] = deque(maxlen=TAIL_LINE_COUNT)
        watch = _Watch(end_s, limit_s, self._is_short)
        trouble, render_s = "", 0.0
        try:
            with self._folder() as folder, watch:
                render_s = self._render(install, folder, watch, said)
        except (FarmError, OSError) as error:
            trouble = watch.why or str(error)
        seconds = time.monotonic() - began_s
        return FrameTried(
            blender=install.version,
            path=str(install.path),
            seconds=round(seconds, 2),
            render_s=round(render_s, 2),
            trouble=plain(trouble)[:_REASON],
            said=last_words(list(said)) if trouble else "",
        )

    def _render(
        self, install: BlenderInstall, folder: Path, watch: _Watch, said: deque[str]
    ) -> float:
        """Render and prove; return how long the render took. Raises FarmError and OSError."""
        session = Session.start(
            install,
            node_name=self._node_name,
            on_line=said.append,
            timeout_s=max(1.0, watch.left_s),
            temp_dir=folder,
        )
        self._session = session
        try:
            watch.over(session)
            if self._closing.is_set():
                session.kill()
            with _scene() as scene:
                spec = SceneSpec.of(scene, settings=_SETTINGS, blender=ANY_VERSION)
                session.open(spec)
                written = session.render(1, folder / "0001.png")
            proof = self._prover.prove(
                written.path, WIDTH, HEIGHT, FORMATS["PNG"], max(1.0, watch.left_s)
            )
        finally:
            self._session = None
            session.kill()
        _refuse_black(proof)
        return written.seconds

    @contextlib.contextmanager
    def _folder(self) -> Iterator[Path]:
        self._temp_root.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=self._temp_root, prefix="check-"))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


class _Watch(threading.Thread):
    """Ends the test frame's Blender when it takes too long, or memory gets short."""

    def __init__(self, end_s: float, limit_s: float, is_short: Callable[[], bool]) -> None:
        super().__init__(name="trial-watch", daemon=True)
        self._end_s = end_s
        self._limit_s = limit_s
        self._is_short = is_short
        self._session: Session | None = None
        self._done = threading.Event()
        self.why = ""
        """Why it ended Blender; empty: it did not."""

    @property
    def left_s(self) -> float:
        return self._end_s - time.monotonic()

    def __enter__(self) -> _Watch:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()

    def over(self, session: Session) -> None:
        """Watch over this Blender from now on."""
        self._session = session

    def run(self) -> None:
        while not self._done.wait(_LOOK_EVERY_S):
            session = self._session
            if session is None:
                continue  # its start has a limit of its own
            if self.left_s <= 0:
                self.why = f"The test frame took longer than {self._limit_s:g} s and was stopped."
            elif self._is_short():
                self.why = SHORT
            if self.why:
                session.kill()
                return


@contextlib.contextmanager
def _scene() -> Iterator[Path]:
    source = resources.files("brender_farm") / "demo" / SCENE
    with resources.as_file(source) as path:
        yield path


def _refuse_black(proof: Proof) -> None:
    if proof.is_black:
        raise FarmError("The test frame is black, though its scene is lit.")
