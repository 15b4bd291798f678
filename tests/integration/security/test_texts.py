"""Names and notes as text: none becomes a header, a second line of a log, or a formula."""

from __future__ import annotations

import csv
import io
import logging
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from brender_farm.db.models import Frame, WorkHour
from brender_farm.logs import FieldFormatter

HEADERS = [
    pytest.param("a\r\nSet-Cookie: a=b", id="line-ends"),
    pytest.param('a"; filename="b.exe', id="quotes"),
    pytest.param("日本 Überfilm 🎬", id="not-latin"),
    pytest.param("a\\b;c,d", id="separators"),
    pytest.param("../../etc/passwd", id="path"),
    pytest.param("%0d%0aX: y", id="escaped"),
    pytest.param("\u202egpj.exe", id="right-to-left"),
]


@pytest.mark.parametrize("name", HEADERS)
def test_no_name_breaks_out_of_a_header(farm, name):
    folder = farm.root / "renders" / "lantern"
    shot = farm.add_shot(name, done=1, output_dir=str(folder))
    path = farm.write_frame("lantern", 1)
    beside = name.replace("/", "_")
    (folder / beside).write_bytes(b"x")
    with farm.writing() as session:
        frame = session.get(Frame, (shot, 1))
        frame.byte_count = path.stat().st_size
        frame.files = [{"name": beside, "byte_count": 1, "digest": "0" * 40}]
    for url in (f"/shots/{shot}/frames.zip", f"/shots/{shot}/frames/1/files/{beside}"):
        answer = farm.client.get(url)
        assert answer.status_code in (200, 404), url
        assert "Set-Cookie" not in answer.headers
        assert "X" not in answer.headers
        told = answer.headers.get("Content-Disposition", "attachment")
        assert told.startswith("attachment")
        assert told.isascii()
        assert told.count('filename="') == told.count('"') / 2 <= 1
        answer.close()


NAMES = [
    pytest.param("a\nb", id="line-end"),
    pytest.param("a\x1b[2Jb", id="escape"),
    pytest.param("a\u202eb", id="right-to-left"),
    pytest.param("a\u2066b", id="isolate"),
    pytest.param("a\u200bb", id="invisible"),
    pytest.param("a\u2028b", id="line-separator"),
    pytest.param("x" * 300, id="long"),
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_is_not_what_it_seems_is_refused_everywhere(farm, name):
    blend = str(farm.blend())
    asked = [
        farm.client.post("/api/v1/shots", json={"blend": blend, "name": name}),
        farm.client.put(f"/api/v1/filters/{quote(name)}", json={"query": "state=failed"}),
    ]
    if name.split() == [name]:  # these have their spaces put in order
        asked += [
            farm.client.post("/api/v1/presets", json={"name": name, "settings": {"samples": 1}}),
            farm.client.post("/api/v1/shows", json={"name": name, "root": str(farm.root)}),
        ]
    for answer in asked:
        assert answer.status_code in (404, 422), answer.text


def test_notes_and_reasons_are_shown_with_what_steers_written_out(farm):
    shot = farm.add_shot("lantern")
    notes = "first\nsecond\u202e\x1b[31m"
    answer = farm.client.post(
        f"/api/v1/shots/{shot}/actions", json={"action": "pause", "reason": notes}
    )
    if answer.status_code == 404:  # another way to the same
        answer = farm.client.post(f"/api/v1/shots/{shot}/actions/pause", json={"reason": notes})
    text = farm.text(f"/shots/{shot}")
    assert "\u202e" not in text
    assert "\x1b" not in text


def test_no_text_makes_a_second_line_in_a_log():
    record = logging.LogRecord(
        "brender_farm.x", logging.INFO, __file__, 1, "A %s.", ("a\nb",), None
    )
    record.shot = (
        "x\n2030-01-01T00:00:00Z INFO    brender_farm: Everything was deleted. by=mira\r\x1b"
    )
    assert len(FieldFormatter().format(record).splitlines()) == 1
    assert "\x1b" not in FieldFormatter().format(record)


def test_the_lines_of_a_traceback_look_like_no_record():
    try:
        raise ValueError("x\n2030-01-01T00:00:00Z INFO    brender_farm: Everything is fine.")
    except ValueError as error:
        record = logging.makeLogRecord(
            {"msg": "It failed.", "exc_info": (type(error), error, error.__traceback__)}
        )
    first, *rest = FieldFormatter().format(record).splitlines()
    assert "It failed." in first
    assert all(line.startswith("  ") for line in rest)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "＝"])
def test_a_name_is_no_formula_in_a_spreadsheet(farm, start):
    node = farm.add_node()
    with farm.writing() as session:
        session.add(
            WorkHour(
                at=datetime.now(UTC) - timedelta(hours=1),
                submitter=f"{start}cmd|' /C calc'!A0",
                node_id=node,
                show_id=0,
                done_count=3,
                failed_count=0,
                seconds=5.0,
            )
        )
    rows = list(csv.reader(io.StringIO(farm.text("/statistics/people.csv"), newline="")))
    assert rows[1][0].startswith("'")
