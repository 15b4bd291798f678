"""Lines as Blender 3.4.1 and 4.5.15 wrote them, and the log that keeps them."""

from __future__ import annotations

import threading

import pytest

from workers.blender import output
from workers.blender.output import ChunkLog, Progress, read_peak_bytes, read_progress

CYCLES_45 = (
    "Fra:5 Mem:8.74M (Peak 9.74M) | Time:00:00.01 | Remaining:00:00.00 | Mem:0.58M, Peak:0.50M "
    "| Scene, ViewLayer | Sample 1/2"
)
CYCLES_34 = (
    "Fra:1 Mem:84.93M (Peak 130.71M) | Time:00:01.41 | Mem:52.77M, Peak:52.77M "
    "| Scene, ViewLayer | Sample 4/300"
)
EEVEE_34 = "Fra:1 Mem:10.69M (Peak 11.79M) | Time:00:02.94 | Rendering 26 / 64 samples"
EEVEE_45 = "Fra:1 Mem:41.26M (Peak 41.26M) | Time:00:15.98 | Rendering 4 / 4 samples"
UPDATING = (
    "Fra:5 Mem:8.22M (Peak 8.27M) | Time:00:00.00 | Mem:0.00M, Peak:0.00M | Scene, ViewLayer "
    "| Updating Scene BVH | Building BVH 0%"
)
NAMED_SAMPLE = (
    "Fra:5 Mem:8.27M (Peak 8.27M) | Time:00:00.00 | Scene, ViewLayer | Synchronizing object | 1/2"
)


@pytest.mark.parametrize(
    ("line", "sample", "sample_count"),
    [(CYCLES_45, 1, 2), (CYCLES_34, 4, 300), (EEVEE_34, 26, 64), (EEVEE_45, 4, 4)],
    ids=["cycles 4.5", "cycles 3.4", "eevee 3.4", "eevee 4.5"],
)
def test_samples_are_read(line, sample, sample_count):
    assert read_progress(line) == Progress(sample=sample, sample_count=sample_count)


@pytest.mark.parametrize(
    "line",
    [
        UPDATING,
        NAMED_SAMPLE,
        "Saved: '/out/| Sample 1/2.png'",
        "Time: 00:00.07 (Saving: 00:00.06)",
        "",
    ],
    ids=["updating", "an object's name", "a file's name", "time", "nothing"],
)
def test_other_lines_tell_no_progress(line):
    assert read_progress(line) is None


@pytest.mark.parametrize(
    ("line", "peak_bytes"),
    [
        (EEVEE_45, int(41.26 * 2**20)),
        (CYCLES_45, int(9.74 * 2**20) + int(0.50 * 2**20)),
        ("Fra:1 Mem:2.00G (Peak 3.50G) | Time:00:01.00", int(3.5 * 2**30)),
        ("Saved: '/out/0001.png'", None),
    ],
    ids=["eevee", "cycles", "gigabytes", "another line"],
)
def test_peak_memory_is_read(line, peak_bytes):
    assert read_peak_bytes(line) == peak_bytes


def test_a_log_keeps_every_line_with_its_time(tmp_path):
    log = ChunkLog(tmp_path / "log", 10_000)
    log.add("first")
    log.add("zweite Zeile ✓ \udce4")
    first, second = (tmp_path / "log").read_text().splitlines()
    assert first[2::3][:2] == "::"
    assert first.endswith(" first")
    assert second.endswith(" zweite Zeile ✓ ?")
    assert log.tail(1) == ["zweite Zeile ✓ \udce4"]
    log.close()


@pytest.fixture
def flooded(tmp_path):
    log = ChunkLog(tmp_path / "log", 4000)
    for number in range(10_000):
        log.add(f"line {number}")
    log.close()
    return log, (tmp_path / "log").read_text()


def test_a_flooded_log_keeps_its_beginning_and_its_end(flooded):
    _, text = flooded
    lines = text.splitlines()
    assert len(text) <= 4100
    assert lines[0].endswith(" line 0")
    assert lines[-1].endswith(" line 9999")


def test_a_flooded_log_says_how_much_is_missing(flooded):
    _, text = flooded
    gap = next(line for line in text.splitlines() if "left out" in line)
    kept = len(text.splitlines()) - 1
    assert gap == f"… {10_000 - kept:,} lines left out …"


def test_the_last_lines_are_there_without_reading_the_file(flooded):
    log, _ = flooded
    assert log.tail(3) == ["line 9997", "line 9998", "line 9999"]
    assert len(log.tail(100_000)) == output.TAIL_LINE_COUNT


def test_the_end_of_a_flooded_log_can_be_read_while_it_grows(tmp_path, monkeypatch):
    monkeypatch.setattr(output, "REWRITE_EVERY_S", 0.0)
    log = ChunkLog(tmp_path / "log", 400)
    for number in range(100):
        log.add(f"line {number}")
        assert (tmp_path / "log").read_text().rstrip().endswith(f"line {number}")
    log.close()


def test_a_line_longer_than_the_log_is_cut(tmp_path):
    log = ChunkLog(tmp_path / "log", 400)
    log.add("x" * 10_000)
    log.add("the end")
    log.close()
    assert (tmp_path / "log").stat().st_size <= 450
    assert (tmp_path / "log").read_text().endswith("the end\n")


def test_lines_after_the_end_are_dropped_without_harm(tmp_path):
    log = ChunkLog(tmp_path / "log", 400)
    log.close()
    log.add("too late")
    log.close()
    assert (tmp_path / "log").read_text() == ""


def test_many_threads_write_whole_lines(tmp_path):
    log = ChunkLog(tmp_path / "log", 1_000_000)
    threads = [
        threading.Thread(target=lambda n=n: [log.add(f"thread {n} says so") for _ in range(200)])
        for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log.close()
    lines = (tmp_path / "log").read_text().splitlines()
    assert len(lines) == 800
    assert all(line.endswith("says so") for line in lines)
