from __future__ import annotations

import os
import subprocess
import sys
import uuid

import psutil
import pytest

from workers.blender.command import MARKER_VARIABLE, marker
from workers.blender.leftovers import end_leftovers

WAITS = [sys.executable, "-c", "import sys; print(); sys.stdout.flush(); sys.stdin.read()"]


@pytest.fixture
def node_name():
    return f"node:{uuid.uuid4()}"  # with a colon, as in a name with a port


@pytest.fixture
def start():
    """Return a way to start a process with a marker, which is running when it is returned."""
    started = []

    def start(mark):
        process = subprocess.Popen(
            WAITS,
            env={**os.environ, MARKER_VARIABLE: mark},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        started.append(process)
        process.stdout.readline()
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def mark_of_a_dead_node(name):
    me = psutil.Process()
    return f"{name}:{me.pid}:{me.create_time() - 1000:.2f}"  # our pid, but another process


def test_what_a_dead_node_left_is_ended(start, node_name):
    left = [start(mark_of_a_dead_node(node_name)) for _ in range(2)]
    assert end_leftovers(node_name) == 2
    assert all(process.poll() is not None for process in left)


def test_a_node_that_is_gone_altogether_counts_as_dead(start, node_name):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    start(f"{node_name}:{gone.pid}:1000.00")
    assert end_leftovers(node_name) == 1


def test_children_of_a_living_node_are_left_alone(start, node_name):
    alive = start(marker(node_name, psutil.Process()))
    assert end_leftovers(node_name) == 0
    assert alive.poll() is None


def test_children_of_other_nodes_are_left_alone(start, node_name):
    other = start(mark_of_a_dead_node(f"{node_name}-2"))
    assert end_leftovers(node_name) == 0
    assert other.poll() is None


def test_a_marker_that_cannot_be_read_is_nobodys(start, node_name):
    strange = start(f"{node_name}:x:y")
    assert end_leftovers(node_name) == 0
    assert strange.poll() is None
