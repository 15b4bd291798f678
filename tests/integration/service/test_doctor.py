"""The check of a farm, part by part: with a broker and a database, and without."""

from __future__ import annotations

import os
import socketserver
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from sqlalchemy import make_url

from brender_farm.broker.address import free_port
from brender_farm.broker.link import connect
from brender_farm.broker.vitals import SchedulerVitals
from brender_farm.config import Settings
from brender_farm.db.core import create_core_app, db, writing
from brender_farm.db.models import Farm, Node, Show
from brender_farm.domain.diagnosis import Diagnosis, State
from brender_farm.domain.diagnosis_parts import diagnose_clocks
from brender_farm.errors import NotFound
from brender_farm.service import doctor, doctor_nodes, doctor_parts
from brender_farm.service.doctor_broker import look_at_broker
from brender_farm.service.doctor_parts import look_at_settings
from brender_farm.wire_checkup import CheckupAnswer, CheckupOrder, FrameTried


@pytest.fixture
def farm(settings: Settings, broker_url: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Return the settings of a farm that has a database and a broker, and nothing that runs."""
    for name in [name for name in os.environ if name.startswith("BRENDER_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(doctor_nodes, "ACK_LIMIT_S", 0.3)
    monkeypatch.setattr(doctor_parts, "PING_LIMIT_S", 0.3)
    return replace(settings, broker_url=broker_url, port=free_port(), flower_port=free_port())


def here(order: CheckupOrder) -> CheckupAnswer:
    """Answer as a machine that is well."""
    return CheckupAnswer(
        checkup=order.checkup,
        node="here",
        hostname="vm",
        os="Linux",
        brender="0.1.0",
        python="3.11.2",
        blenders=["4.5.15"],
        frames=[FrameTried(blender="4.5.15", path="/blender", seconds=0.7)],
    )


def by_part(found: doctor.Examination) -> dict[str, list[Diagnosis]]:
    parts: dict[str, list[Diagnosis]] = {}
    for one in found.diagnoses:
        parts.setdefault(one.part, []).append(one)
    return parts


def add(farm: Settings, *rows: object, passed: bool = False) -> None:
    """Store rows; `passed`: a scheduler has just made its pass."""
    app = create_core_app(farm)
    with app.app_context():
        with writing() as session:
            session.add_all(rows)
            if passed:
                session.get_one(Farm, 1).pass_at = datetime.now(UTC)
        db.session.remove()
        db.engine.dispose()


def node(name: str, *, online: bool = True) -> Node:
    now = datetime.now(UTC)
    return Node(
        name=name,
        online=online,
        accepting=True,
        boot="b",
        slots=1,
        facts={},
        sample={},
        first_seen_at=now,
        last_seen_at=now,
    )


def test_a_farm_of_which_nothing_runs_says_what_to_start(farm: Settings) -> None:
    found = doctor.examine(farm, check_here=here)
    parts = by_part(found)
    assert {part: found[0].state for part, found in parts.items()} == {
        "configuration": State.WELL,
        "database": State.WELL,
        "broker": State.WARNING,  # the tests' broker keeps nothing on disk
        "scheduler": State.BROKEN,
        "dashboard": State.BROKEN,
        "flower": State.WARNING,
        "storage": State.WELL,
        "nodes": State.WARNING,
        "clocks": State.WELL,
    }
    assert "appendonly yes" in parts["broker"][0].remedy
    assert "brender up" in parts["scheduler"][0].remedy
    assert "brender web" in parts["dashboard"][0].remedy
    assert "Blender 4.5.15 renders in 0.7 s" in parts["nodes"][0].found
    assert (found.state, found.exit_status) == (State.BROKEN, 1)


def test_nothing_is_changed_or_left_behind(farm: Settings) -> None:
    root = farm.roots[0]
    add(farm, node("atlas"))  # makes the data folder, too
    before = sorted(path.relative_to(root) for path in root.rglob("*"))
    doctor.examine(farm, check_here=here)
    after = sorted(path.relative_to(root) for path in root.rglob("*"))
    assert [path for path in after if not path.name.endswith(("-wal", "-shm"))] == [
        path for path in before if not path.name.endswith(("-wal", "-shm"))
    ]


def test_where_no_farm_was_ever_started_nothing_is_made(tmp_path: Path, settings: Settings) -> None:
    never = replace(
        settings, data_dir=tmp_path / "never", database_url=f"sqlite:///{tmp_path}/never/farm.db"
    )
    parts = by_part(doctor.examine(never, check_here=here))
    assert "brender up" in parts["database"][0].remedy
    assert "has never run" in parts["broker"][0].found
    assert "dashboard" not in parts
    assert not (tmp_path / "never").exists()


def test_a_nodes_machine_alone_is_checked_without_a_database(
    farm: Settings, tmp_path: Path
) -> None:
    alone = replace(farm, database_url=f"sqlite:///{tmp_path}/none/farm.db", node_name="atlas")
    found = doctor.examine(alone, check_here=here)
    parts = by_part(found)
    assert parts.keys() == {"configuration", "broker", "storage", "nodes", "clocks"}
    assert "brender worker" in parts["nodes"][0].remedy
    assert parts["nodes"][0].subject == "atlas"
    assert found.exit_status == 0


def test_a_show_whose_root_is_gone_is_told_by_its_name(farm: Settings) -> None:
    gone = farm.roots[0] / "gone"
    add(farm, Show(name="Lantern", root=str(gone), created_at=datetime.now(UTC)))
    storage = by_part(doctor.examine(farm, check_here=here))["storage"]
    assert (storage[0].state, storage[0].subject) == (State.BROKEN, str(gone))
    assert "show Lantern" in storage[0].found


def test_a_node_that_the_farm_takes_for_online_and_that_is_silent_is_broken(
    farm: Settings,
) -> None:
    add(farm, node("atlas"), node("bert", online=False), passed=True)
    nodes = by_part(doctor.examine(farm, render=False))["nodes"]
    told = {one.subject: (one.state, one.found) for one in nodes}
    assert told["atlas"][0] is State.BROKEN
    assert "does not answer" in told["atlas"][1]
    assert told["bert"] == (State.WARNING, "is offline.")


def test_one_node_is_asked_about_alone_and_an_unknown_one_is_refused(farm: Settings) -> None:
    add(farm, node("atlas", online=False), node("bert", online=False), passed=True)
    found = doctor.examine(farm, node="bert")
    assert [one.subject for one in by_part(found)["nodes"]] == ["bert"]
    assert (found.node, found.exit_status) == ("bert", 1)
    with pytest.raises(NotFound, match="Did you mean bert"):
        doctor.examine(farm, node="brt")


def test_a_database_that_was_not_migrated_is_told_and_the_rest_is_checked(
    settings: Settings, farm: Settings
) -> None:
    if not settings.database_url.startswith("sqlite"):
        pytest.skip("test_probe.py has it for PostgreSQL")
    path = str(make_url(settings.database_url).database)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '0003'")
    parts = by_part(doctor.examine(farm, check_here=here))
    assert "its schema is 0003" in parts["database"][0].found.lower()
    assert parts["scheduler"][0].state is State.UNKNOWN
    assert parts["broker"][0].part == "broker"


def test_a_scheduler_of_another_version_is_told(farm: Settings) -> None:
    add(farm, passed=True)
    assert farm.broker_url
    with connect(farm.broker_url) as client:
        vitals = SchedulerVitals(client)
        vitals.note(0.02)
        told = client.get("brender:scheduler").replace(b"0.1.0", b"0.0.7")  # type: ignore[union-attr]
        client.set("brender:scheduler", told)
    (versions,) = by_part(doctor.examine(farm, check_here=here))["versions"]
    assert (versions.state, versions.subject) == (State.WARNING, "scheduler")


@pytest.mark.parametrize(("off_s", "state"), [(0, "within"), (10, "behind"), (-3600, "ahead of")])
def test_this_machines_clock_is_compared_with_the_brokers(
    farm: Settings, off_s: float, state: str
) -> None:
    look = look_at_broker(farm, now=lambda: time.time() + off_s)
    assert look.ahead_s == pytest.approx(off_s, abs=1)
    (found,) = diagnose_clocks({"broker": -(look.ahead_s or 0.0)})
    assert state in found.found


def test_a_password_is_never_told(farm: Settings) -> None:
    away = replace(farm, broker_url="redis://:hunter22@127.0.0.1:1/0")
    facts = look_at_broker(away).facts
    assert facts.trouble
    assert "hunter22" not in facts.address + facts.trouble


def test_an_env_file_that_everybody_may_read_is_found(
    farm: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("BRENDER_BROKER_URL=redis://:secret@farm:6379/0")
    (tmp_path / ".env").chmod(0o644)
    assert look_at_settings(farm).open_files == (str(tmp_path / ".env"),)
    (tmp_path / ".env").chmod(0o600)
    assert look_at_settings(farm).open_files == ()


def test_a_variable_that_is_no_setting_is_found(
    farm: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, "BRENDER_SLOT", "2")
    facts = look_at_settings(farm)
    assert "BRENDER_SLOT" in facts.strange
    assert "BRENDER_SLOTS" in facts.known


@pytest.fixture
def sick_server(farm: Settings) -> Iterator[Settings]:
    """Have something else answer where the dashboard should."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(500)

        def log_message(self, *_: object) -> None:
            pass

    with socketserver.TCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield replace(farm, port=server.server_address[1])
        server.shutdown()


def test_a_dashboard_that_answers_wrongly_is_told(sick_server: Settings) -> None:
    (dashboard,) = by_part(doctor.examine(sick_server, check_here=here))["dashboard"]
    assert (dashboard.state, "status 500" in dashboard.found) == (State.BROKEN, True)
