"""Whether the process lives, and whether it can serve."""

from __future__ import annotations

from sqlalchemy import text

from tests.waiting import wait_for


def test_a_process_that_lives_says_so_and_no_more(farm):
    farm.add_node("atlas")
    assert farm.get("/healthz").json == {"status": "ok"}


def test_a_dashboard_that_can_serve_says_what_else_answers(farm):
    answer = farm.get("/readyz")
    assert answer.status_code == 200
    assert answer.json == {
        "status": "ready",
        "broker_answers": False,
        "scheduler_answers": True,
    }


def test_a_database_of_another_version_is_named(farm):
    with farm.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    wait_for(lambda: farm.get("/readyz").status_code == 503, "it is not ready")
    answer = farm.get("/readyz")
    assert answer.json["type"] == "urn:brender:problem:not-ready"
    [fault] = answer.json["faults"]
    assert (fault["field"], "0001" in fault["message"]) == ("database", True)
    assert answer.headers["Retry-After"]
    assert farm.get("/healthz").status_code == 200
