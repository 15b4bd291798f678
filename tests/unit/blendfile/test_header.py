from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest
import zstandard

from brender_farm.blendfile.header import read_header
from brender_farm.errors import BlendFileError

HEADERS = [
    pytest.param(b"BLENDER-v405REND", "4.5", (4, 5), 8, False, False, id="blender-4.5"),
    pytest.param(b"BLENDER-v304REND", "3.4", (3, 4), 8, False, False, id="blender-3.4"),
    pytest.param(b"BLENDER_v279REND", "2.79", (2, 79), 4, False, False, id="32-bit-2.79"),
    pytest.param(b"BLENDER-V248REND", "2.48", (2, 48), 8, True, False, id="big-endian"),
    pytest.param(b"BLENDER17-01v0500REND", "5.0", (5, 0), 8, False, True, id="blender-5.0"),
    pytest.param(b"BLENDER17-01v1203REND", "12.3", (12, 3), 8, False, True, id="far-future"),
]
PACKERS = [
    pytest.param(bytes, "none", id="plain"),
    pytest.param(gzip.compress, "gzip", id="gzip"),
    pytest.param(zstandard.ZstdCompressor().compress, "zstd", id="zstd"),
    pytest.param(
        lambda data: b"\x50\x2a\x4d\x18\4\0\0\0skip" + zstandard.ZstdCompressor().compress(data),
        "zstd",
        id="zstd-after-a-skippable-frame",
    ),
]


@pytest.mark.parametrize(("pack", "compression"), PACKERS)
@pytest.mark.parametrize(("start", "version", "numbers", "pointer", "big", "large"), HEADERS)
def test_a_header_tells_the_version_and_the_layout(
    tmp_path, pack, compression, start, version, numbers, pointer, big, large
):
    path = tmp_path / "a.blend"
    path.write_bytes(pack(start + bytes(200)))
    header = read_header(path)
    assert header.version == version
    assert header.version_tuple == numbers
    assert header.pointer_bytes == pointer
    assert header.big_endian is big
    assert header.large_blocks is large
    assert header.size_bytes == (17 if large else 12)
    assert header.compression == compression


@pytest.mark.parametrize(
    ("name", "version", "compression"),
    [
        ("tiny", "4.5", "zstd"),
        ("tiny_gzip", "4.5", "gzip"),
        ("old_34", "3.4", "zstd"),
        ("future", "9.99", "gzip"),
    ],
)
def test_real_files_tell_who_saved_them(data, name, version, compression):
    header = read_header(data / f"{name}.blend")
    assert (header.version, header.compression) == (version, compression)


NOT_A_BLEND = [
    pytest.param(b"", "is empty", id="empty"),
    pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(64), "looks like a PNG image", id="renamed-png"),
    pytest.param(b"\xff\xd8\xff\xe0" + bytes(64), "looks like a JPEG image", id="renamed-jpeg"),
    pytest.param(b"PK\x03\x04" + bytes(64), "looks like a zip archive", id="renamed-zip"),
    pytest.param(b"version https://git-lfs.github.com/spec/v1\n", "Git LFS pointer", id="git-lfs"),
    pytest.param(b"Hello, I am a text.", "does not begin like one", id="text"),
    pytest.param(b"B", "cut short or damaged within its header", id="one-byte"),
    pytest.param(b"BLENDER-v4", "cut short or damaged within its header", id="cut-header"),
    pytest.param(b"BLENDER17-01v05", "cut short or damaged within its header", id="cut-5-header"),
    pytest.param(b"BLENDERxv405", "cut short or damaged within its header", id="bad-pointer-size"),
    pytest.param(b"BLENDER19-02v0600" + bytes(9), "kind this farm does not know", id="new-layout"),
    pytest.param(b"\x1f\x8b\x08\x00garbage", "damaged", id="broken-gzip"),
    pytest.param(b"\x1f\x8b\x09" + bytes(30), "compressed, and damaged", id="not-quite-gzip"),
    pytest.param(b"\x28\xb5\x2f\xfd\xff\xff\xff\xff", "damaged", id="broken-zstd"),
    pytest.param(gzip.compress(b"Hello, I am a text."), "not a .blend file", id="gzip-of-text"),
    pytest.param(
        gzip.compress(b""), "cut short or damaged within its header", id="gzip-of-nothing"
    ),
]


@pytest.mark.parametrize(("content", "words"), NOT_A_BLEND)
def test_what_is_not_a_blend_is_refused_in_plain_words(tmp_path, content, words):
    path = tmp_path / "scene.blend"
    path.write_bytes(content)
    with pytest.raises(BlendFileError) as refusal:
        read_header(path)
    assert words in refusal.value.message
    assert str(path) in refusal.value.message


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(BlendFileError, match=r"does not exist\. Check the spelling"):
        read_header(tmp_path / "nowhere.blend")


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(BlendFileError, match=r"is a folder\. Choose a \.blend"):
        read_header(tmp_path)


def test_a_pipe_is_refused_without_waiting_for_it(tmp_path):
    os.mkfifo(tmp_path / "pipe.blend")
    with pytest.raises(BlendFileError, match="not an ordinary file"):
        read_header(tmp_path / "pipe.blend")


@pytest.mark.parametrize("name", ["a\0b.blend", "x" * 300 + ".blend"], ids=["nul", "overlong"])
def test_an_impossible_name_is_refused(tmp_path, name):
    with pytest.raises(BlendFileError):
        read_header(Path(f"{tmp_path}/{name}"))


def test_a_gzip_bomb_is_not_unpacked_for_its_header(tmp_path):
    path = tmp_path / "bomb.blend"
    path.write_bytes(gzip.compress(b"BLENDER-v405" + bytes(50_000_000), 9))
    assert read_header(path).version == "4.5"
