"""Taking finished frames along as a ZIP."""

import io
import zipfile

import pytest

from brender_farm.db.models import Frame
from brender_farm.errors import RequestRefused
from brender_farm.service.download import frame_download
from brender_farm.service.frame_archive import ArchiveBroken, FrameArchive
from dashboard.views import download


@pytest.fixture
def shot_id(farm):
    """Return a shot of ten frames of which three are done."""
    shot_id = farm.add_shot("lantern", done=3)
    for number in (1, 2, 3):
        recorded(farm, shot_id, number)
    return shot_id


def recorded(farm, shot_id, number, files=()):
    path = farm.write_frame("lantern", number)
    with farm.writing() as session:
        frame = session.get(Frame, (shot_id, number))
        frame.byte_count, frame.files = path.stat().st_size, list(files)
    return path


def fetched(farm, url):
    answer = farm.get(url)
    assert answer.status_code == 200, answer.text
    assert answer.content_length == len(answer.data)
    return zipfile.ZipFile(io.BytesIO(answer.data))


def test_finished_frames_come_as_one_archive(farm, shot_id):
    answer = farm.get(f"/shots/{shot_id}/frames.zip")
    assert answer.mimetype == "application/zip"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="lantern.zip"'
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    assert archive.namelist() == [f"lantern/000{n}.png" for n in (1, 2, 3)]
    assert archive.testzip() is None
    source = farm.root / "renders" / "lantern" / "0002.png"
    assert archive.read("lantern/0002.png") == source.read_bytes()
    assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}


def test_some_frames_can_be_chosen(farm, shot_id):
    names = fetched(farm, f"/shots/{shot_id}/frames.zip?frames=2-8").namelist()
    assert names == ["lantern/0002.png", "lantern/0003.png"]


def test_what_was_published_beside_pictures_comes_when_asked_for(farm, shot_id):
    folder = farm.root / "renders" / "lantern" / "passes"
    folder.mkdir()
    (folder / "0001_depth.exr").write_bytes(b"a pass")
    extra = {"name": "passes/0001_depth.exr", "byte_count": 6, "digest": "0" * 40}
    recorded(farm, shot_id, 1, [extra])
    assert "passes" in farm.text(f"/shots/{shot_id}/download")
    url = f"/shots/{shot_id}/frames.zip?frames=1"
    assert fetched(farm, url).namelist() == ["lantern/0001.png"]
    assert fetched(farm, f"{url}&files=all").namelist() == [
        "lantern/0001.png",
        "lantern/passes/0001_depth.exr",
    ]


def test_what_is_not_there_as_published_is_listed_and_left_out(farm, shot_id):
    folder = farm.root / "renders" / "lantern"
    (folder / "0001.png").unlink()
    (folder / "0002.png").write_bytes(b"other")
    archive = fetched(farm, f"/shots/{shot_id}/frames.zip")
    assert archive.namelist() == ["lantern/0003.png", "lantern/MISSING.txt"]
    words = archive.read("lantern/MISSING.txt").decode()
    assert "0001.png: No such file" in words
    assert "0002.png: it has 5 bytes" in words


def test_nothing_but_recorded_files_inside_the_folder_is_taken(farm, shot_id):
    secret = farm.root / "secret.txt"
    secret.write_bytes(b"secret")
    folder = farm.root / "renders" / "lantern"
    (folder / "0009.png").write_bytes(b"not recorded")
    (folder / "out").symlink_to(farm.root)
    (folder / "link.exr").symlink_to(secret)
    names = ("../../secret.txt", "out/secret.txt", "link.exr", str(secret))
    files = [{"name": name, "byte_count": 6, "digest": "0" * 40} for name in names]
    recorded(farm, shot_id, 1, files)
    archive = fetched(farm, f"/shots/{shot_id}/frames.zip?frames=1&files=all")
    assert archive.namelist() == ["lantern/0001.png", "lantern/MISSING.txt"]
    assert len(archive.read("lantern/MISSING.txt").decode().strip().splitlines()) == 2 + len(names)


def test_a_file_that_changes_while_it_is_sent_breaks_the_archive_off(farm, shot_id):
    with farm.app.app_context():
        archive = FrameArchive(frame_download(shot_id))
    parts = iter(archive)
    next(parts)
    path = farm.root / "renders" / "lantern" / "0003.png"
    path.write_bytes(b"shorter")
    with pytest.raises(ArchiveBroken, match="changed while it was sent"):
        list(parts)


def test_a_wrong_choice_is_refused_and_the_page_says_why(farm, shot_id):
    with farm.app.app_context(), pytest.raises(RequestRefused):
        frame_download(shot_id, "1-x")
    assert farm.get(f"/shots/{shot_id}/frames.zip?frames=1-x").status_code == 422
    page = farm.get(f"/shots/{shot_id}/download?frames=1-x")
    assert page.status_code == 422
    assert 'value="1-x"' in page.text


def test_a_few_archives_are_sent_at_a_time_so_that_pages_still_answer(farm, shot_id):
    url = f"/shots/{shot_id}/frames.zip"
    going = [farm.client.get(url) for _ in range(download.AT_ONCE)]
    assert farm.get(url).status_code == 503
    assert farm.get(f"/shots/{shot_id}").status_code == 200
    for answer in going:
        answer.close()  # as when a browser goes away in the middle
    assert farm.get(url).status_code == 200
    assert farm.client.head(url).status_code == 200
    assert farm.get(url).status_code == 200


def test_a_name_that_no_file_can_have_is_made_plain(farm):
    shot_id = farm.add_shot('a/b "ü" ..', done=1, output_dir=str(farm.root / "renders/lantern"))
    recorded(farm, shot_id, 1)
    assert fetched(farm, f"/shots/{shot_id}/frames.zip").namelist() == ["a_b _ü_/0001.png"]


def test_the_page_says_how_much_there_is(farm, shot_id):
    assert "3 finished pictures of 10" in farm.text(f"/shots/{shot_id}/download")
    empty = farm.add_shot("empty")
    assert "No frame is finished yet" in farm.text(f"/shots/{empty}/download")
    assert farm.get("/shots/99/frames.zip").status_code == 404


def test_a_shots_files_are_told_with_two_questions_however_many(farm, shot_id):
    farm.get(f"/shots/{shot_id}")  # that the farm has no users is known then
    with farm.counted_queries() as queries:
        farm.get(f"/shots/{shot_id}/frames.zip")
    assert len(queries) <= 2
