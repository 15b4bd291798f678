from __future__ import annotations

import hashlib
import os
import time

import pytest

from brender_farm.blendfile import digest
from brender_farm.blendfile.digest import digest_of
from brender_farm.errors import BlendBeingWritten, BlendFileError


@pytest.fixture
def blend(tmp_path):
    path = tmp_path / "scene.blend"
    path.write_bytes(b"BLENDER-v405" + os.urandom(3_000_000))
    return path


@pytest.fixture
def settled(monkeypatch):
    """Take every file as changed long ago."""
    monkeypatch.setattr(digest, "_SETTLED_NS", 0)


@pytest.fixture
def reads(monkeypatch):
    """Collect which files are read whole."""
    seen = []
    real = hashlib.file_digest

    def count(file, kind):
        seen.append(file.name)
        return real(file, kind)

    monkeypatch.setattr(digest.hashlib, "file_digest", count)
    return seen


def test_a_file_is_known_by_all_its_bytes(blend):
    state, status = digest_of(blend), blend.stat()
    assert state.digest == hashlib.blake2b(blend.read_bytes(), digest_size=20).hexdigest()
    assert (state.byte_count, state.mtime_ns, state.ctime_ns) == (
        status.st_size,
        status.st_mtime_ns,
        status.st_ctime_ns,
    )


def test_other_times_with_the_same_bytes_are_the_same_digest(blend):
    before = digest_of(blend)
    os.utime(blend, ns=(1, 1))
    after = digest_of(blend)
    assert after.digest == before.digest
    assert after.mtime_ns == 1


def test_other_bytes_with_the_same_size_and_time_are_another_digest(blend):
    before, times = digest_of(blend), blend.stat()
    content = bytearray(blend.read_bytes())
    content[-1] ^= 1
    blend.write_bytes(content)
    os.utime(blend, ns=(times.st_atime_ns, times.st_mtime_ns))
    after = digest_of(blend)
    assert (after.byte_count, after.mtime_ns) == (before.byte_count, before.mtime_ns)
    assert after.digest != before.digest


@pytest.mark.usefixtures("settled")
def test_a_settled_file_is_read_once(blend, reads):
    assert digest_of(blend) == digest_of(blend)
    assert len(reads) == 1
    blend.write_bytes(b"other")
    digest_of(blend)
    assert len(reads) == 2


def test_a_file_changed_a_moment_ago_is_read_again(blend, reads):
    assert digest_of(blend) == digest_of(blend)
    assert len(reads) == 2


def change_while_read(monkeypatch, blend, times):
    real = hashlib.file_digest
    left = iter(range(times))

    def write_on(file, kind):
        found = real(file, kind)
        if next(left, None) is not None:
            with blend.open("ab") as more:
                more.write(b"more")
        return found

    monkeypatch.setattr(digest.hashlib, "file_digest", write_on)


def test_a_file_that_changes_once_while_it_is_read_is_read_anew(blend, monkeypatch):
    change_while_read(monkeypatch, blend, 1)
    assert digest_of(blend).byte_count == blend.stat().st_size
    assert (
        digest_of(blend).digest == hashlib.blake2b(blend.read_bytes(), digest_size=20).hexdigest()
    )


def test_a_file_that_is_replaced_while_it_is_read_is_read_anew(blend, tmp_path, monkeypatch):
    real = hashlib.file_digest
    turns = iter(range(1))

    def replace(file, kind):
        found = real(file, kind)
        if next(turns, None) is not None:
            (tmp_path / "new").write_bytes(b"new content")
            (tmp_path / "new").rename(blend)
        return found

    monkeypatch.setattr(digest.hashlib, "file_digest", replace)
    assert digest_of(blend).byte_count == len(b"new content")


def test_a_file_that_never_rests_is_being_written(blend, monkeypatch):
    change_while_read(monkeypatch, blend, 100)
    with pytest.raises(BlendBeingWritten, match="is being written"):
        digest_of(blend)


def fifo(folder):
    os.mkfifo(folder / "pipe.blend")
    return folder / "pipe.blend"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        pytest.param(lambda folder: folder / "gone.blend", "cannot be read", id="gone"),
        pytest.param(lambda folder: folder, "not an ordinary file", id="folder"),
        pytest.param(fifo, "not an ordinary file", id="pipe"),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path, make, words):
    with pytest.raises(BlendFileError, match=words):
        digest_of(make(tmp_path))


@pytest.mark.usefixtures("settled")
def test_a_thousand_questions_about_a_known_file_take_no_time(blend):
    digest_of(blend)
    begin = time.perf_counter()
    for _ in range(1000):
        digest_of(blend)
    assert time.perf_counter() - begin < 1.0
