"""What a node finds on its disk, and what its children say: whatever bytes these are."""

from __future__ import annotations

import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brender_farm import wire
from brender_farm.errors import SessionDied
from tests.unit.texts import TEXTS
from workers.blender.filenames import safe_folder, safe_path, unused
from workers.blender.lines import LineSplitter
from workers.blender.output import read_peak_bytes, read_progress
from workers.blender.pipe import Child
from workers.journal import Journal
from workers.words import blocked, last_words, plain

again = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
WHOLE = wire.encode(wire.Report(node="n", items=[wire.ChunkStarted(chunk_id=7, boot="b")])) + b"\n"
PIECES = st.binary(max_size=80) | st.sampled_from(
    [WHOLE, WHOLE[:-9], b"{}\n", b"\0" * 50, b"[" * 90]
)


@again
@given(st.lists(PIECES, max_size=5))
def test_a_journal_gives_back_what_is_whole_and_no_more(tmp_path_factory, pieces):
    folder = tmp_path_factory.mktemp("journal")
    (folder / "000000000001.json").write_bytes(b"".join(pieces))
    (folder / "noise.json").write_bytes(b"".join(pieces))
    found = Journal(folder, node_name="n").leftovers()
    assert all(item.chunk_id == 7 for _, item in found)


@given(TEXTS | st.text(alphabet="Fra:1Mem8.2KMGT(Peak) |Sample/Rendering ", max_size=80))
def test_a_line_of_blender(line):
    read_progress(line)
    read_progress(f"Fra:1 | Sample {line}/{line}")
    read_peak_bytes(line)
    read_peak_bytes(f"Mem:1.1M (Peak {line}M)")


@given(st.lists(st.binary(max_size=300), max_size=20), st.integers(1, 50))
def test_lines_are_never_longer_than_allowed(pieces, limit):
    splitter = LineSplitter(limit)
    found = [line for piece in pieces for line in splitter.feed(piece)] + splitter.finish()
    assert all(len(line) <= limit + len(" …".encode()) for line in found)
    assert not any(b"\n" in line or b"\r" in line for line in found)


@given(st.lists(TEXTS, max_size=40))
def test_last_words_and_reasons_can_be_stored(lines):
    for text in (last_words(lines), plain("".join(lines)), blocked("".join(lines), by_node=True)):
        assert "\0" not in text
        assert len(text.encode()) < 20_000


@given(TEXTS, st.lists(TEXTS, max_size=3))
def test_names_of_outputs_stay_below_their_folder(text, others):
    for name in (safe_folder(text, "File Output"), *safe_path(text).split("/")):
        assert name != ".."
        assert "\0" not in name
    assert not safe_path(text).startswith("/")
    taken: set[str] = set()
    assert len({unused(other, taken).casefold() for other in [text, *others]}) == len(others) + 1


SAYS = """
import os, sys
pipe = int(os.environ["BRENDER_PIPE_WRITE"])
os.write(pipe, b'{"id": 0, "type": "ready"}\\n')
os.read(int(os.environ["BRENDER_PIPE_READ"]), 1)
os.write(pipe, bytes.fromhex(sys.argv[1]))
os.close(pipe)
"""


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"\xff\xfe\0\n", id="bytes"),
        pytest.param(b"[]\n", id="list"),
        pytest.param(b"{\n", id="cut"),
        pytest.param(b"[" * 5000 + b"\n", id="deep"),
        pytest.param(b'{"id": 1', id="no-end"),
        pytest.param(b"{}\n" * 100, id="no-type"),
        pytest.param(b'"x"\n', id="text"),
    ],
)
def test_an_answer_that_is_none_ends_the_child_and_not_the_node(answer):
    child = Child(
        [sys.executable, "-c", SAYS, answer.hex()],
        name="A child",
        environment={},
        on_line=lambda _: None,
    )
    child.wait_until_ready(60)
    with pytest.raises(SessionDied):
        child.ask({"type": "open"}, timeout_s=60)
    child.kill()
    assert not child.alive
