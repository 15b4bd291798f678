from __future__ import annotations

import hashlib

import numpy as np
import OpenImageIO as OIIO  # noqa: N817

from dashboard import thumbnails
from dashboard.thumbnails import Wanted, earlier_picture, keepsake, thumbnail


def save(path, shade=0.5):
    output = OIIO.ImageOutput.create(str(path))
    output.open(str(path), OIIO.ImageSpec(64, 36, 3, "uint8"))
    output.write_image(np.full((36, 64, 3), shade, np.float32))
    output.close()
    return path


def digest_of(path):
    return hashlib.blake2b(path.read_bytes(), digest_size=20).hexdigest()


def wanted(tag, kind="large"):
    return Wanted(shot_id=7, frame=12, tag=tag, kind=kind)


def test_a_picture_is_kept_while_its_file_is_the_one_that_is_meant(tmp_path):
    source, folder = save(tmp_path / "0012.png"), tmp_path / "kept"
    assert keepsake(wanted("a"), source, digest_of(source), folder)
    assert wanted("a").path(folder).exists()
    assert not keepsake(wanted("b"), source, "00" * 20, folder)
    assert not keepsake(wanted("b"), tmp_path / "gone.png", "00" * 20, folder)
    assert not wanted("b").path(folder).exists()


def test_a_file_that_is_replaced_while_it_is_read_is_not_kept(tmp_path, monkeypatch):
    source, folder = save(tmp_path / "0012.png"), tmp_path / "kept"
    made = thumbnails._make

    def late(*args):
        save(tmp_path / "new.png", 0.9).replace(source)
        return made(*args)

    monkeypatch.setattr(thumbnails, "_make", late)
    assert not keepsake(wanted("a"), source, digest_of(source), folder)
    assert not wanted("a").path(folder).exists()


def test_a_few_large_pictures_of_a_frame_stay_and_small_ones_do_not(tmp_path):
    source, folder = save(tmp_path / "0012.png"), tmp_path / "kept"
    for tag in "abcdefg":
        thumbnail(wanted(tag), source, folder)
        thumbnail(wanted(tag, "thumb"), source, folder)
    kept = sorted(path.name for path in folder.rglob("*.jpg"))
    assert len([name for name in kept if "-large-" in name]) == thumbnails.KEPT_OF_A_FRAME
    assert [name for name in kept if "-thumb-" in name] == ["12-thumb-g.jpg"]


def test_of_a_picture_that_is_gone_the_best_that_was_kept_is_shown(tmp_path):
    source, folder = save(tmp_path / "0012.png"), tmp_path / "kept"
    assert earlier_picture(wanted("a"), folder) is None
    thumbnail(wanted("a", "film"), source, folder)
    assert earlier_picture(wanted("a"), folder) == wanted("a", "film").path(folder)
    thumbnail(wanted("a"), source, folder)
    assert earlier_picture(wanted("a"), folder) == wanted("a").path(folder)
