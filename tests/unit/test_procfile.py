from __future__ import annotations

import re
from pathlib import Path

from brender_farm.cli import COMMANDS
from brender_farm.supervisor import PROCESSES, Supervisor

PROCFILE = Path(__file__).resolve().parents[2] / "Procfile"


def test_the_procfile_starts_the_same_processes_as_brender_up(tmp_path):
    lines = dict(re.findall(r"^(\w+): (.+)$", PROCFILE.read_text(), re.MULTILINE))
    assert tuple(lines) == PROCESSES
    assert lines == {name: f"brender {name}" for name in PROCESSES}
    assert set(PROCESSES) <= set(COMMANDS)
    assert Supervisor(tmp_path, tell=print).running() == {}
