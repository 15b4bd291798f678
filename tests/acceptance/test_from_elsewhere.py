"""A farm of real processes with users, worked with from a machine that has the client alone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from brender_farm.service import tokens, users
from tests.farm import DATA, Farm, running_farm
from tests.waiting import wait_for

NEVER = (
    *("flask", "sqlalchemy", "alembic", "celery", "kombu", "redis", "psutil", "apprise"),
    *("OpenImageIO", "numpy", "av", "apiflask", "zipstream", "fileseq", "blender_asset_tracer"),
)
"""What requirements/client.txt does not bring."""
WITHOUT = f"""
import sys

class Nothing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {NEVER!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Nothing())
"""
SCRIPT = """
from brender_farm import submit_shot
shot = submit_shot("tiny.blend", frames="1-6", chunk_size=2, name="From elsewhere")
seen = []
assert shot.wait(timeout=60, on_change=lambda each: seen.append(each.row.done_count)) == "completed"
assert seen[-1] == 6, seen
assert [path.name for path in shot.frames()] == [f"000{n}.png" for n in range(1, 7)]
assert shot.audit().is_well
shot.download("frames.zip")
print(shot.id, shot.url, shot.detail.row.submitter)
"""
TYPED = (
    *("shots", "shot 1", "why 1", "frames 1", "chunks 1", "nodes", "queue", "shows"),
    *("presets", "limits", "shares", "settings", "status", "stuck", "logs --sources"),
    *("priority 1 70", "rerender 1 --frames 1", "wait 1", "after 1", "version"),
)
MANY = """
import json, sys
from brender_farm.cli import main
ends, typed = {}, sys.argv[1:]
for line in typed:
    sys.argv = ["brender", *line.split()]
    try:
        main()
    except SystemExit as end:
        ends[line] = end.code
print(json.dumps(ends))
"""
COMMAND = "from brender_farm.cli import main; main()"


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Farm]:
    with running_farm(tmp_path_factory.mktemp("elsewhere"), "web") as farm:
        farm.start_node("anvil", slots=2)
        with farm.core.app_context():
            users.add_user("ada", "admin", actor="test")
            users.add_user("tom", "artist", actor="test")
        shutil.copy(DATA / "tiny.blend", farm.folder / "tiny.blend")
        wait_for(lambda: run(farm, COMMAND, "shots").returncode == 0, "the dashboard answers")
        yield farm


def run(
    farm: Farm, code: str, *arguments: str, scope: str = "submit"
) -> subprocess.CompletedProcess[str]:
    """Run Python as a machine with the client alone would, in the artist's folder."""
    with farm.core.app_context():
        made = tokens.add_token(users.find_user("tom").id, "script", scope, actor="test")
    env = {name: value for name, value in os.environ.items() if not name.startswith("BRENDER_")}
    env |= {"BRENDER_URL": farm.settings.url, "BRENDER_TOKEN": made.text}
    return subprocess.run(
        [sys.executable, "-c", WITHOUT + code, *arguments],
        env=env | {"PYTHONPATH": str(Path(__file__).parents[2])},
        cwd=farm.folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_script_submits_and_waits_with_the_client_alone(farm):
    done = run(farm, SCRIPT)
    assert done.returncode == 0, done.stderr
    shot_id, url, submitter = done.stdout.split()
    assert (url, submitter) == (f"{farm.settings.url}/shots/{shot_id}", "tom")
    assert (farm.folder / "frames.zip").stat().st_size > 0


def test_commands_work_with_the_client_alone(farm):
    assert run(farm, SCRIPT).returncode == 0
    done = run(farm, MANY, *TYPED)
    assert json.loads(done.stdout.splitlines()[-1]) == dict.fromkeys(TYPED, 0), done.stderr


def test_a_command_submits_and_lists_with_the_client_alone(farm):
    done = run(farm, COMMAND, "submit", "tiny.blend", "--frames", "1-2", "--watch")
    assert done.returncode == 0, done.stderr
    listed = run(farm, COMMAND, "shots", "--json", scope="read")
    newest = json.loads(listed.stdout)[0]
    assert (newest["state"], newest["submitter"]) == ("completed", "tom")
    refused = run(farm, COMMAND, "submit", "tiny.blend", scope="read")
    assert "scope is read" in refused.stderr
