"""`brender doctor` on farms of real processes: what is well, and what each fault looks like."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from brender_farm.celery_app import client_app
from brender_farm.db.core import writing
from brender_farm.db.models import Node
from brender_farm.domain.markers import PREFIX
from brender_farm.service.shapes.shows import ShowRequest
from brender_farm.service.show_changes import add_show
from tests.farm import FAKE_BLENDER, Farm, running_farm
from tests.waiting import wait_for

pytestmark = pytest.mark.xdist_group("farm-doctor")


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Farm]:
    """A farm with a node, its dashboard and an installed Blender, which stays as it is."""
    folder = tmp_path_factory.mktemp("doctor")
    with running_farm(folder, "web", BRENDER_BLENDER=str(FAKE_BLENDER)) as farm:
        farm.start_node("anna")
        yield farm


def doctor(farm: Farm, *options: str) -> tuple[dict[str, list[dict[str, Any]]], int]:
    """Run the real command; return its diagnoses by part, and its exit status."""
    done = farm.run("doctor", "--json", *options)
    assert done.stdout, done.stderr
    parts: dict[str, list[dict[str, Any]]] = {}
    for one in json.loads(done.stdout)["diagnoses"]:
        parts.setdefault(one["part"], []).append(one)
    return parts, done.returncode


def told(found: list[dict[str, Any]]) -> dict[str, tuple[str, str]]:
    return {one["subject"]: (one["state"], one["found"]) for one in found}


def markers(farm: Farm) -> list[Path]:
    return list(farm.folder.rglob(f"{PREFIX}*"))


def test_a_farm_that_works_is_well(checked: Farm) -> None:
    wait_for(lambda: doctor(checked, "--no-render")[0]["dashboard"][0]["state"] == "well", "web")
    parts, status = doctor(checked)
    flower = parts.pop("flower")  # it was not started
    assert flower[0]["state"] == "warning"
    assert {one["state"] for found in parts.values() for one in found} == {"well"}
    assert parts["nodes"][0]["subject"] == "anna"
    assert (
        "sees 1 folder of the farm and can write; Blender 4.5.0 renders"
        in (parts["nodes"][0]["found"])
    )
    assert parts.keys() == {
        *("configuration", "database", "broker", "scheduler", "dashboard", "storage", "nodes"),
        *("versions", "clocks"),
    }
    assert status == 0
    assert markers(checked) == []


def test_people_get_lines_with_remedies(checked: Farm) -> None:
    done = checked.run("doctor", "--no-render")
    lines = done.stdout.splitlines()
    assert lines[0].startswith("well       configuration")
    assert any("→ Rendering does not need it. Start it: brender flower." in line for line in lines)
    assert lines[-1].startswith("1 to look at, 9 well (")
    assert done.stderr == ""


def test_a_node_is_checked_while_it_renders(checked: Farm) -> None:
    shot = checked.submit(checked.blend(seconds=0.2), frames="1-30", chunk_size=30)
    checked.wait_for_frames(shot, 1)
    nodes = doctor(checked, "--node", "anna")[0]["nodes"]
    assert [one["state"] for one in nodes] == ["well"]
    assert checked.wait_until_over(shot).row.done_count == 30


def test_an_unknown_node_is_refused(checked: Farm) -> None:
    done = checked.run("doctor", "--node", "hanna")
    assert done.returncode not in (0, 1)
    assert "There is no node hanna. Did you mean anna?" in done.stderr


def test_a_check_that_is_ended_takes_its_markers_away(checked: Farm) -> None:
    pid = checked.pid("anna")
    os.kill(pid, signal.SIGSTOP)  # so that the check waits
    try:
        for number in (signal.SIGTERM, signal.SIGINT):
            check = subprocess.Popen(
                [sys.executable, "-m", "brender_farm.cli", "doctor"],
                env=checked.env,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            wait_for(lambda: markers(checked), "the marker is there")
            check.send_signal(number)
            assert check.wait(30) not in (0, 1)
            assert markers(checked) == []
    finally:
        os.kill(pid, signal.SIGCONT)
        wait_for(lambda: not markers(checked), "the node has looked, too")


def test_each_fault_of_a_node_is_told(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("faults")
    roots = folder / "roots"
    (roots / "film").mkdir(parents=True)
    other = folder / "other"
    (other / "film").mkdir(parents=True)
    with running_farm(folder, BRENDER_ROOTS=str(roots)) as farm:
        with farm.core.app_context():
            asked = ShowRequest(name="Film", root=str(roots / "film"), root_linux="")
            add_show(asked, actor="tests")
        farm.start_node("well", roots=str(roots))
        farm.start_node("outside", roots=str(other))
        farm.start_node("sick", roots=str(roots), fail=True, fail_message="No licence")
        farm.start_node("crashing", roots=str(roots), crash=True)
        farm.start_node("frozen", roots=str(roots))
        stranger = start_old_node(farm, "old")
        farm.kill("frozen", signal.SIGSTOP)
        try:
            parts, status = doctor(farm)
            left = markers(farm)
        finally:
            farm.kill("frozen", signal.SIGCONT)
            stranger.kill()
            stranger.wait()
        assert status == 1
        nodes = [(one["subject"], one["state"], one["found"]) for one in parts["nodes"]]
        assert_told(nodes, "outside", "broken", "(show Film) is outside its BRENDER_ROOTS")
        assert_told(nodes, "outside", "warning", f"{roots} is outside its BRENDER_ROOTS")
        assert_told(nodes, "sick", "broken", "No licence")
        assert_told(nodes, "crashing", "broken", "renders no test frame")
        assert_told(nodes, "frozen", "broken", "does not answer within 4 s")
        assert_told(nodes, "old", "warning", "does not know the check")
        assert_told(nodes, "well", "well", "sees 2 folders")
        assert left == []


def test_a_node_with_another_folder_of_the_same_name_is_told(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("folders")
    here, there = folder / "film", folder / "disk"
    for path in (here, there):
        path.mkdir()
    with running_farm(folder, BRENDER_ROOTS=str(here)) as farm:
        with farm.core.app_context():
            asked = ShowRequest(name="Film", root=str(here), root_linux=str(there))
            add_show(asked, actor="tests")
        farm.start_node("anna", roots=str(folder))
        nodes = told(doctor(farm, "--no-render")[0]["nodes"])
        assert nodes["anna"][0] == "broken"
        assert f"{there} (show Film), the farm's {here}, is another folder" in nodes["anna"][1]
        there.rmdir()
        nodes = told(doctor(farm, "--no-render")[0]["nodes"])
        assert f"the farm's {here}, is not there" in nodes["anna"][1]
        there.symlink_to(here)
        assert told(doctor(farm, "--no-render")[0]["nodes"])["anna"][0] == "well"


def test_a_stopped_farm_says_how_to_start_it(tmp_path_factory: pytest.TempPathFactory) -> None:
    farm = Farm(tmp_path_factory.mktemp("stopped"), {"BRENDER_BLENDER": str(FAKE_BLENDER)})
    try:
        parts, status = doctor(farm)
        assert status == 1
        assert "brender up" in parts["broker"][0]["remedy"]
        assert "brender up" in parts["scheduler"][0]["remedy"]
        assert "Blender 4.5.0 renders" in parts["nodes"][0]["found"]
    finally:
        farm.stop()


OLD_NODE = """
import sys
from celery.worker import control
from brender_farm.celery_app import node_app
node_app(sys.argv[1], node_name="old").worker_main(
    ["--quiet", "worker", "--pool=solo", "--queues=node.old", "--hostname=node@old",
     "--without-gossip", "--without-mingle"]
)
"""


def start_old_node(farm: Farm, name: str) -> subprocess.Popen[bytes]:
    """Start a node that has no such command, and have the farm take it for online."""
    process = subprocess.Popen(
        [sys.executable, "-c", OLD_NODE, farm.broker_url],
        env=farm.env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    control = client_app(farm.broker_url).control
    wait_for(lambda: control.ping(destination=["node@old"], timeout=0.5), "the old node answers")
    now = datetime.now(UTC)
    with farm.core.app_context(), writing() as session:
        session.add(
            Node(
                name=name,
                online=True,
                accepting=False,
                boot="b",
                slots=1,
                facts={},
                sample={},
                first_seen_at=now,
                last_seen_at=now,
            )
        )
    return process


def assert_told(nodes: list[tuple[str, str, str]], name: str, state: str, words: str) -> None:
    found = [found for subject, how, found in nodes if name in subject and how == state]
    assert any(words in text for text in found), (name, nodes)
