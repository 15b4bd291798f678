"""What a script does to shots and asks of a farm: the same on its machine and from elsewhere."""

from __future__ import annotations

import hashlib
import shutil
import threading
import zipfile
from pathlib import Path

import numpy as np
import OpenImageIO as OIIO  # noqa: N817
import pytest
from msgspec.structs import replace

from brender_farm import connect, submit_shot
from brender_farm.client import Farm, ShotHandle, core_app, this_farm
from brender_farm.domain.places import log_path
from brender_farm.domain.reasons import ReasonKind
from brender_farm.domain.states import NodeIntent, ShotState
from brender_farm.errors import ActionRefused, ConfigError, NotFound, RequestRefused
from brender_farm.service.shapes.events import EventFilter
from brender_farm.service.shapes.logs import LogFilter
from brender_farm.service.shapes.shots import Page
from brender_farm.service.shapes.shows import ShowRequest
from tests.integration.service.core_farm import CoreFarm, done, ended, failed, started


@pytest.fixture
def scene(place, tmp_path, data_dir) -> Path:
    return Path(shutil.copy(data_dir / "tiny.blend", tmp_path / "tiny.blend"))


@pytest.fixture
def farm(place, tmp_path):
    with core_app().app_context():
        farm = CoreFarm(tmp_path)
        farm.join("atlas", slots=2)
        yield farm


def finished(farm: CoreFarm, scene: Path, frames: int = 4) -> ShotHandle:
    """Return a shot whose frames are done, their files written as a node would."""
    shot = submit_shot(scene, frames=f"1-{frames}", chunk_size=frames)
    [order] = farm.assign()
    chunk, folder = order.order.chunk_id, shot.output
    reports = []
    for frame in range(1, frames + 1):
        path = folder / f"{frame:04}.png"
        picture = OIIO.ImageOutput.create(str(path))
        picture.open(str(path), OIIO.ImageSpec(64, 36, 3, "uint8"))
        picture.write_image(np.full((36, 64, 3), frame / 10, np.float32))
        picture.close()
        content = path.read_bytes()
        digest = hashlib.blake2b(content, digest_size=20).hexdigest()
        reports.append(replace(done(chunk, frame), byte_count=len(content), digest=digest))
    farm.report(*reports, ended(chunk))
    return shot


def test_settings_are_changed_by_their_names(scene, farm):
    shot = submit_shot(scene, frames="1-4")
    other = submit_shot(scene)
    shot.edit(priority=80, notes="Retake", frames="1-6", samples=16, after=[other])
    detail = shot.detail
    assert (detail.row.priority, detail.notes, detail.frames) == (80, "Retake", "1-6")
    assert (detail.render["samples"], detail.after[0].id) == (16, other.id)
    shot.edit(samples=None, after="", max_nodes="2", frame_limit_s="60")
    detail = shot.detail
    assert (detail.render, detail.after, detail.max_nodes) == ({}, (), 2)
    with pytest.raises(RequestRefused) as refusal:
        shot.edit(frames="1-")
    assert [fault.field for fault in refusal.value.faults] == ["frames"]


def test_what_cannot_be_changed_of_a_shot_is_refused(scene):
    shot = submit_shot(scene, frames="1-4")
    with pytest.raises(RequestRefused) as refusal:
        shot.edit(blend="other.blend")
    assert [fault.field for fault in refusal.value.faults] == ["blend"]


def test_a_shot_comes_after_others_and_says_why_it_waits(scene, farm):
    first, second = submit_shot(scene), submit_shot(scene, after="1")
    assert second.state is ShotState.WAITING
    assert second.why()[0].kind is ReasonKind.DEPENDENCY
    assert second.set_after(None, [first]) is ShotState.WAITING
    assert second.detail.after[0].by_frame
    assert second.set_after() is ShotState.QUEUED
    first.set_after([second])
    with pytest.raises(ActionRefused, match="none would ever begin"):
        second.set_after([first])
    with pytest.raises(RequestRefused):
        first.set_after("99")
    with pytest.raises(RequestRefused, match="numbers of shots"):
        first.set_after("first")


def test_a_shot_is_submitted_again_put_away_and_begun_anew(scene, farm):
    shot = finished(farm, scene)
    again = shot.submit_again(frames="1-2", percentage=50)
    assert (again.detail.frames, again.detail.render["percentage"]) == ("1-2", 50)
    assert again.output != shot.output
    with pytest.raises(ActionRefused):
        again.archive()
    shot.archive()
    assert shot.detail.row.archived
    shot.unarchive()
    assert not shot.detail.row.archived
    assert shot.reset(reason="New lamp.") is ShotState.QUEUED
    assert shot.progress.done == 0
    again.delete(reason="Not needed.")
    with pytest.raises(NotFound, match=f"no shot {again.id}"):
        again.act("pause")


def test_a_changed_file_is_adopted(scene, farm, data_dir):
    shot = submit_shot(scene, frames="1-2")
    with pytest.raises(ActionRefused):
        shot.adopt("rest")
    shutil.copy(data_dir / "tiny_workbench.blend", scene)
    assert shot.adopt("rest") is ShotState.QUEUED


def test_frames_and_a_film_are_taken_along(place, scene, farm, tmp_path):
    shot = finished(farm, scene)
    archive = shot.download(tmp_path / "frames.zip", "1-2")
    with zipfile.ZipFile(archive) as opened:
        assert [name.rpartition("/")[2] for name in opened.namelist()] == ["0001.png", "0002.png"]
    (shot.output / "0003.png").unlink()
    told = this_farm().write_frames(shot.id, tmp_path / "all.zip")
    assert (told.file_count, told.missing_count) == (3, 1)
    assert told.byte_count == (tmp_path / "all.zip").stat().st_size
    with place.making_films():
        film = shot.film(tmp_path / "shot.mp4")
    assert film.read_bytes()[4:8] == b"ftyp"
    with pytest.raises(ActionRefused):
        submit_shot(scene).film(tmp_path / "none.mp4")
    assert not (tmp_path / "none.mp4").exists()


def test_an_audit_says_what_is_not_as_it_was_published(scene, farm):
    shot = finished(farm, scene)
    (shot.output / "0002.png").unlink()
    seen = []
    result = this_farm().audit_shot(shot.id, on_frame=lambda *told: seen.append(told))
    assert [bad.frame for bad in result.bad] == [2]
    assert (result.shot_id, result.state, result.put_back_count) == (shot.id, "queued", 1)
    assert seen[-1] == (4, 4)
    assert shot.detail.audit == result


def test_a_farm_lists_its_shots_and_nodes(scene, farm, place):
    for name in ("Opening", "Chase", "Ending"):
        submit_shot(scene, name=name).act("pause")
    submit_shot(scene, name="Credits")
    whole = connect() if place.is_elsewhere else Farm()
    assert [row.name for row in whole.shots("paused", limit=2)] == ["Ending", "Chase"]
    assert [row.name for row in whole.shots(search="cred")] == ["Credits"]
    [atlas] = whole.nodes()
    assert (atlas.name, atlas.slots, atlas.intent) == ("atlas", 2, NodeIntent.ENABLED)
    assert whole.get_shot(1).detail.row.name == "Opening"
    asked = whole.submit_shot(scene, "1-2", name="More")
    assert asked == ShotHandle(asked.id, asked.warnings, whole.backend)


def test_connecting_needs_an_address(here):
    with pytest.raises(ConfigError, match="BRENDER_URL"):
        connect()
    with pytest.raises(ConfigError, match=r"https://farm\.studio\.com"):
        connect("farm.studio.com")


def test_many_shots_are_listed_in_pages_of_any_size(scene):
    backend = this_farm()
    for number in range(7):
        submit_shot(scene, name=f"S{number}")
    found = backend.list_shots(Page(sort="id", number=2, size=3))
    assert [row.name for row in found.rows] == ["S3", "S4", "S5"]
    assert (found.total, found.counts["queued"]) == (7, 7)


def test_nodes_rules_and_settings_are_steered(farm):
    backend = this_farm()
    [node] = backend.list_nodes().rows
    assert backend.act_on_node(node.id, "drain", reason="Update").reason == "Update"
    with pytest.raises(ActionRefused):
        backend.act_on_node(node.id, "drain")
    assert backend.set_tags(node.id, "gpu, fast").tags == ("gpu", "fast")
    assert backend.set_hours(node.id, "sat-sun").hours == "sat-sun"
    assert backend.why_node_named("atlas").node_id == node.id
    with pytest.raises(NotFound, match="brender nodes"):
        backend.why_node_named("nobody")
    assert backend.set_limit("nuke", "4").slots == 4
    assert backend.set_share("mira", 2).weight == 2
    assert [row.name for row in backend.list_rules().limits] == ["nuke"]
    backend.remove_limit("nuke")
    backend.remove_share("mira")
    with pytest.raises(NotFound):
        backend.remove_limit("nuke")
    assert backend.change_setting("slow_factor", "4") == 4
    assert {row.name: row.value for row in backend.all_settings()}["slow_factor"] == 4
    with pytest.raises(NotFound):
        backend.change_setting("speed", "9")
    with pytest.raises(RequestRefused):
        backend.change_setting("slow_factor", "very")
    [line] = backend.list_events(EventFilter(subject="setting")).lines
    assert line.event.actor == "mira"


def test_presets_and_shows_are_set_up(farm, tmp_path):
    backend = this_farm()
    preset = backend.set_preset("Draft", {"samples": "16", "denoise": "yes"})
    assert preset.settings == {"samples": 16, "denoise": True}
    assert backend.set_preset("draft", {"samples": ""}).settings == {"denoise": True}
    assert backend.remove_preset_named("DRAFT").name == "Draft"
    with pytest.raises(NotFound, match="brender presets"):
        backend.remove_preset_named("Draft")
    (tmp_path / "lantern").mkdir()
    show = backend.add_show(ShowRequest(name="Lantern", root=str(tmp_path / "lantern")))
    assert backend.find_show("lantern") == backend.find_show(str(show.id)) == show
    changed = backend.change_show(show.id, ShowRequest(name="Lamp", root=show.root, notes="Ours"))
    assert (changed.name, changed.notes) == ("Lamp", "Ours")
    assert backend.activate_show(show.id).is_active
    backend.deactivate_shows()
    assert backend.delete_show(show.id).name == "Lamp"
    assert backend.list_shows() == ()


def test_what_goes_on_is_told(scene, farm):
    backend = this_farm()
    shot = submit_shot(scene, frames="1-4", chunk_size=2)
    chunk, _ = (order.order.chunk_id for order in farm.assign())
    farm.report(failed(chunk, 1, permanent=True))
    queue = backend.look_at_queue()
    assert [each.shot_id for each in queue.running] == [shot.id, shot.id]
    assert [row.id for row in backend.shot_chunks(shot.id)] == [2, 1]
    assert backend.why_shot(shot.id).state is ShotState.RENDERING
    assert [row.frame for row in backend.list_failures().rows] == [1]
    assert backend.list_stuck().rows == ()
    assert backend.slow_frames() == ()
    assert backend.survey("reset", [shot.id, 99]).ids == (shot.id,)
    result = backend.bulk("pause", [shot.id, 99], reason="Lunch")
    assert (result.done, [each.shot_id for each in result.refused]) == ((shot.id,), [99])
    assert backend.set_priority(shot.id, 70).priority == 70
    moved = backend.try_elsewhere(chunk, 2, reason="Hangs")
    assert (moved.frame, moved.node) == (2, "atlas")


def test_a_change_is_told_at_once_and_nothing_once_the_limit_is_over(scene):
    backend, shot, told = this_farm(), submit_shot(scene), []
    known = shot.detail
    waiting = threading.Thread(target=lambda: told.append(backend.await_change(known, 60)))
    waiting.start()
    shot.edit(priority=80)
    waiting.join(60)
    assert [each.row.priority for each in told] == [80]
    assert backend.await_change(told[0], 0.1).rev == told[0].rev


def test_a_chunks_log_is_read_and_followed(scene, farm):
    backend, shot = this_farm(), submit_shot(scene, frames="1-2", chunk_size=2)
    [order] = farm.assign()
    chunk = order.order.chunk_id
    farm.report(started(chunk))
    log = log_path(shot.output, chunk)
    log.parent.mkdir(parents=True)
    log.write_text("Fra:1 Mem:8.53M\nError: out of memory\n")
    wanted = LogFilter(source=f"chunk.{chunk}", level="ERROR")
    page = backend.list_logs(wanted)
    assert [line.message for line in page.lines] == ["Error: out of memory"]
    assert (page.total, page.last_id, page.has_older) == (1, "2", False)
    assert backend.lines_after(wanted, page.last_id) == ([], "")
    with log.open("a") as file:
        file.write("Fra:2 Mem:8.53M\n")
    lines, _ = backend.lines_after(wanted, page.last_id)
    assert [(line.id, line.level) for line in lines] == [("3", "INFO")]
    assert backend.log_sources()[-1].name == f"chunk.{chunk}"
    with pytest.raises(NotFound):
        backend.list_logs(LogFilter(source="chunk.99"))


def test_the_farm_says_how_it_is(farm):
    seen = this_farm().condition()
    assert seen.nodes is not None
    assert (seen.nodes.total, seen.database.kind) == (1, seen.database.kind)
    assert seen.troubles
