"""The preview films that are kept: one of a shot, beside it what it was made of and how.

All of it is in files, so that every process of the farm's machine sees the same: `<shot>.mp4`,
`<shot>.json` (FilmFacts), `<shot>.wanted` while somebody waits for one, and `<shot>.progress` while
one is made.
"""

from __future__ import annotations

import contextlib
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from brender_farm.config import Settings
from brender_farm.db.core import current_settings, reading
from brender_farm.db.models import Shot
from brender_farm.db.reads.shots import require_shot
from brender_farm.service.shapes.films import FilmFacts, FilmProgress, FilmState

SHARE = 0.4
"""Of the room for pictures (BRENDER_PICTURES_MB), what films may take."""
STALE_S = 60.0
"""A progress that has not changed for so long is of a process that is gone."""


@dataclass(frozen=True, slots=True)
class FilmStore:
    """The folder of films."""

    folder: Path

    def film(self, shot_id: int) -> Path:
        return self.folder / f"{shot_id}.mp4"

    def wish(self, shot_id: int) -> Path:
        return self.folder / f"{shot_id}.wanted"

    def facts(self, shot_id: int) -> FilmFacts | None:
        """Return what is known of the last film or try; None: there was none."""
        try:
            return msgspec.json.decode(self._facts(shot_id).read_bytes(), type=FilmFacts)
        except (OSError, msgspec.DecodeError):
            return None

    def keep_facts(self, shot_id: int, facts: FilmFacts) -> None:
        self._write(self._facts(shot_id), msgspec.json.encode(facts))

    def progress(self, shot_id: int) -> FilmProgress | None:
        """Return how far the film that is made now is; None: none is."""
        try:
            path = self._progress(shot_id)
            if time.time() - path.stat().st_mtime > STALE_S:
                return None
            done, total = path.read_text(encoding="ascii").split()
            return FilmProgress(done=int(done), total=int(total))
        except (OSError, ValueError):
            return None

    def keep_progress(self, shot_id: int, progress: FilmProgress | None) -> None:
        if progress is None:
            self._progress(shot_id).unlink(missing_ok=True)
        else:
            words = f"{progress.done} {progress.total}".encode("ascii")
            self._write(self._progress(shot_id), words)

    def mark(self, shot_id: int, *, as_it_is_made: bool) -> str:
        """Return a tag that changes with the film, and with how far it is, or a wish for one."""
        marks = []
        paths = [self._facts(shot_id)]
        if as_it_is_made:
            paths += [self._progress(shot_id), self.wish(shot_id)]
        for path in paths:
            with contextlib.suppress(OSError):
                marks.append(f"{path.suffix[1]}{path.stat().st_mtime_ns:x}")
        return "".join(marks)

    def forget(self, shot_id: int) -> None:
        """Remove all there is of a shot's film."""
        for path in self.folder.glob(f"{int(shot_id)}.*"):
            path.unlink(missing_ok=True)

    def wishes(self) -> list[int]:
        """Return the shots that somebody waits for a film of, first asked first."""
        found = []
        for path in self.folder.glob("*.wanted"):
            with contextlib.suppress(OSError, ValueError):
                found.append((path.stat().st_mtime_ns, int(path.stem)))
        return [shot_id for _, shot_id in sorted(found)]

    def shot_ids(self) -> set[int]:
        """Return the shots of which there is anything here."""
        return {int(path.stem) for path in self.folder.glob("[0-9]*.*") if path.stem.isdecimal()}

    def tidy(self, most_bytes: float, *, but: int) -> int:
        """Remove the films that were made longest ago, if all take too much; return how many.

        What is known of them stays, so that they are not made again by themselves. The film of
        shot `but` stays whatever it takes.
        """
        films = sorted(self._films())
        total = sum(size for _, size, _ in films)
        removed = 0
        for _, size, path in films:
            if total <= most_bytes:
                break
            if path != self.film(but):
                path.unlink(missing_ok=True)
                total, removed = total - size, removed + 1
        return removed

    def _films(self) -> Iterator[tuple[float, int, Path]]:
        for path in self.folder.glob("*.mp4"):
            with contextlib.suppress(OSError):
                found = path.stat()
                yield found.st_mtime, found.st_size, path

    def _facts(self, shot_id: int) -> Path:
        return self.folder / f"{shot_id}.json"

    def _progress(self, shot_id: int) -> Path:
        return self.folder / f"{shot_id}.progress"

    def _write(self, path: Path, content: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f".{secrets.token_hex(6)}")
        fresh.write_bytes(content)
        fresh.replace(path)


def film_store(settings: Settings | None = None) -> FilmStore:
    """Return where this farm keeps its films."""
    return FilmStore((settings or current_settings()).data_dir / "films")


def stamp_of(shot: Shot) -> str:
    """Return a text that changes with a shot's finished pictures."""
    return f"{shot.done_count}-{shot.render_seconds:.6f}"


def film_state(shot_id: int) -> FilmState:
    """Return how it stands with a shot's film. Raises NotFound."""
    with reading() as session:
        shot = require_shot(session, shot_id)
        stamp, done_count = stamp_of(shot), shot.done_count
    store = film_store()
    facts = store.facts(shot_id)
    is_there = store.film(shot_id).is_file()
    film = facts if facts is not None and is_there and not facts.trouble else None
    tried_now = facts is not None and facts.stamp == stamp
    return FilmState(
        film=film,
        is_current=film is not None and tried_now,
        making=store.progress(shot_id),
        is_wanted=store.wish(shot_id).exists(),
        trouble=facts.trouble if facts is not None and tried_now else "",
        can_be_made=done_count > 0,
    )


def film_mark(shot_id: int, *, as_it_is_made: bool = False) -> str:
    """Return a tag that changes with a shot's film; empty when none was ever tried.

    `as_it_is_made` lets it change with each step, and while one is only wished for.
    """
    return film_store().mark(shot_id, as_it_is_made=as_it_is_made)
