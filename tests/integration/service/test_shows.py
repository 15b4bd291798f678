"""Shows: set up, found for a shot, and what they give to its output and to nodes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from brender_farm import wire
from brender_farm.db.core import reading, writing
from brender_farm.db.models import Node, Shot
from brender_farm.errors import NotFound, RequestRefused
from brender_farm.service.audit import audit_shot
from brender_farm.service.check import check
from brender_farm.service.desk import Desk
from brender_farm.service.dispatch import assign_chunks
from brender_farm.service.files import frame_file
from brender_farm.service.recording import record_report
from brender_farm.service.requests import ShotRequest
from brender_farm.service.shapes.shows import ShowRequest, ShowRow
from brender_farm.service.show_changes import (
    activate_show,
    add_show,
    change_show,
    deactivate_shows,
    delete_show,
)
from brender_farm.service.shows import get_show, list_shows
from brender_farm.service.statistics import statistics
from tests.integration.service.core_farm import CoreFarm, done, ended, heartbeat, started

PATTERN = "out/{shot}/v{version:03}/{shot}_{frame:04}.{ext}"


def show(farm: CoreFarm, name: str = "Film", folder: str = "film", **asked: str) -> ShowRow:
    root = farm.root / folder
    root.mkdir(parents=True, exist_ok=True)
    return add_show(ShowRequest(name=name, root=str(root), **asked), actor="mira")


def blend_in(farm: CoreFarm, folder: str, name: str = "a.blend") -> Path:
    return farm.blend().rename(farm.root / folder / name)


def frame_file_of(farm: CoreFarm, shot_id: int, frame: int) -> Path:
    (dispatch,) = farm.assign()
    chunk = dispatch.order.chunk_id
    farm.report(started(chunk), done(chunk, frame), ended(chunk, reported=1))
    return frame_file(shot_id, frame)


def stored(shot_id: int) -> Shot:
    with reading() as session:
        return session.get_one(Shot, shot_id)


def refusals(asked: ShowRequest) -> dict[str, str]:
    with pytest.raises(RequestRefused) as refusal:
        add_show(asked, actor="mira")
    return {fault.field: fault.message for fault in refusal.value.faults}


def test_a_shot_below_a_shows_root_belongs_to_it(farm):
    film = show(farm)
    shot = farm.submit(blend_in(farm, "film"), frames="1-3").shot
    assert (shot.show_id, farm.shot(shot.id).show) == (film.id, "Film")
    (row,) = list_shows()
    assert (row.shot_count, row.unfinished_count, row.is_active) == (1, 1, False)
    assert farm.reasons("show", film.id) == [f"Show Film was added, with the root {film.root}."]


def test_the_deepest_root_decides_and_the_active_show_between_equals(farm):
    show(farm)
    fx = show(farm, "FX", "film/fx")
    twin = show(farm, "Twin", "film/fx")
    request = ShotRequest(blend=str(blend_in(farm, "film/fx")))
    assert check(request).show_id == fx.id
    activate_show(twin.id, actor="mira")
    assert check(request).show_id == twin.id
    deactivate_shows(actor="mira")
    assert check(request).show_id == fx.id


def test_a_show_can_be_named_and_none_as_well(farm):
    film, other = show(farm), show(farm, "Other", "other")
    blend = blend_in(farm, "film")
    assert check(ShotRequest(blend=str(blend), show="oTHER")).show_id == other.id
    assert check(ShotRequest(blend=str(blend), show="none")).show_id is None
    assert check(ShotRequest(blend=str(blend))).show_id == film.id
    assert check(ShotRequest(blend=str(farm.blend()))).show_id is None
    with pytest.raises(RequestRefused, match=r"no show 'Nope'.*Choose one of Film, Other"):
        check(ShotRequest(blend=str(blend), show="Nope"))


def test_every_fault_of_a_show_is_told_at_once(farm):
    show(farm)
    found = refusals(
        ShowRequest(
            name="film",
            root="/etc",
            root_linux="mnt/film",
            root_macos="/Volumes/../x",
            root_windows="film",
            output_pattern="{shot}.png",
            preset="nope",
        )
    )
    assert found.keys() == {
        "name", "root", "root_linux", "root_macos", "root_windows", "output_pattern", "preset",
    }  # fmt: skip
    assert len(list_shows()) == 1


def test_a_root_that_is_not_there_is_refused(farm):
    assert "no folder" in refusals(ShowRequest(name="Film", root=str(farm.root / "no")))["root"]


def test_roots_that_would_mix_two_shows_on_nodes_are_refused(farm):
    show(farm, root_windows="Z:\\film")
    (farm.root / "other").mkdir()
    asked = ShowRequest(name="Other", root=str(farm.root / "other"), root_windows="z:/FILM/other")
    assert refusals(asked).keys() == {"root_windows"}
    nested = show(farm, "FX", "film/fx", root_windows="z:/film/fx")
    assert nested.root_windows == "z:\\film\\fx"


def test_a_pattern_decides_folder_digits_and_names(farm):
    show(farm, output_pattern=PATTERN)
    blend = blend_in(farm, "film", "sh 010.blend")
    first = farm.submit(blend, frames="1-2")
    assert first.output_dir == str(farm.root / "film/out/sh_010/v001")
    shot = stored(first.shot.id)
    assert (shot.padding, shot.file_prefix) == (4, "sh_010_")
    farm.join()
    assert frame_file_of(farm, shot.id, 1).name == "sh_010_0001.png"


def test_each_submission_gets_the_next_version_and_missing_goes_on_with_the_latest(farm):
    show(farm, output_pattern=PATTERN)
    blend = blend_in(farm, "film")
    folders = [farm.submit(blend, frames="1").output_dir for _ in range(3)]
    assert [Path(folder).name for folder in folders] == ["v001", "v002", "v003"]
    assert farm.submit(blend, frames="1", name="b").output_dir.endswith("/out/b/v001")
    with pytest.raises(RequestRefused, match="unfinished shot is writing"):
        farm.submit(blend, frames="1", existing="missing")
    Path(folders[2]).rmdir()
    farm.act(2, "cancel")
    again = farm.submit(blend, frames="1", existing="missing")
    assert again.output_dir == folders[1]


def test_frames_that_are_there_under_the_patterns_names_are_not_rendered_again(farm):
    show(farm, output_pattern=PATTERN)
    blend = blend_in(farm, "film")
    farm.join()
    first = farm.submit(blend, frames="1-2", chunk_size=1)
    path = frame_file_of(farm, first.shot.id, 1)
    write_png(path, first.shot.id)
    farm.act(first.shot.id, "cancel")
    again = farm.submit(blend, frames="1-2", existing="missing")
    assert again.output_dir == first.output_dir
    assert farm.shot(again.shot.id).done_count == 1


def write_png(path: Path, shot_id: int) -> None:
    import numpy as np
    import OpenImageIO as oiio  # noqa: N813

    shot = stored(shot_id)
    image = oiio.ImageOutput.create(str(path))
    image.open(str(path), oiio.ImageSpec(shot.width, shot.height, 3, "uint8"))
    image.write_image(np.full((shot.height, shot.width, 3), 90, dtype=np.uint8))
    image.close()


def test_the_audit_looks_for_the_patterns_names(farm):
    show(farm, output_pattern=PATTERN)
    farm.join()
    shot = farm.submit(blend_in(farm, "film"), frames="1", chunk_size=1).shot
    path = frame_file_of(farm, shot.id, 1)
    path.write_bytes(bytes(1000))
    assert audit_shot(shot.id, "mira", full=False).bad_count == 0
    path.unlink()
    result = audit_shot(shot.id, "mira", full=False)
    assert [bad.wrong for bad in result.bad] == ["a_0001.png is missing."]


def test_an_output_that_is_asked_for_counts_more_than_the_pattern(farm):
    show(farm, output_pattern=PATTERN)
    shot = farm.submit(blend_in(farm, "film"), frames="1", output=str(farm.root / "elsewhere"))
    assert shot.output_dir == str(farm.root / "elsewhere")
    assert stored(shot.shot.id).file_prefix == ""


def test_a_link_does_not_lead_a_pattern_out_of_the_root(farm):
    show(farm, output_pattern=PATTERN)
    (farm.root / "film/out").symlink_to(farm.root)
    with pytest.raises(RequestRefused, match="outside the folders"):
        farm.submit(blend_in(farm, "film"), frames="1")


def test_names_of_people_and_shots_do_not_lead_out_of_the_root(farm):
    show(farm, output_pattern="{user}/{shot}/{scene}_{frame:04}.{ext}")
    shot = farm.submit(blend_in(farm, "film"), frames="1", name="../../evil")
    assert shot.output_dir == str(farm.root / "film/mira/evil")


def test_a_pattern_without_version_begins_one_where_frames_are(farm):
    show(farm, output_pattern="{shot}/{frame:04}.{ext}")
    blend = blend_in(farm, "film")
    first = farm.submit(blend, frames="1")
    farm.act(first.shot.id, "cancel")
    Path(first.output_dir, "0001.png").write_bytes(b"x")
    assert farm.submit(blend, frames="1").output_dir == f"{first.output_dir}/v001"


def test_a_node_is_told_paths_as_its_system_has_them_and_heard_in_them(farm):
    show(farm, root_windows="Z:\\film", root_macos="/Volumes/film")
    blend = blend_in(farm, "film")
    shot = farm.submit(blend, frames="1-9", chunk_size=1).shot
    farm.attend(beat_of("win", "Windows 11"))
    (order,) = [dispatch.order for dispatch in farm.assign()]
    assert order.scene.blend == "Z:\\film\\a.blend"
    assert order.output_dir == "Z:\\film\\renders\\a\\v001"
    unwell = wire.UnwellFolder(folder="z:/film/renders/a/v001", reason="It is full.")
    farm.attend(beat_of("win", "Windows 11", beat=2, warm=[order.scene.blend], unwell=[unwell]))
    with reading() as session:
        node = session.query(Node).filter(Node.name == "win").one()
        assert node.warm == [str(blend)]
        assert node.unwell == {stored(shot.id).output_dir: "It is full."}
    farm.attend(beat_of("mac", "Darwin 24.1"), beat_of("lin", "Linux 6.1"))
    told = {each.node: each.order.scene.blend for each in farm.assign()}
    assert told == {"mac": "/Volumes/film/a.blend", "lin": str(blend)}


def test_nodes_are_told_of_a_changed_root_with_the_next_chunk(farm):
    film, desk = show(farm), Desk()
    farm.submit(blend_in(farm, "film"), frames="1-2", chunk_size=1)
    farm.join()

    def next_blend() -> str:
        with writing() as session:
            desk.open(session)
            (dispatch,) = assign_chunks(session, now=farm.now, desk=desk)
            desk.close(session)
        chunk, frame = dispatch.order.chunk_id, int(dispatch.order.frames)
        with writing() as session:
            desk.open(session)
            items = [started(chunk), done(chunk, frame), ended(chunk, reported=1)]
            record_report(session, wire.Report(node="atlas", items=items), now=farm.now)
            desk.close(session)
        return dispatch.order.scene.blend

    assert next_blend() == f"{film.root}/a.blend"
    change_show(film.id, replace(film.as_request(), root_linux="/mnt/film"), actor="mira")
    assert next_blend() == "/mnt/film/a.blend"


def beat_of(node: str, system: str, **changes: object) -> wire.Heartbeat:
    facts = wire.MachineFacts(
        hostname=node, os=system, cpu_count=8, memory_bytes=2**34, blender_versions=["4.5.15"]
    )
    return heartbeat(node, facts=facts, **changes)


def test_moving_a_show_changes_nothing_of_its_shots(farm):
    film = show(farm, output_pattern=PATTERN)
    shot = farm.submit(blend_in(farm, "film"), frames="1").shot
    before = stored(shot.id).output_dir
    (farm.root / "moved").mkdir()
    moved = ShowRequest(name="Film II", root=str(farm.root / "moved"), root_linux="/mnt/film/")
    row = change_show(film.id, moved, actor="mira")
    assert (row.name, row.root_linux, row.shot_count) == ("Film II", "/mnt/film", 1)
    assert stored(shot.id).output_dir == before
    assert farm.shot(shot.id).show == "Film II"
    assert farm.reasons("show", film.id)[1] == (
        f"Show Film II: name Film → Film II, root {film.root} → {farm.root / 'moved'}, "
        f"output pattern {PATTERN} → none, root on Linux none → /mnt/film."
    )
    rev = stored(shot.id).rev
    change_show(film.id, moved, actor="mira")
    assert (stored(shot.id).rev, len(farm.reasons("show", film.id))) == (rev, 2)


def test_a_deleted_show_leaves_its_shots_and_its_work(farm):
    film = show(farm)
    activate_show(film.id, actor="mira")
    farm.join()
    shot = farm.submit(blend_in(farm, "film"), frames="1", chunk_size=1).shot
    frame_file_of(farm, shot.id, 1)
    assert get_show(film.id).done_count == 1
    assert [row.key for row in statistics(7, now=farm.now).shows] == ["Film"]
    assert delete_show(film.id, actor="mira").shot_count == 1
    assert list_shows() == ()
    assert farm.shot(shot.id).show_id is None
    assert [row.key for row in statistics(7, now=farm.now).shows] == ["(deleted shows)"]
    with pytest.raises(NotFound):
        get_show(film.id)


def test_the_list_costs_the_same_queries_for_any_number_of_shows(farm):
    show(farm)
    with farm.counted_queries() as few:
        list_shows()
    for number in range(5):
        show(farm, f"show {number}", f"show{number}")
    with farm.counted_queries() as many:
        list_shows()
    assert len(many) == len(few) <= 6
