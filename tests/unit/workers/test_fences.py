"""What a draft folder that was removed makes impossible."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from workers.fences import make_drafts, raise_fences, sweep_fenced


def left_in(output: Path) -> list[str]:
    return sorted(entry.name for entry in (output / ".brender").iterdir())


def test_nothing_can_be_renamed_out_of_a_fenced_folder(tmp_path):
    drafts = make_drafts(tmp_path, 7)
    draft = drafts / "0001.png"
    draft.write_bytes(b"picture")

    raise_fences(tmp_path, [7])

    with pytest.raises(FileNotFoundError):
        draft.replace(tmp_path / "0001.png")
    with pytest.raises(FileNotFoundError):
        draft.write_bytes(b"another")
    assert left_in(tmp_path) == []


def test_a_folder_that_is_not_there_needs_no_fence(tmp_path):
    raise_fences(tmp_path, [7, 8])
    (tmp_path / ".brender").mkdir()
    raise_fences(tmp_path, [7, 8])
    assert left_in(tmp_path) == []


def test_other_drafts_and_the_logs_stay(tmp_path):
    for chunk_id in (7, 77, 8):
        make_drafts(tmp_path, chunk_id)
    (tmp_path / ".brender" / "logs").mkdir()
    raise_fences(tmp_path, [7])
    assert left_in(tmp_path) == ["77", "8", "logs"]


def test_a_draft_folder_is_made_once(tmp_path):
    make_drafts(tmp_path, 7)
    with pytest.raises(FileExistsError):
        make_drafts(tmp_path, 7)


def test_the_output_folder_itself_is_never_made(tmp_path):
    with pytest.raises(FileNotFoundError):
        make_drafts(tmp_path / "not-mounted", 7)
    assert not (tmp_path / "not-mounted").exists()


def test_a_link_is_removed_and_what_it_leads_to_stays(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious").touch()
    (tmp_path / ".brender").mkdir()
    (tmp_path / ".brender" / "7").symlink_to(elsewhere)
    raise_fences(tmp_path, [7])
    assert left_in(tmp_path) == []
    assert (elsewhere / "precious").exists()


def test_a_folder_that_cannot_be_removed_is_an_error(tmp_path):
    (tmp_path / ".brender").touch()
    with pytest.raises(OSError, match="Not a directory"):
        raise_fences(tmp_path, [7])


def test_two_nodes_can_raise_the_same_fences_at_once(tmp_path):
    for chunk_id in range(1, 30):
        drafts = make_drafts(tmp_path, chunk_id)
        for number in range(20):
            (drafts / f"{number}.png").touch()
    failures = []

    def fence():
        try:
            raise_fences(tmp_path, range(1, 30))
        except OSError as error:
            failures.append(error)

    threads = [threading.Thread(target=fence) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert left_in(tmp_path) == []


def test_what_a_node_that_died_has_left_half_removed_is_swept(tmp_path):
    drafts = make_drafts(tmp_path, 7)
    (drafts / "0001.png").touch()
    drafts.rename(drafts.with_name("fenced-7-0123abcd"))
    sweep_fenced(tmp_path)
    assert left_in(tmp_path) == []
    sweep_fenced(tmp_path / "gone")
