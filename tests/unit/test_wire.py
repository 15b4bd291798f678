from __future__ import annotations

import contextlib
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brender_farm import wire
from brender_farm.errors import MessageRefused

SCENE = wire.SceneOrder(
    blend="/shows/a.blend",
    size_bytes=10,
    ctime_ns=5,
    digest="b2",
    mtime_ns=-5,
    scene="Scene",
    format="PNG",
)
ORDER = wire.ChunkOrder(
    chunk_id=7,
    shot_id=3,
    shot_name="Opening",
    frames="1-5,9",
    scene=SCENE,
    output_dir="/shows/renders",
    padding=4,
)
DONE = wire.FrameDone(
    chunk_id=7,
    frame=0,
    seconds=0.5,
    byte_count=100,
    digest="ab12",
    width=160,
    height=90,
    peak_bytes=0,
    is_black=True,
    nan_count=2,
)
REPORT = wire.Report(
    node="n1",
    items=[
        wire.ChunkStarted(chunk_id=7, boot="b"),
        DONE,
        wire.FrameFailed(chunk_id=7, frame=1, reason="No camera.", permanent=True),
        wire.ChunkEnded(chunk_id=7, returned=True, reason="Stopping."),
    ],
)
BEAT = wire.Heartbeat(
    node="n1",
    boot="b1",
    beat=12,
    slots=2,
    accepting=True,
    claims=[wire.ChunkClaim(chunk_id=7, frame=4, done_count=3, sample=5, sample_count=64)],
    warm=["/shows/a.blend"],
    facts=wire.MachineFacts(
        hostname="host", os="Linux", cpu_count=8, memory_bytes=2**34, blender_versions=["4.5.15"]
    ),
    sample=wire.MachineSample(cpu_pct=3.5, load_1=0.1, disk_free_bytes=5),
)
MESSAGES = [
    pytest.param(ORDER, id="order"),
    pytest.param(REPORT, id="report"),
    pytest.param(BEAT, id="heartbeat"),
]


def changed(message: msgspec.Struct, path: str, value: object) -> Any:
    """Return the message as JSON has it, with one value replaced; `...` takes it away."""
    body = wire.write(message)
    *way, last = path.split(".")
    place: Any = body
    for step in way:
        place = place[int(step) if step.isdecimal() else step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return body


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_arrives_as_it_was_sent(message):
    assert wire.read(type(message), json.loads(json.dumps(wire.write(message)))) == message
    assert wire.decode(type(message), wire.encode(message)) == message


@pytest.mark.parametrize(
    ("message", "path", "value"),
    [
        pytest.param(ORDER, "surprise", 1, id="unknown-field"),
        pytest.param(ORDER, "scene.command", "rm -rf /", id="unknown-field-inside"),
        pytest.param(ORDER, "v", 2, id="another-version"),
        pytest.param(ORDER, "v", "1", id="version-as-text"),
        pytest.param(ORDER, "chunk_id", ..., id="missing-field"),
        pytest.param(ORDER, "scene.blend", ..., id="missing-field-inside"),
        pytest.param(ORDER, "chunk_id", 0, id="id-zero"),
        pytest.param(ORDER, "chunk_id", "7", id="number-as-text"),
        pytest.param(ORDER, "chunk_id", 7.5, id="fraction"),
        pytest.param(ORDER, "chunk_id", True, id="truth-as-number"),
        pytest.param(ORDER, "chunk_id", None, id="nothing"),
        pytest.param(ORDER, "padding", 11, id="too-much-padding"),
        pytest.param(ORDER, "frames", "1," * 10_001, id="endless-frames"),
        pytest.param(ORDER, "output_dir", "", id="empty-path"),
        pytest.param(ORDER, "output_dir", "/" + "x" * 4096, id="endless-path"),
        pytest.param(ORDER, "scene.width", 3, id="too-narrow"),
        pytest.param(ORDER, "scene.size_bytes", -1, id="negative-size"),
        pytest.param(REPORT, "node", "", id="nameless-node"),
        pytest.param(REPORT, "node", "n" * 201, id="endless-name"),
        pytest.param(REPORT, "items", [], id="empty-report"),
        pytest.param(REPORT, "items", [{"type": "started", "chunk_id": 1}] * 1001, id="too-many"),
        pytest.param(REPORT, "items.0.type", "exploded", id="unknown-kind"),
        pytest.param(REPORT, "items.0.type", ..., id="no-kind"),
        pytest.param(REPORT, "items.1.frame", -1, id="negative-frame"),
        pytest.param(REPORT, "items.1.frame", 1_048_575, id="frame-beyond-blender"),
        pytest.param(REPORT, "items.1.seconds", -0.1, id="negative-time"),
        pytest.param(REPORT, "items.1.seconds", float("nan"), id="no-number"),
        pytest.param(REPORT, "items.1.seconds", float("inf"), id="endless-time"),
        pytest.param(REPORT, "items.1.byte_count", 2**63, id="number-beyond-the-database"),
        pytest.param(REPORT, "items.2.reason", "x" * 20_001, id="endless-reason"),
        pytest.param(REPORT, "items.2.permanent", "yes", id="text-as-truth"),
        pytest.param(BEAT, "slots", 0, id="no-slot"),
        pytest.param(BEAT, "slots", 65, id="too-many-slots"),
        pytest.param(BEAT, "claims.0.chunk_id", -1, id="negative-claim"),
        pytest.param(BEAT, "facts.blender_versions", "4.5", id="text-as-list"),
        pytest.param(BEAT, "facts.memory_bytes", 2**63, id="memory-beyond-the-database"),
        pytest.param(BEAT, "sample.cpu_pct", "3 %", id="figure-as-text"),
        pytest.param(BEAT, "sample.load_1", float("inf"), id="endless-figure"),
    ],
)
def test_a_message_with_a_fault_is_refused_whole(message, path, value):
    kind = type(message)
    body = changed(message, path, value)
    with pytest.raises(MessageRefused, match=f"A {kind.__name__} was refused"):
        wire.read(kind, body)
    with pytest.raises(MessageRefused, match=f"A {kind.__name__} was refused"):
        wire.decode(kind, json.dumps(body))


@pytest.mark.parametrize(
    "text", [b"", b"{", b"null", b"[]", b"7", b"\xff\xfe", b'{"v":1}', b"[" * 5000]
)
def test_text_that_is_no_message_is_refused(text):
    with pytest.raises(MessageRefused):
        wire.decode(wire.Heartbeat, text)


def test_a_message_cannot_be_changed():
    with pytest.raises(AttributeError):
        ORDER.chunk_id = 8


@pytest.mark.parametrize("text", ["a\0b", "half \ud800"], ids=["nul", "half-a-sign"])
@pytest.mark.parametrize(
    ("message", "path"),
    [(REPORT, "node"), (REPORT, "items.1.digest"), (BEAT, "boot"), (ORDER, "scene.blend")],
)
def test_signs_that_no_database_keeps_are_in_no_name(message, path, text):
    with pytest.raises(MessageRefused):
        wire.read(type(message), changed(message, path, text))


@pytest.mark.parametrize("body", [{"\ud800": 1}, {"node": "n", "items": [{"type": "\ud800"}]}])
def test_half_characters_in_keys_and_kinds_are_refused(body):
    with pytest.raises(MessageRefused):
        wire.read(wire.Report, body)


def test_words_may_hold_any_sign_as_the_database_cleans_them():
    body = changed(REPORT, "items.2.reason", "a\0b")
    assert wire.read(wire.Report, body).items[2].reason == "a\0b"


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["started", "frame_done", "frame_failed", "ended"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["v", "node", "items", "type", "chunk_id", "frame", "x"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(JSON, st.sampled_from([wire.Report, wire.Heartbeat, wire.ChunkOrder]))
def test_any_json_is_a_message_or_refused(body, kind):
    try:
        message = wire.read(kind, body)
    except MessageRefused:
        return
    assert isinstance(message, kind)


@given(st.binary(max_size=60))
def test_any_bytes_are_refused(text):
    with pytest.raises(MessageRefused):
        wire.decode(wire.Heartbeat, text)


@given(st.sampled_from([ORDER, REPORT, BEAT]), st.data())
def test_a_damaged_message_is_refused_or_still_one(message, data):
    text = bytearray(wire.encode(message))
    place = data.draw(st.integers(0, len(text) - 1))
    text[place] = data.draw(st.integers(0, 255))
    with contextlib.suppress(MessageRefused):
        assert isinstance(wire.decode(type(message), bytes(text)), type(message))
