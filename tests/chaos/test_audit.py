"""The audit itself: it finds each kind of harm that is done to a finished shot."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from brender_farm.db.core import reading, writing
from brender_farm.db.models import Frame, Shot
from tests.chaos.audit import ShotAudit
from tests.chaos.farm import ChaosFarm
from tests.chaos.journal import read_journal
from tests.chaos.reference import Reference

pytestmark = pytest.mark.xdist_group("chaos-audit")


class Finished:
    """A shot without faults, and the run it is compared with."""

    def __init__(self, farm: ChaosFarm) -> None:
        self.farm = farm
        self._reference = farm.submit(farm.blend(), frames="1-4", output=str(farm.output / "a"))
        self.shot = farm.submit(
            farm.blend(), frames="1-4", chunk_size=2, output=str(farm.output / "b")
        )
        self.folder, reference = (
            Path(farm.wait_until_over(shot).output_dir) for shot in (self.shot, self._reference)
        )
        self.reference = Reference(reference, by_pixels=False)

    def problems(self) -> list[str]:
        with self.farm.core.app_context(), reading() as session:
            one = ShotAudit.load(session, self.shot)
            return [
                *one.pictures(self.reference),
                *one.drafts(),
                *one.records(),
                *one.publishers(read_journal(self.farm.journal)),
                *one.recount(),
            ]

    def store(self, table: type, **values: object) -> None:
        shot = table.id if table is Shot else table.shot_id  # type: ignore[attr-defined]
        with self.farm.core.app_context(), writing() as session:
            session.execute(update(table).where(shot == self.shot).values(**values))


@pytest.fixture
def finished(tmp_path: Path) -> Iterator[Finished]:
    farm = ChaosFarm(tmp_path / "farm")
    try:
        farm.start_all()
        yield Finished(farm)
    finally:
        farm.stop()


def test_the_audit_finds_what_is_wrong_and_nothing_else(finished: Finished) -> None:
    assert finished.problems() == []

    first, second, third, fourth = (finished.folder / f"000{n}.png" for n in (1, 2, 3, 4))
    first.rename(finished.folder / "0001.png.part")
    assert words(finished, "0001.png is lost", "0001.png.part is left over", "frame 1 is done")
    (finished.folder / "0001.png.part").rename(first)

    kept = second.read_bytes()
    second.write_bytes(third.read_bytes())
    assert words(finished, "0002.png differs", "frame 2 is recorded with another size or hash")
    assert words(finished, "frame 2 was published by chunk None (unknown)")
    second.write_bytes(kept)
    os.utime(second, ns=(0, 0))
    assert words(finished, "frame 2 was published by chunk None")
    second.unlink()
    again = finished.folder / ".brender" / "99"
    again.mkdir()
    assert words(finished, "draft folder 99 is left")

    finished.store(Frame, chunk_id=1)
    assert words(finished, "frame 4 was published by chunk", "(done), but chunk 1 is recorded")
    finished.store(Shot, done_count=3, render_seconds=99.0)
    assert words(finished, "done_count is 3, a recount finds 4", "render_seconds is 99.0")
    assert fourth.exists()


def test_what_is_left_running_is_found(finished: Finished) -> None:
    assert {process.pid for process in finished.farm.living()} >= {
        process.pid for process in finished.farm.processes.values()
    }

    assert finished.farm.end_all() == []
    assert finished.farm.living() == []


def words(finished: Finished, *parts: str) -> bool:
    """Tell whether the problems found contain all of these."""
    found = finished.problems()
    missing = [part for part in parts if not any(part in problem for problem in found)]
    assert not missing, f"not found: {missing}; found: {found}"
    return True
