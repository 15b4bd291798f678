"""Whatever path comes in, and whatever links are planted: only the farm's own files are touched."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path
from urllib.parse import quote

import pytest

from brender_farm.db.models import Chunk, Frame
from brender_farm.domain.places import log_path
from brender_farm.errors import FarmError
from brender_farm.service.audit import audit_shot
from brender_farm.service.deletion import delete_shot
from brender_farm.service.film_maker import make_film_of

SECRET = b"root:x:0:0: the secret"
WORDS = b"the secret"
TAG = f"{1:040x}"[:16]


@pytest.fixture
def secret(tmp_path) -> Path:
    """Return a file outside the farm's roots that the farm's own account may read."""
    path = tmp_path / "outside" / "passwd"
    path.parent.mkdir()
    path.write_bytes(SECRET)
    return path


@pytest.fixture
def shot(farm) -> int:
    return farm.add_shot("lantern", done=2)


def output_of(farm) -> Path:
    folder = farm.root / "renders" / "lantern"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def swap(path: Path, target: Path) -> None:
    """Put a link in a file's or folder's place, as somebody who may write there could."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.symlink_to(target)


HOSTILE = [
    pytest.param("/etc/passwd", id="outside"),
    pytest.param("{root}/../outside/passwd", id="dots"),
    pytest.param("{root}/a/../../outside/passwd", id="dots-inside"),
    pytest.param("renders/x", id="relative"),
    pytest.param("{root}/a\0b", id="nul"),
    pytest.param("{root}/a\nb", id="line-end"),
    pytest.param("{root}/\x1b[31mred", id="escape"),
    pytest.param("{root}/a\u202egnp.blend", id="right-to-left"),
    pytest.param("{root}/a\u2067b\u2069", id="isolate"),
    pytest.param("{root}/half\ud800", id="half-a-character"),
    pytest.param("{root}/" + "x" * 5000, id="long"),
    pytest.param("{root}/" + "x" * 300 + "/a", id="long-name"),
    pytest.param("\\\\server\\share\\a", id="unc"),
    pytest.param("//server/share/a", id="unc-slashes"),
    pytest.param("C:\\..\\windows\\a", id="drive"),
    pytest.param("..\\..\\a", id="backslashes"),
    pytest.param("~nobody-here/a", id="nobodys-home"),
    pytest.param("{root}/link/passwd", id="link"),
    pytest.param("$(touch {root}/pwned)", id="shell"),
    pytest.param("-rf", id="option"),
    pytest.param("%0d%0aSet-Cookie: a=b", id="header"),
    pytest.param("file:///etc/passwd", id="url"),
]


@pytest.fixture
def path(request, farm, secret) -> str:
    swap(farm.root / "link", secret.parent)
    return request.param.replace("{root}", str(farm.root))


@pytest.mark.parametrize("path", HOSTILE, indirect=True)
def test_a_path_that_leads_elsewhere_is_refused_wherever_it_comes_in(farm, secret, path):
    blend, before = str(farm.blend()), sorted(farm.root.iterdir())
    submitted = farm.client.post("/api/v1/shots", json={"blend": path})
    rendered = farm.client.post("/api/v1/shots", json={"blend": blend, "output": path})
    show = farm.client.post("/api/v1/shows", json={"name": "Film", "root": path})
    for answer in (submitted, rendered, show):
        assert answer.status_code in (400, 422), answer.text
        assert WORDS not in answer.data
    if "\ud800" not in path:
        browsed = farm.get(f"/submit?folder={quote(path)}")
        picked = farm.get(f"/submit?file={quote(path)}")
        picture = farm.get(f"/files/blend-thumbnail?path={quote(path)}")
        for answer in (browsed, picked, picture):
            assert answer.status_code in (400, 404, 422), answer.text
            assert WORDS not in answer.data
    assert sorted(farm.root.iterdir()) == before
    assert secret.read_bytes() == SECRET


@pytest.mark.parametrize(
    "name", ["-rf", "$(reboot)", "a;b", "`x`", "a b", "&&", "|", "*", "'", '"']
)
def test_a_name_that_a_shell_would_read_is_only_a_name(farm, name):
    blend = farm.blend().rename(farm.root / f"{name}.blend")
    answer = farm.client.post("/api/v1/shots", json={"blend": str(blend), "frames": "1"})
    assert answer.status_code == 201, answer.text
    folder = Path(answer.json["output_dir"])
    assert folder.is_relative_to(farm.root)
    assert farm.get(f"/shots/{answer.json['shot']['id']}").status_code == 200


@pytest.mark.parametrize(
    "name", ["CON", "nul.blend", "COM1", "dot.", "space ", ".hidden", "..", "a/b"]
)
def test_a_shots_name_makes_a_folder_below_renders_and_nothing_else(farm, name):
    blend = farm.blend()
    answer = farm.client.post(
        "/api/v1/shots", json={"blend": str(blend), "name": name, "frames": "1"}
    )
    assert answer.status_code == 201, answer.text
    parts = Path(answer.json["output_dir"]).relative_to(farm.root / "renders").parts
    assert len(parts) == 2
    assert not parts[0].startswith(".")
    assert not parts[0].endswith((".", " "))


def test_two_spellings_of_one_name_are_two_folders_where_the_disk_says_so(farm):
    """NFC and NFD: the farm changes neither, so what a listing says is what is opened."""
    for name in ("caf\u00e9", "cafe\u0301"):
        blend = farm.blend().rename(farm.root / f"{name}.blend")
        answer = farm.client.post("/api/v1/shots", json={"blend": str(blend), "frames": "1"})
        detail = farm.client.get(f"/api/v1/shots/{answer.json['shot']['id']}").json
        assert detail["blend"] == str(blend)


def test_a_link_in_a_frames_place_is_not_served(farm, shot, secret):
    farm.write_frame("lantern", 1)
    swap(output_of(farm) / "0001.png", secret)
    answer = farm.get(f"/shots/{shot}/frames/1/file")
    assert answer.status_code == 404
    assert WORDS not in answer.data
    picture = farm.get(f"/shots/{shot}/frames/1/thumb.jpg?v={TAG}")
    assert picture.mimetype == "image/svg+xml"


def test_a_picture_of_others_is_not_shown_through_a_link(farm, shot, tmp_path):
    other = farm.write_frame("lantern", 1).rename(tmp_path / "private.png")
    swap(output_of(farm) / "0001.png", other)
    picture = farm.get(f"/shots/{shot}/frames/1/thumb.jpg?v={TAG}")
    assert picture.mimetype == "image/svg+xml"
    with farm.app.app_context(), pytest.raises(FarmError, match="None of the pictures"):
        make_film_of(shot)


def test_a_folder_that_became_a_link_is_not_followed_out_of_the_roots(farm, shot, secret):
    (secret.parent / "0001.png").write_bytes(SECRET)
    (secret.parent / ".brender" / "logs").mkdir(parents=True)
    output = output_of(farm)
    output.rmdir()
    output.symlink_to(secret.parent)
    node = farm.add_node()
    chunk = farm.add_chunk(shot, node)
    (secret.parent / ".brender" / "logs" / f"{chunk}.log").write_bytes(SECRET)
    for url in (
        f"/shots/{shot}/frames/1/file",
        f"/shots/{shot}/frames/1/thumb.jpg?v={TAG}",
        f"/shots/{shot}/frames.zip",
        f"/chunks/{chunk}/log",
        f"/chunks/{chunk}/log/raw",
        f"/logs?source=chunk.{chunk}",
        f"/logs/download?source=chunk.{chunk}",
    ):
        answer = farm.get(url)
        assert WORDS not in answer.data, url
        assert answer.status_code in (200, 404, 422), url


@pytest.mark.parametrize("place", ["log", "logs", "work"])
def test_a_link_in_a_logs_way_is_not_read(farm, shot, secret, place):
    chunk = farm.add_chunk(shot, farm.add_node())
    log = log_path(output_of(farm), chunk)
    behind = (
        secret.parent / {"log": "x", "logs": f"{chunk}.log", "work": f"logs/{chunk}.log"}[place]
    )
    behind.parent.mkdir(exist_ok=True)
    behind.write_bytes(SECRET)
    target = behind if place == "log" else secret.parent
    swap({"log": log, "logs": log.parent, "work": log.parents[1]}[place], target)
    for url in (f"/chunks/{chunk}/log", f"/logs?source=chunk.{chunk}"):
        assert WORDS not in farm.get(url).data
    assert farm.get(f"/chunks/{chunk}/log/raw").status_code == 404


def test_a_link_that_appears_while_an_archive_is_sent_ends_it(farm, shot, secret):
    for number in (1, 2):
        path = farm.write_frame("lantern", number)
        with farm.writing() as session:
            session.get(Frame, (shot, number)).byte_count = path.stat().st_size
    secret.write_bytes(SECRET.ljust(path.stat().st_size))  # as long as the frame was
    answer = farm.client.get(f"/shots/{shot}/frames.zip")
    parts = answer.iter_encoded()
    sent = next(parts)
    swap(path, secret)
    rest: list[bytes] = []
    with pytest.raises(FarmError, match="changed while it was sent"):
        rest.extend(parts)
    assert WORDS not in b"".join([sent, *rest])
    answer.close()


def test_an_archive_holds_no_links_target(farm, shot, secret):
    swap(output_of(farm) / "0001.png", secret)
    swap(output_of(farm) / "0002.png", secret)
    answer = farm.get(f"/shots/{shot}/frames.zip")
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    assert archive.namelist() == ["lantern/MISSING.txt"]


def test_an_audit_does_not_read_through_links(farm, shot, secret):
    swap(output_of(farm) / "0001.png", secret)
    with farm.app.app_context():
        result = audit_shot(shot, "tests", full=True)
    assert result.bad_count <= 1
    assert "not an ordinary file" in str(result)


def test_deleting_a_shot_removes_nothing_behind_links(farm, shot, secret):
    other = farm.add_shot("lantern", done=1)
    chunk = farm.add_chunk(shot, farm.add_node(), state="done")
    victim = secret.parent / "logs" / f"{chunk}.log"
    victim.parent.mkdir()
    victim.write_bytes(SECRET)
    swap(output_of(farm) / ".brender", secret.parent)
    with farm.app.app_context():
        delete_shot(shot, actor="tests")
        delete_shot(other, actor="tests")
    assert victim.read_bytes() == SECRET
    assert secret.exists()


@pytest.mark.parametrize("name", ["../../secret", "/etc/passwd", "a/../../x", "..", "link/passwd"])
def test_a_name_beside_a_picture_that_leads_elsewhere_is_not_served(farm, shot, secret, name):
    swap(output_of(farm) / "link", secret.parent)
    with farm.writing() as session:
        session.get(Frame, (shot, 1)).files = [{"name": name, "byte_count": 1, "digest": "0" * 40}]
    answer = farm.get(f"/shots/{shot}/frames/1/files/{quote(name)}")
    assert answer.status_code in (308, 404)
    assert WORDS not in answer.data
    archive = farm.get(f"/shots/{shot}/frames.zip?files=all")
    assert b"the secret" not in archive.data


def test_a_named_pipe_hangs_nobody(farm, shot):
    output = output_of(farm)
    os.mkfifo(output / "0001.png")
    os.mkfifo(farm.root / "pipe.blend")
    chunk = farm.add_chunk(shot, farm.add_node())
    log = log_path(output, chunk)
    log.parent.mkdir(parents=True)
    os.mkfifo(log)
    blend = str(farm.root / "pipe.blend")
    for url in (
        f"/shots/{shot}/frames/1/file",
        f"/shots/{shot}/frames/1/thumb.jpg?v={TAG}",
        f"/shots/{shot}/frames.zip",
        f"/chunks/{chunk}/log",
        f"/chunks/{chunk}/log/raw",
        f"/submit?file={blend}",
        f"/files/blend-thumbnail?path={blend}",
    ):
        assert farm.get(url).status_code in (200, 404, 422), url
    assert farm.client.post("/api/v1/shots", json={"blend": blend}).status_code == 422


def test_the_file_itself_is_served_whole_and_in_parts_and_only_when_it_changed(farm, shot):
    path = farm.write_frame("lantern", 1)
    url = f"/shots/{shot}/frames/1/file"
    whole = farm.get(url)
    assert (whole.status_code, whole.data) == (200, path.read_bytes())
    assert (whole.mimetype, whole.content_length) == ("image/png", path.stat().st_size)
    part = farm.get(url, headers={"Range": "bytes=1-3"})
    assert (part.status_code, part.data) == (206, path.read_bytes()[1:4])
    assert farm.get(url, headers={"Range": "bytes=999999-"}).status_code == 416
    same = farm.get(url, headers={"If-None-Match": whole.headers["ETag"]})
    assert same.status_code == 304
    path.unlink()
    farm.write_frame("lantern", 1)
    again = farm.get(url, headers={"If-None-Match": whole.headers["ETag"]})
    assert again.status_code == 200
    assert farm.client.head(url, buffered=True).content_length == path.stat().st_size


def test_a_chunk_of_a_shot_that_is_gone_has_no_log(farm):
    with farm.writing() as session:
        assert session.get(Chunk, 1) is None
    assert farm.get("/chunks/1/log/raw").status_code == 404
