"""What the farm has finished stays finished, whatever happens to its files or its database."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from brender_farm.db.core import db, reading
from brender_farm.db.models import Shot
from brender_farm.domain.states import ShotState
from brender_farm.service import shots
from tests.farm import Farm
from tests.waiting import wait_for


def audited(farm: Farm, shot: int) -> dict[str, object]:
    """Return what the last audit found, once the shot is completed and was audited after that."""
    with farm.core.app_context(), reading() as session:
        found = session.get_one(Shot, shot)
        return found.audit if found.state is ShotState.COMPLETED and found.audited_at else {}


def restart_scheduler(farm: Farm, **env: str) -> None:
    farm.kill("scheduler")
    farm._environments["scheduler"] = farm._environments["scheduler"] | env
    farm.restart("scheduler")


def test_a_completed_shot_is_audited_and_what_is_missing_rendered_again(own_farm: Farm) -> None:
    farm = own_farm
    restart_scheduler(farm, BRENDER_AUDIT="off")
    farm.start_node("anna")
    shot = farm.submit(farm.blend(), frames="1-6")
    farm.wait_until_over(shot)
    folder = Path(farm.shot(shot).output_dir)
    (folder / "0002.png").unlink()
    changed = bytearray((folder / "0005.png").read_bytes())
    changed[-20] ^= 1
    (folder / "0005.png").write_bytes(changed)

    restart_scheduler(farm, BRENDER_AUDIT="full")

    result = wait_for(lambda: audited(farm, shot), "the shot is audited")
    assert (result["bad_count"], result["checked_count"]) == (0, 6)
    assert len(farm.files(shot)) == 6
    assert (folder / "0005.png").read_bytes() != changed
    with farm.core.app_context():
        reasons = [event.reason for event in shots.shot_events(shot)]
    assert any("(1 missing, 1 changed)" in reason for reason in reasons)


def test_the_command_tells_what_it_found(own_farm: Farm) -> None:
    farm = own_farm
    farm.start_node("anna")
    shot = farm.submit(farm.blend(), frames="1-3")
    farm.wait_until_over(shot)

    well = farm.run("audit", str(shot))
    assert (well.returncode, "All is as it was published." in well.stdout) == (0, True), well

    (Path(farm.shot(shot).output_dir) / "0002.png").unlink()
    bad = farm.run("audit", str(shot), "--quick", "--json")
    assert bad.returncode == 1, bad
    assert json.loads(bad.stdout)["bad"] == [{"frame": 2, "wrong": "0002.png is missing."}]
    wait_for(lambda: farm.shot(shot).row.state is ShotState.COMPLETED, "it is completed again")
    assert len(farm.files(shot)) == 3

    folder = Path(farm.shot(shot).output_dir)
    folder.rename(folder.with_name("away"))
    unseen = farm.run("audit", str(shot))
    assert (unseen.returncode, "Mount the disk" in unseen.stderr) == (5, True), unseen
    assert farm.run("audit", "99").returncode == 3


@pytest.mark.parametrize("node_lives_on", [True, False])
def test_a_farm_comes_back_from_a_backup_in_mid_shot(own_farm: Farm, node_lives_on: bool) -> None:
    farm = own_farm
    farm.start_node("anna")
    shot = farm.submit(farm.blend(seconds=0.2), frames="1-60", chunk_size=5)
    farm.wait_for_frames(shot, 7)
    backup = farm.folder / "backup"
    taken = farm.run("backup", str(backup))
    assert taken.returncode == 0, taken
    newer = farm.shot(shot).row.done_count + 1  # a backup takes its time
    farm.wait_for_frames(shot, newer)

    farm.kill("scheduler")
    if not node_lives_on:
        farm.kill("anna")
        farm.end("broker")
    destroy_database(farm)
    back = farm.run("restore", str(backup))
    assert back.returncode == 0, back
    assert farm.shot(shot).row.done_count < newer
    if not node_lives_on:
        farm.start("broker")
    farm.restart("scheduler")
    if not node_lives_on:
        farm.restart("anna")

    wait_for(lambda: audited(farm, shot), "the shot is completed and audited", limit_s=120)
    assert farm.files(shot) == [f"{number:04}.png" for number in range(1, 61)]
    assert farm.run("audit", str(shot)).returncode == 0


def destroy_database(farm: Farm) -> None:
    with farm.core.app_context():
        db.session.remove()
        db.engine.dispose()
    url = make_url(farm.settings.database_url)
    if url.get_backend_name() == "sqlite":
        for path in Path(url.database or "").parent.glob("farm.db*"):
            path.unlink()
        return
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
