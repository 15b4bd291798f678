"""What is on the node's disk until the farm has it."""

from __future__ import annotations

import logging

import pytest

from brender_farm import wire
from workers.journal import MAX_LINES, Journal


def failed(frame):
    return wire.FrameFailed(chunk_id=1, frame=frame, reason="why")


def kept(folder):
    return [item for _, item in Journal(folder, node_name="anna").leftovers()]


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path, node_name="anna")


def test_what_is_kept_is_there_after_the_next_start(tmp_path, journal):
    for frame in (1, 2, 3):
        journal.keep(failed(frame))
    assert kept(tmp_path) == [failed(1), failed(2), failed(3)]


def test_many_items_share_a_file_that_goes_with_the_last_of_them(tmp_path, journal):
    paths = [journal.keep(failed(frame)) for frame in range(MAX_LINES + 1)]
    assert [len(path.read_text().splitlines()) for path in sorted(set(paths))] == [MAX_LINES, 1]
    for path in paths[1:]:
        journal.let_go(path)
    assert list(tmp_path.iterdir()) == [paths[0]]
    journal.let_go(paths[0])
    assert list(tmp_path.iterdir()) == []
    journal.keep(failed(9))
    assert kept(tmp_path) == [failed(9)]


def test_half_a_line_costs_no_whole_one(tmp_path, journal, caplog):
    path = journal.keep(failed(1))
    with path.open("ab") as file:
        file.write(b'{"v":1,"node":"an')  # the machine lost power just then
    with caplog.at_level(logging.WARNING):
        again = Journal(tmp_path, node_name="anna")
        [(new_path, item)] = again.leftovers()
    assert item == failed(1)
    assert "set aside" in caplog.text
    assert new_path != path
    assert kept(tmp_path) == [failed(1)]
    assert path.with_suffix(".damaged").exists()


def test_a_start_writes_into_no_file_of_an_earlier_one(tmp_path, journal):
    old = journal.keep(failed(1))
    later = Journal(tmp_path, node_name="anna")
    later.leftovers()
    assert later.keep(failed(2)) != old
    assert kept(tmp_path) == [failed(1), failed(2)]


def test_a_report_of_an_earlier_version_is_read(tmp_path):
    report = wire.Report(node="anna", items=[failed(1), failed(2)])
    (tmp_path / "000000000007.json").write_bytes(wire.encode(report))
    assert kept(tmp_path) == [failed(1), failed(2)]


def test_a_file_that_was_made_and_never_written_is_removed(tmp_path):
    (tmp_path / "000000000007.json").touch()
    assert kept(tmp_path) == []
    assert list(tmp_path.iterdir()) == []
