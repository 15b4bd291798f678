"""The same shot by every way in: Python, command line, HTTP; real Blender, real files."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from brender_farm.domain.formats import FORMATS
from brender_farm.domain.states import ShotState
from brender_farm.images.decode import decode
from tests.farm import Farm
from tests.waiting import wait_for

pytestmark = pytest.mark.xdist_group("acceptance")

PYTHON = """
import sys
from brender_farm import errors, submit_shot

shot = submit_shot(sys.argv[1], frames="1-4", name="From Python", priority=60, format="JPEG")
assert shot.wait(timeout=120) == "completed", shot.failures()
assert shot.progress.share == 1.0
print(shot.url)
for path in shot.frames():
    print(path)
try:
    submit_shot(sys.argv[1], frames="10-x", priority=101)
except errors.RequestRefused as refused:
    print(sorted(fault.field for fault in refused.faults))
"""


def test_from_python(real_farm: Farm) -> None:
    blend = real_farm.blend()

    done = subprocess.run(
        [sys.executable, "-c", PYTHON, blend.name],
        env=real_farm.env,
        cwd=blend.parent,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    url, *paths, refused = done.stdout.splitlines()
    assert url.startswith(f"{real_farm.settings.url}/shots/")
    assert refused == "['frames', 'priority']"
    assert [Path(path).name for path in paths] == [f"{n:04}.jpg" for n in range(1, 5)]
    for path in paths:
        image = decode(Path(path), FORMATS["JPEG"])
        assert (image.width, image.height, image.is_black) == (160, 90, False)


def test_from_the_command_line_until_it_is_done(real_farm: Farm) -> None:
    blend = real_farm.blend("tiny_workbench.blend")

    done = real_farm.run("submit", str(blend), "--frames", "2,4,6", "--format", "EXR", "--watch")

    assert done.returncode == 0, done.stderr
    assert "3 of 3 frames" in done.stdout
    folder = blend.parent / "renders" / blend.stem / "v001"
    assert sorted(p.name for p in folder.glob("*.exr")) == ["0002.exr", "0004.exr", "0006.exr"]
    decode(folder / "0002.exr", FORMATS["EXR"])


def test_from_a_snapshot_while_the_file_is_worked_on(real_farm: Farm) -> None:
    blend = real_farm.blend()

    done = real_farm.run(
        *("submit", str(blend), "--frames", "1-2", "--snapshot"),
        *("--frame-limit", "120", "--memory-limit", "16"),
    )
    blend.write_bytes(b"half a file")

    assert done.returncode == 0, done.stderr
    shot_id = int(done.stdout.split()[1])
    shot = real_farm.wait_until_over(shot_id)
    assert (shot.row.state, shot.row.done_count) == (ShotState.COMPLETED, 2)
    assert (shot.source_blend, shot.frame_limit_s) == (str(blend), 120)
    assert real_farm.files(shot_id) == ["0001.png", "0002.png"]


def test_a_refusal_on_the_command_line_names_field_and_remedy(real_farm: Farm) -> None:
    done = real_farm.run("submit", str(real_farm.folder / "gone.blend"))

    assert done.returncode == 1
    assert done.stderr.startswith("brender: blend:")
    assert "Traceback" not in done.stderr


def test_over_http(real_farm: Farm) -> None:
    asked = {"blend": str(real_farm.blend()), "frames": "1-2", "name": "Over HTTP"}

    status, headers, shot = call(real_farm, "/api/v1/shots", asked)

    assert status == 201
    wait_for(
        lambda: call(real_farm, headers["Location"])[2]["state"] == ShotState.COMPLETED,
        "it completes",
    )
    assert real_farm.files(shot["shot"]["id"]) == ["0001.png", "0002.png"]


def test_over_http_a_refusal_lists_the_faults(real_farm: Farm) -> None:
    asked = {"blend": str(real_farm.blend()), "frames": "10-x", "priority": 101}

    with pytest.raises(urllib.error.HTTPError) as refused:
        call(real_farm, "/api/v1/shots", asked)

    assert refused.value.code == 422
    faults = json.load(refused.value)["faults"]
    assert {fault["field"] for fault in faults} == {"frames", "priority"}


def test_shots_and_nodes_for_programs(real_farm: Farm) -> None:
    real_farm.wait_until_over(real_farm.submit(real_farm.blend(), frames="1", name="Listed"))

    listed = json.loads(real_farm.run("shots", "--json", "--search", "Listed").stdout)
    nodes = json.loads(real_farm.run("nodes", "--json").stdout)

    assert [(row["name"], row["state"]) for row in listed] == [("Listed", "completed")]
    assert [(row["name"], row["online"]) for row in nodes] == [("anna", True)]
    assert nodes[0]["blender_versions"][0].startswith("4.")


def call(farm: Farm, path: str, body: object = None) -> tuple[int, dict[str, str], dict]:
    request = urllib.request.Request(
        path if path.startswith("http") else farm.settings.url + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.status, dict(answer.headers), json.load(answer)
