from __future__ import annotations

from pathlib import Path

import pytest

from brender_farm.db.core import reading
from brender_farm.db.models import Shot
from brender_farm.domain.states import ShotState
from brender_farm.scheduler import auditor as module
from brender_farm.scheduler.auditor import Auditor
from tests.integration.service.test_audit import render
from tests.waiting import wait_for


@pytest.fixture
def folder(farm) -> Path:
    return farm.root / "out"


@pytest.fixture
def shot_id(farm, folder):
    """Return a completed shot of frames 1-4, its files on the disk."""
    farm.join()
    shot = farm.submit(frames="1-4", chunk_size=4, output=str(folder)).shot.id
    render(farm, folder)
    return shot


@pytest.fixture
def auditor(core_app, monkeypatch):
    """Return a running auditor that need not wait for its first look."""
    monkeypatch.setattr(module, "LOOK_INTERVAL_S", 0.01)
    running = Auditor(core_app, "full")
    running.start()
    yield running
    running.stop()
    running.join(10)


def audit_of(shot_id: int) -> dict[str, object]:
    with reading() as session:
        shot = session.get_one(Shot, shot_id)
        return shot.audit if shot.audited_at is not None else {}


def test_a_completed_shot_is_audited_by_itself(shot_id, auditor):
    found = wait_for(lambda: audit_of(shot_id), "the shot is audited")
    assert (found["actor"], found["checked_count"], found["full"]) == ("farm", 4, True)


def test_a_shot_is_audited_once_when_it_is_finished(farm, folder, shot_id, auditor):
    wait_for(lambda: audit_of(shot_id), "the shot is audited")
    (folder / "0002.png").unlink()
    other = farm.submit(frames="1-4", chunk_size=4, output=str(farm.root / "other")).shot.id
    render(farm, farm.root / "other")
    wait_for(lambda: audit_of(other), "the next shot is audited too")
    assert audit_of(shot_id)["bad_count"] == 0


def test_a_folder_that_is_not_seen_is_tried_again_later(core_app, farm, folder, shot_id):
    auditor = Auditor(core_app, "full")
    away = folder.rename(farm.root / "away")
    auditor.look()
    with reading() as session:
        assert "Mount the disk" in session.get_one(Shot, shot_id).audit["trouble"]
        rev = session.get_one(Shot, shot_id).rev
    auditor.look()
    with reading() as session:
        assert session.get_one(Shot, shot_id).rev == rev
    away.rename(folder)
    auditor._not_before.clear()
    auditor.look()
    assert audit_of(shot_id)["bad_count"] == 0


def test_a_shot_put_back_is_audited_at_once_when_it_is_completed_again(
    core_app, farm, folder, shot_id
):
    auditor = Auditor(core_app, "quick")
    (folder / "0002.png").unlink()
    auditor.look()
    assert farm.shot(shot_id).state is ShotState.QUEUED
    render(farm, folder)
    auditor.look()
    assert audit_of(shot_id)["bad_count"] == 0


def test_an_audit_gives_way_when_the_process_ends(core_app, shot_id):
    auditor = Auditor(core_app, "full")
    auditor.stop()
    auditor.start()
    auditor.join(10)
    assert not auditor.is_alive()
    assert audit_of(shot_id) == {}


def test_an_auditor_that_is_off_ends_at_once(core_app, shot_id):
    auditor = Auditor(core_app, "off")
    auditor.start()
    auditor.join(10)
    assert not auditor.is_alive()
    assert audit_of(shot_id) == {}


def test_reading_takes_turns_with_work_that_waits(farm, folder, shot_id, monkeypatch):
    monkeypatch.setattr(module, "_READING_S", 0.0)
    stopping = _Noting()
    pace = module._Pace(stopping)
    pace.rest(1, 4)
    assert stopping.rests == []
    farm.submit(frames="1-4", output=str(farm.root / "other"))
    pace.rest(2, 4)
    assert len(stopping.rests) == 1


class _Noting:
    """An event that notes how long one waits for it, and never comes."""

    def __init__(self) -> None:
        self.rests: list[float] = []

    def is_set(self) -> bool:
        return False

    def wait(self, seconds: float) -> bool:
        self.rests.append(seconds)
        return False
