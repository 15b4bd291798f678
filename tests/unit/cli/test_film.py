from __future__ import annotations

import hashlib
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import av
import numpy as np
import OpenImageIO as OIIO  # noqa: N817
import pytest

from brender_farm.client import core_app, get_shot
from brender_farm.db.core import writing
from brender_farm.db.models import Frame, Shot


@pytest.fixture
def submitted(brender, scene) -> int:
    """Return a shot of four frames of which the first two are there."""
    assert brender("submit", scene, "--name", "Opening", "--frames", "1-4").exit_code == 0
    with core_app().app_context(), writing() as session:
        shot = session.get_one(Shot, 1)
        for number in (1, 2):
            path = written(Path(shot.output_dir) / f"{number:04}.png")
            digest = hashlib.blake2b(path.read_bytes(), digest_size=20).hexdigest()
            session.add(
                Frame(
                    shot_id=1,
                    frame=number,
                    state="done",
                    byte_count=path.stat().st_size,
                    digest=digest,
                    at=datetime.now(UTC),
                )
            )
        shot.done_count = 2
    return 1


def written(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    output = OIIO.ImageOutput.create(str(path))
    output.open(str(path), OIIO.ImageSpec(160, 90, 3, "uint8"))
    output.write_image(np.full((90, 160, 3), 0.5, np.float32))
    output.close()
    return path


def frame_count(film: Path) -> int:
    with av.open(str(film)) as source:
        return source.streams.video[0].frames


def test_a_film_is_written_where_it_is_wanted(brender, submitted, tmp_path):
    shown = brender("film", submitted, tmp_path / "opening.mp4")
    assert shown.exit_code == 0, shown.output
    assert "4 frames, 2 of them not there, 0.2 s at 24 fps, 160×90" in shown.output
    assert frame_count(tmp_path / "opening.mp4") == 4
    again = get_shot(submitted).film(tmp_path / "again.mp4")  # the same one, kept
    assert again.read_bytes() == (tmp_path / "opening.mp4").read_bytes()


def test_frames_are_written_as_an_archive(brender, submitted, tmp_path):
    shown = brender("frames", submitted, "--zip", tmp_path / "opening.zip", "--frames", "2-4")
    assert shown.exit_code == 0, shown.output
    assert "1 file, 0.0 MB." in shown.output
    assert zipfile.ZipFile(tmp_path / "opening.zip").namelist() == ["Opening/0002.png"]


def test_what_is_not_there_is_told(brender, submitted, tmp_path):
    (get_shot(submitted).output / "0001.png").unlink()
    shown = brender("frames", submitted, "--zip", tmp_path / "opening.zip")
    assert "1 are not there as published: see MISSING.txt" in shown.output
    assert [path.name for path in tmp_path.glob("*.zip*")] == ["opening.zip"]


def test_without_frames_there_is_nothing_to_film(brender, scene, tmp_path):
    brender("submit", scene, "--frames", "1-4")
    shown = brender("film", 1, tmp_path / "film.mp4")
    assert shown.exit_code == 1
    assert "no finished frame yet" in shown.output
    assert not (tmp_path / "film.mp4").exists()
