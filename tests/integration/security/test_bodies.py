"""Requests that are too much: refused soon, in little memory, and nobody else waits."""

from __future__ import annotations

import io
import json
import tracemalloc

import pytest

TOO_MUCH = 300 * 1024


def deep(levels: int) -> str:
    return '{"blend":' + "[" * levels + "]" * levels + "}"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(json.dumps({"blend": "x" * TOO_MUCH}), id="long-text"),
        pytest.param("[" + ",".join(["1"] * TOO_MUCH) + "]", id="long-list"),
        pytest.param(deep(100_000), id="deep"),
        pytest.param(deep(200_000), id="deeper"),
        pytest.param('{"blend": 1', id="cut"),
        pytest.param("[]", id="list"),
        pytest.param("null", id="null"),
        pytest.param("NaN", id="nan"),
        pytest.param('{"blend": "x", "chunk_size": ' + "9" * 5000 + "}", id="huge-number"),
        pytest.param('{"blend": "x", "width": 1e999}', id="endless-number"),
        pytest.param('{"blend": "\\ud800"}', id="half-a-character"),
        pytest.param('{"blend": "x", "__proto__": {}, "constructor": 1}', id="unknown-fields"),
        pytest.param(json.dumps({f"f{n}": n for n in range(10_000)}), id="many-fields"),
        pytest.param('{"blend": "a", "blend": "b"}', id="twice"),
    ],
)
def test_a_hostile_body_is_refused_in_words(farm, body):
    tracemalloc.start()
    try:
        answer = farm.client.post("/api/v1/shots", data=body, content_type="application/json")
        most_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert answer.status_code in (400, 413, 422), answer.text[:500]
    assert answer.mimetype == "application/problem+json"
    assert most_bytes < 60_000_000


def test_a_form_with_too_much_in_it_is_refused(farm):
    many = {f"field{number}": "x" for number in range(5000)}
    assert farm.client.post("/shows/new", data=many).status_code in (400, 413)
    assert farm.client.post("/shows/new", data={"name": "x" * TOO_MUCH}).status_code in (400, 413)
    file = {"name": (io.BytesIO(b"x" * TOO_MUCH), "x.bin")}
    assert farm.client.post("/shows/new", data=file).status_code in (400, 413)


def test_a_body_without_an_announced_length_is_not_read_without_end(farm):
    class Endless(io.RawIOBase):
        read_bytes = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer) -> int:
            self.read_bytes += len(buffer)
            buffer[:] = b"a" * len(buffer)
            return len(buffer)

    stream = Endless()
    answer = farm.client.post(
        "/api/v1/shots",
        content_type="application/json",
        environ_overrides={"wsgi.input": stream, "wsgi.input_terminated": True},
    )
    assert answer.status_code in (400, 411, 413, 422)
    assert stream.read_bytes < 2_000_000


@pytest.mark.parametrize("url", ["/shots", "/api/v1/shots", "/events", "/logs", "/submit"])
def test_an_address_with_much_in_it_is_answered(farm, url):
    query = "&".join(f"state={number}" for number in range(2000))
    assert farm.get(f"{url}?{query}&search={'x' * 20_000}").status_code in (200, 400, 404, 414, 422)
