"""Films and frames of a farm elsewhere, taken along."""

from __future__ import annotations

import time
import zipfile
from pathlib import Path
from typing import Any

from brender_farm.client.backend import OnFilm, say_nothing
from brender_farm.client.files import write_whole
from brender_farm.client.remote.decode import decode
from brender_farm.client.remote.looks import RemoteLooks
from brender_farm.errors import FarmError
from brender_farm.service.shapes.downloads import MISSING_NAME, ArchiveFacts
from brender_farm.service.shapes.films import FilmFacts, FilmProgress

_LOOK_EVERY_S = 1.0
_PATIENCE_S = 900.0
"""It makes films one after the other, and others may come before this one."""


class RemoteFiles(RemoteLooks):
    """Takes along what the dashboard gives; see `backend.ShotWork`."""

    def write_film(
        self, shot_id: int, out: Path, *, on_progress: OnFilm = say_nothing
    ) -> FilmFacts:
        facts = self._current_film(shot_id, on_progress)
        with self.http.download(f"/shots/{shot_id}/film.mp4") as parts:
            write_whole(out, parts)
        return facts

    def write_frames(
        self, shot_id: int, out: Path, frames: str = "", *, beside: bool = False
    ) -> ArchiveFacts:
        query = {"frames": frames, "files": "all" if beside else ""}
        with self.http.download(f"/shots/{shot_id}/frames.zip", query) as parts:
            write_whole(out, parts)
        return _archive_facts(out)

    def _current_film(self, shot_id: int, on_progress: OnFilm) -> FilmFacts:
        """Return the film that shows the frames as they are now, once the farm has made it."""
        path = f"/shots/{shot_id}/film"
        told = self.http.get(path)
        if not told["is_current"]:
            told = self.http.send("POST", path)
        seen, since = told["making"], time.monotonic()
        while not told["is_current"]:
            if told["making"]:
                on_progress(decode(FilmProgress, told["making"]))
            elif told["trouble"] and not told["is_wanted"]:
                raise FarmError(f"No film of shot {shot_id} could be made: {told['trouble']}")
            if told["making"] != seen:
                seen, since = told["making"], time.monotonic()
            if time.monotonic() - since > _PATIENCE_S:
                raise FarmError(
                    f"The farm has not gone on with the film of shot {shot_id} for "
                    f"{_PATIENCE_S / 60:.0f} minutes. Its dashboard's log may say why."
                )
            time.sleep(_LOOK_EVERY_S)
            told = self.http.get(path)
        return _film_facts(told["film"])


def _film_facts(told: Any) -> FilmFacts:
    names = ("made_at", "fps", "width", "height", "frame_count", "gap_count", "byte_count")
    return FilmFacts(stamp="", **{name: told[name] for name in names})


def _archive_facts(path: Path) -> ArchiveFacts:
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        missing = [name for name in names if name.rpartition("/")[2] == MISSING_NAME]
        lines = archive.read(missing[0]).decode().splitlines()[2:] if missing else []
    return ArchiveFacts(
        file_count=len(names) - len(missing),
        byte_count=path.stat().st_size,
        missing_count=len([line for line in lines if line]),
    )
