"""Links that somebody plants in an output folder while a node works there."""

from __future__ import annotations

from pathlib import Path

import pytest

from brender_farm.errors import FrameFailed
from workers.fences import left_drafts, make_drafts, raise_fences, remove_drafts, sweep_fenced
from workers.moving import move_into_place
from workers.place import Place
from workers.storage import probe


@pytest.fixture
def output(tmp_path: Path) -> Path:
    folder = tmp_path / "output"
    folder.mkdir()
    return folder


@pytest.fixture
def precious(tmp_path: Path) -> Path:
    """Return somebody's folder, in which a number is a name and so is what a fence looks like."""
    folder = tmp_path / "precious"
    for name in ("7", "fenced-7-0", "logs"):
        (folder / name).mkdir(parents=True)
        (folder / name / "film.mov").write_bytes(b"precious")
    (folder / "logs" / "7.log").write_bytes(b"precious")
    return folder


def contents(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.fixture
def linked(output: Path, precious: Path):
    """Put a link in place of the work folder, and check that nothing came of it behind it."""
    before = contents(precious)
    (output / ".brender").symlink_to(precious)
    yield output
    assert contents(precious) == before
    assert {path.read_bytes() for path in precious.rglob("*.*") if path.is_file()} == {b"precious"}


def test_fences_are_not_raised_behind_a_link(linked):
    with pytest.raises(OSError, match="it is a link"):
        raise_fences(linked, [7])
    sweep_fenced(linked)
    remove_drafts(linked, [7])
    with pytest.raises(OSError, match="it is a link"):
        left_drafts(linked)


def test_no_drafts_and_no_log_are_made_behind_a_link(linked):
    with pytest.raises(OSError, match="it is a link"):
        make_drafts(linked, 8)
    place = Place(chunk_id=7, folder=str(linked), output_dir=linked)
    log = place.open_log()
    log.add("still kept in memory")
    log.close()
    assert log.tail(5) == ["still kept in memory"]


def test_a_folder_whose_work_folder_is_a_link_cannot_be_written_to(linked):
    assert "it is a link, or lies behind one, which is not followed" in probe(linked)


def test_a_log_that_is_a_link_is_not_written_through(output, precious):
    (output / ".brender" / "logs").mkdir(parents=True)
    (output / ".brender" / "logs" / "7.log").symlink_to(precious / "logs" / "7.log")
    log = Place(chunk_id=7, folder=str(output), output_dir=output).open_log()
    log.add("a line")
    log.close()
    assert (precious / "logs" / "7.log").read_bytes() == b"precious"


def test_a_picture_does_not_go_where_a_link_in_place_of_its_folder_leads(output, precious):
    draft = make_drafts(output, 7) / "0001.png"
    draft.write_bytes(b"picture")
    output.rename(output.with_name("moved"))
    output.symlink_to(precious)
    with pytest.raises(FrameFailed, match="could not be put in its place"):
        move_into_place(output.with_name("moved") / ".brender/7/0001.png", output, "0001.png")
    assert not (precious / "0001.png").exists()


def test_a_picture_replaces_a_link_of_its_name_and_not_what_it_leads_to(output, precious):
    draft = make_drafts(output, 7) / "0001.png"
    draft.write_bytes(b"picture")
    (output / "0001.png").symlink_to(precious / "logs" / "7.log")
    move_into_place(draft, output, "0001.png")
    assert (output / "0001.png").read_bytes() == b"picture"
    assert not (output / "0001.png").is_symlink()
    assert (precious / "logs" / "7.log").read_bytes() == b"precious"
