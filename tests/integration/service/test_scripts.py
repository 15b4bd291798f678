"""Whether a shot's file may run its own Python: its show says so, and holds the file."""

from __future__ import annotations

from dataclasses import replace

from brender_farm.db.core import writing
from brender_farm.service.desk import Desk
from brender_farm.service.dispatch import assign_chunks
from brender_farm.service.shapes.shows import ShowRequest, ShowRow
from brender_farm.service.show_changes import add_show, change_show
from brender_farm.service.shows import get_show
from tests.integration.service.core_farm import CoreFarm


def show(farm: CoreFarm, name: str = "Film", **asked: object) -> ShowRow:
    root = farm.root / name.lower()
    root.mkdir()
    return add_show(ShowRequest(name=name, root=str(root), **asked), actor="mira")


def blend_in(farm: CoreFarm, folder: str):
    return farm.blend().rename(farm.root / folder / "a.blend")


def allow(film: ShowRow, may_run: bool) -> ShowRow:
    return change_show(film.id, replace(film.as_request(), auto_run=may_run), actor="mira")


def orders(farm: CoreFarm) -> list[bool]:
    return [dispatch.order.scene.auto_run for dispatch in farm.assign()]


def test_nothing_runs_unless_the_show_says_so(farm):
    film = show(farm)
    farm.submit(blend_in(farm, "film"), frames="1-3", chunk_size=1)
    farm.join()
    assert orders(farm) == [False]
    assert not get_show(film.id).auto_run


def test_scripts_of_a_shows_files_may_run(farm):
    show(farm, auto_run=True)
    farm.submit(blend_in(farm, "film"), frames="1", chunk_size=1)
    farm.submit(frames="1", chunk_size=1)
    farm.join(slots=2)
    assert orders(farm) == [True, False]


def test_a_file_elsewhere_that_only_names_the_show_runs_nothing(farm):
    show(farm, auto_run=True)
    farm.submit(show="Film", frames="1")
    farm.join()
    assert orders(farm) == [False]


def test_a_link_out_of_the_root_is_no_way_in(farm):
    """A shot's .blend is stored with its links followed."""
    show(farm, auto_run=True)
    elsewhere = farm.blend()
    link = farm.root / "film" / "a.blend"
    link.symlink_to(elsewhere)
    farm.submit(link, show="Film", frames="1")
    farm.join()
    assert orders(farm) == [False]


def test_a_change_holds_from_the_next_chunk_on(farm):
    film = show(farm)
    farm.submit(blend_in(farm, "film"), frames="1-3", chunk_size=1)
    farm.join(slots=3)
    desk, seen = Desk(), []
    for may_run in (True, False):
        allow(film, may_run)
        with writing() as session:
            desk.open(session)
            found = assign_chunks(session, now=farm.now, desk=desk)
            seen.append({dispatch.order.scene.auto_run for dispatch in found})
            desk.close(session)
        farm.submit(farm.root / "film" / "a.blend", frames="1-3", chunk_size=1)
        farm.join(name=f"more{may_run}", slots=3)
    assert seen == [{True}, {False}]


def test_who_allowed_it_is_an_event(farm):
    film = show(farm, auto_run=True)
    allow(film, False)
    allow(film, True)
    first, off, on = farm.reasons("show", film.id)
    assert first.endswith("; scripts in its .blend files may run.")
    assert off == "Show Film: scripts in its .blend files may not run any more."
    assert on == "Show Film: scripts in its .blend files may run now."
