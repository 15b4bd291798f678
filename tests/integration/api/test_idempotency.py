"""A submission that is sent twice makes one shot."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from brender_farm.db.models import Shot, SubmitKey
from brender_farm.scheduler.archivist import Archivist


@pytest.fixture
def send(farm):
    blend = str(farm.blend())

    def post(key: str | None = "job-1", url: str = "/api/v1/shots", **body):
        headers = {} if key is None else {"Idempotency-Key": key}
        wanted = body if url.endswith("clone") else {"blend": blend, "frames": "1-4"} | body
        return farm.app.test_client().post(url, json=wanted, headers=headers)

    return post


def shots_of(farm) -> int:
    with farm.writing() as session:
        return session.query(Shot).count()


def test_the_same_key_answers_with_the_same_shot(farm, send):
    first, again = send(), send()
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json["shot"]["id"] == first.json["shot"]["id"]
    assert again.headers["Location"] == first.headers["Location"]
    assert again.json["warnings"] == first.json["warnings"]
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert shots_of(farm) == 1


def test_without_a_key_or_with_another_there_is_another_shot(farm, send):
    assert {send(None).status_code, send(None).status_code, send("a").status_code} == {201}
    assert shots_of(farm) == 3


def test_a_key_of_another_request_is_refused(farm, send):
    made = send().json["shot"]["id"]
    refused = send(priority=90)
    assert refused.status_code == 422
    [fault] = refused.json["faults"]
    assert fault["field"] == "Idempotency-Key"
    assert f"shot {made}" in fault["message"]
    assert shots_of(farm) == 1


@pytest.mark.parametrize("key", ["", "x" * 201, "schlüssel".encode().decode("latin-1")])
def test_a_key_that_cannot_be_one_is_refused(farm, send, key):
    refused = send(key)
    assert (refused.status_code, refused.json["faults"][0]["field"]) == (422, "Idempotency-Key")
    assert shots_of(farm) == 0


def test_a_refused_submission_leaves_its_key_free(farm, send):
    assert send(frames="x").status_code == 422
    assert send().status_code == 201


def test_a_submission_that_took_its_own_folder_is_answered_and_not_refused(farm, send):
    asked = {"output": str(farm.root / "out"), "existing": "overwrite"}
    first, again = send(**asked), send(**asked)
    assert again.json["shot"]["id"] == first.json["shot"]["id"]


def test_a_clone_has_keys_too(farm, send):
    shot_id = send(None).json["shot"]["id"]
    url = f"/api/v1/shots/{shot_id}/clone"
    first, again = send("c", url, priority=70), send("c", url, priority=70)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json["shot"]["id"] == first.json["shot"]["id"] != shot_id
    assert send("c", url, priority=71).status_code == 422
    assert shots_of(farm) == 2


def test_many_at_once_make_one_shot(farm, send):
    answers, ready = [], threading.Barrier(6)

    def go() -> None:
        ready.wait()
        answers.append(send("together"))

    threads = [threading.Thread(target=go) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [201] * 6
    assert len({answer.json["shot"]["id"] for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == 5
    assert shots_of(farm) == 1
    assert len(list((farm.root / "renders" / "tiny").iterdir())) == 1


def test_keys_are_forgotten_after_two_days(farm, send):
    first = send().json["shot"]["id"]
    with farm.writing() as session:
        session.query(SubmitKey).one().at = datetime.now(UTC) - timedelta(hours=49)
    assert send().json["shot"]["id"] != first
    with farm.writing() as session:
        session.query(SubmitKey).one().at = datetime.now(UTC) - timedelta(hours=49)
    Archivist(farm.app).look()
    with farm.writing() as session:
        assert session.query(SubmitKey).count() == 0


def test_the_key_of_a_deleted_shot_makes_another(farm, send):
    first = send().json["shot"]["id"]
    assert farm.client.delete(f"/api/v1/shots/{first}").status_code == 204
    second = send()
    assert second.status_code == 201
    assert "Idempotency-Replayed" not in second.headers
