"""Errors: what happened, of which kind, and each fault by its place."""

from __future__ import annotations

import pytest

JSON = {"Content-Type": "application/json"}


def test_a_problem_says_of_which_kind_it_is(farm):
    gone = farm.get("/api/v1/shots/99")
    assert (gone.status_code, gone.mimetype) == (404, "application/problem+json")
    assert gone.json["type"] == "urn:brender:problem:not-found"
    assert (gone.json["title"], gone.json["status"]) == ("Not Found", 404)
    assert gone.json["detail"] == "There is no shot 99."
    assert gone.json["faults"] == []


@pytest.mark.parametrize(
    ("method", "url", "body", "fields"),
    [
        ("post", "shots", {"blend": 1, "priority": "high"}, {"blend", "priority"}),
        ("post", "shots", {"blend": "/x", "after": [1, "two"]}, {"after.1"}),
        ("post", "presets", {"name": "A", "settings": {"samples": "x"}}, {"settings.samples"}),
        ("post", "shots/bulk", {"action": "pause", "filter": {"show": "x"}}, {"filter.show"}),
        ("post", "shots", {"blend": "/x", "frame_limit_s": "soon"}, {"frame_limit_s"}),
        ("get", "shots?size=0&page=x", None, {"size", "page"}),
        ("get", "nodes?state=asleep", None, {"state"}),
        ("get", "shots?wait=61", None, {"wait"}),
        ("get", "shots?colour=red", None, {"colour"}),
    ],
)
def test_every_fault_is_named_by_its_place(farm, method, url, body, fields):
    answer = farm.client.open(f"/api/v1/{url}", method=method.upper(), json=body)
    assert answer.status_code == 422, answer.json
    assert {fault["field"] for fault in answer.json["faults"]} == fields
    assert all(fault["message"] and fault["remedy"] for fault in answer.json["faults"])


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param("{", 400, id="cut off"),
        pytest.param(b"\xff\xfe", 400, id="no UTF-8"),
        pytest.param('{"blend": NaN}', 400, id="NaN"),
        pytest.param('{"frame_limit_s": 1e999}', 400, id="infinite"),
        pytest.param('{"priority": 9007199254740993}', 400, id="too large to be exact"),
        pytest.param('{"priority": %s}' % ("9" * 5000), 400, id="thousands of digits"),
        pytest.param(r'{"name": "\ud800"}', 400, id="half a surrogate pair"),
        pytest.param(r'{"name": "a\u0000b"}', 400, id="NUL"),
        pytest.param("[" * 100_000, 400, id="nested without end"),
        pytest.param("[]", 422, id="a list"),
        pytest.param("null", 422, id="null"),
        pytest.param('"text"', 422, id="a text"),
    ],
)
def test_a_body_that_is_no_plain_object_is_refused_with_a_fault(farm, body, status):
    answer = farm.client.post("/api/v1/shots", data=body, headers=JSON)
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    assert [fault["field"] for fault in answer.json["faults"]] == ["body"]


def test_a_method_that_is_not_there_is_a_problem_that_names_those_that_are(farm):
    answer = farm.client.delete("/api/v1/shots", json={})
    assert (answer.status_code, answer.json["type"]) == (
        405,
        "urn:brender:problem:method-not-allowed",
    )
    assert "POST" in answer.headers["Allow"]


def test_a_body_that_is_too_large_is_a_problem(farm):
    answer = farm.client.post("/api/v1/shots", data=b"x" * 300_000, headers=JSON)
    assert (answer.status_code, answer.json["type"]) == (413, "urn:brender:problem:too-large")


def test_an_unknown_host_is_refused_in_json_too(farm):
    answer = farm.get("/api/v1/shots", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert answer.json["type"] == "urn:brender:problem:unreadable"


def test_a_wrong_token_is_told_how_to_say_who_one_is(farm):
    answer = farm.get("/api/v1/shots", headers={"Authorization": "Bearer brd_wrong"})
    assert (answer.status_code, answer.json["type"]) == (401, "urn:brender:problem:not-signed-in")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
