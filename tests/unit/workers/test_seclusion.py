"""A process that others of its user cannot look into."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import workers.seclusion

PARENT = """
import importlib.util, subprocess, sys
spec = importlib.util.spec_from_file_location("seclusion", sys.argv[1])
seclusion = importlib.util.module_from_spec(spec)
spec.loader.exec_module(seclusion)
if sys.argv[2] == "yes":
    assert seclusion.seclude()
child = "import os; print(open(f'/proc/{os.getppid()}/environ').read())"
print(subprocess.run([sys.executable, "-c", child], capture_output=True, text=True, env={}))
"""
NOBODY = 65534


def look(tmp_path: Path, secluded: str) -> str:
    """Return what a child finds of its parent's environment, both of one ordinary user."""
    source = tmp_path / "seclusion.py"
    source.write_bytes(Path(workers.seclusion.__file__).read_bytes())
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    is_root = os.getuid() == 0
    user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if is_root else {}
    try:
        done = subprocess.run(
            [
                "/usr/bin/python3" if is_root else sys.executable,
                "-c",
                PARENT,
                str(source),
                secluded,
            ],
            env={"SECRET": "the-password"},
            capture_output=True,
            text=True,
            cwd="/",
            check=True,
            **user,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no process of an ordinary user can be started here: {error}")
    return done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="Linux's own")
def test_a_child_reads_its_parents_environment_only_where_it_is_not_secluded(tmp_path):
    assert "the-password" in look(tmp_path, "no")
    told = look(tmp_path, "yes")
    assert "the-password" not in told
    assert "Permission denied" in told
