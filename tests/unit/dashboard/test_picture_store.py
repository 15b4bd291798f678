from __future__ import annotations

import os

from dashboard import picture_store
from dashboard.picture_store import PictureStore
from tests.waiting import wait_for


def keep(folder, name, age, size=1000):
    path = folder / "7" / "0" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)
    os.utime(path, (1_000_000 - age, 1_000_000 - age))
    return path


def test_the_oldest_pictures_go_when_they_take_too_much(tmp_path):
    kept = [keep(tmp_path, f"{age}.jpg", age) for age in range(10)]
    assert PictureStore(tmp_path, 5000).tidy() == 6
    assert [path.exists() for path in kept] == [True] * 4 + [False] * 6


def test_nothing_goes_while_there_is_room(tmp_path):
    keep(tmp_path, "1.jpg", 1)
    assert PictureStore(tmp_path, 5000).tidy() == 0
    assert PictureStore(tmp_path / "not-there-yet", 5000).tidy() == 0


def test_it_is_tidied_by_itself_after_many_pictures(tmp_path, monkeypatch):
    monkeypatch.setattr(picture_store, "TIDY_EVERY", 3)
    store = PictureStore(tmp_path, 0)
    picture = keep(tmp_path, "1.jpg", 1)
    for _ in range(2):
        store.count_one()
    assert picture.exists()
    store.count_one()
    wait_for(lambda: not picture.exists(), "the picture is gone")
