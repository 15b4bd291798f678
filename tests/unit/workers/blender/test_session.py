"""A session with a Blender that misbehaves in every way."""

from __future__ import annotations

import threading
import time

import psutil
import pytest

from brender_farm.errors import FrameFailed, SceneRefused, SessionDied
from workers.blender.output import Progress

SOON_S = 5


def test_a_scene_is_opened_and_its_frames_rendered(start_session, spec, tmp_path):
    session = start_session()
    opened = session.open(spec(width=20, height=10))
    assert (opened.width, opened.height) == (20, 10)
    for frame in (3, 1, 2):
        written = session.render(frame, tmp_path / f"{frame}.png")
        assert (written.frame, written.path) == (frame, tmp_path / f"{frame}.png")
        assert written.path.read_bytes().startswith(b"\x89PNG")
    assert (session.opened_count, session.frame_count) == (1, 3)


def test_pictures_depend_on_the_scene_and_the_frame_only(start_session, spec, tmp_path):
    one, two = start_session(), start_session()
    for number, session in enumerate((one, two)):
        session.open(spec())
        session.render(7, tmp_path / f"{number}.png")
        session.render(8, tmp_path / f"{number}_next.png")
    assert (tmp_path / "0.png").read_bytes() == (tmp_path / "1.png").read_bytes()
    assert (tmp_path / "0.png").read_bytes() != (tmp_path / "0_next.png").read_bytes()


def test_the_open_scene_is_known_by_its_key(start_session, spec):
    session, shot = start_session(), spec()
    assert session.scene_key is None
    session.open(shot)
    assert session.scene_key == shot.key
    assert session.open(shot).warm
    session.drop()
    assert session.scene_key is None


def test_a_failed_frame_says_why_and_the_session_lives_on(start_session, spec, tmp_path):
    session = start_session()
    session.open(spec(fail=[2], fail_message="Out of light"))
    with pytest.raises(FrameFailed, match="Out of light"):
        session.render(2, tmp_path / "2.png")
    session.render(3, tmp_path / "3.png")


def test_a_failure_that_will_not_go_away_refuses_the_scene(start_session, spec, tmp_path):
    session = start_session()
    session.open(spec(fail=True, fail_permanent=True))
    with pytest.raises(SceneRefused):
        session.render(1, tmp_path / "1.png")


def test_a_scene_that_cannot_be_opened_is_refused_with_blenders_words(start_session, spec):
    session = start_session()
    with pytest.raises(SceneRefused, match="Missing DNA block"):
        session.open(spec(open_fails="Missing DNA block"))
    assert session.scene_key is None
    assert session.open(spec("other")).scene == "Scene"


def test_a_file_of_a_newer_blender_is_refused_unopened(start_session, spec):
    shot = spec()
    shot.path.write_bytes(b"BLENDER17-01v0500")
    session = start_session()
    with pytest.raises(SceneRefused, match=r"saved by Blender 5\.0; this node has Blender 4\.5\.0"):
        session.open(type(shot).of(shot.path))


@pytest.mark.parametrize(
    ("crash_signal", "how"),
    [("SIGSEGV", "was ended by SIGSEGV"), ("SIGKILL", "by SIGKILL"), (None, "exit code 11")],
    ids=["segfault", "killed", "exits"],
)
def test_a_crash_tells_how_and_the_last_lines(start_session, spec, tmp_path, crash_signal, how):
    session = start_session()
    session.open(spec(crash=[4], crash_signal=crash_signal))
    session.render(3, tmp_path / "3.png")
    with pytest.raises(SessionDied, match=how) as died:
        session.render(4, tmp_path / "4.png")
    assert "about to crash" in died.value.message
    assert not session.alive


def test_a_dead_session_says_so_to_everyone_who_asks(start_session, spec, tmp_path):
    session = start_session()
    session.open(spec(crash=True))
    for _ in range(3):
        with pytest.raises(SessionDied, match="SIGSEGV"):
            session.render(1, tmp_path / "1.png")
    assert session.rss_bytes() == 0
    assert session.cpu_s() == 0
    session.kill()
    session.close()


@pytest.mark.parametrize("stubborn", [False, True], ids=["obeys", "ignores SIGTERM"])
def test_a_kill_from_another_thread_ends_a_render_at_once(
    start_session, spec, behave, tmp_path, stubborn
):
    behave(ignore_sigterm=stubborn)
    session = start_session()
    session.open(spec(hang=True))
    rendering, died_at = threading.Event(), []

    def render():
        with pytest.raises(SessionDied, match="was stopped"):
            session.render(1, tmp_path / "1.png", on_started=rendering.set)
        died_at.append(time.monotonic())

    thread = threading.Thread(target=render)
    thread.start()
    assert rendering.wait(SOON_S)
    killed_at = time.monotonic()
    session.kill()
    thread.join(SOON_S)
    # Told at once, not after the grace that the process itself was given.
    assert died_at[0] - killed_at < 0.4
    assert not psutil.pid_exists(session.pid)


def test_many_threads_may_kill_at_the_same_time(start_session):
    session = start_session()
    threads = [threading.Thread(target=session.kill) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SOON_S)
    assert not psutil.pid_exists(session.pid)


def test_a_blender_that_does_not_quit_is_ended(start_session, spec, behave, tmp_path):
    session = start_session()
    session.open(spec(hang=True))
    rendering = threading.Event()

    def render():
        with pytest.raises(SessionDied):
            session.render(1, tmp_path / "1.png", on_started=rendering.set)

    thread = threading.Thread(target=render)
    thread.start()
    assert rendering.wait(SOON_S)
    session.close(grace_s=0.01)
    thread.join(SOON_S)
    assert not psutil.pid_exists(session.pid)


def test_quitting_is_not_called_a_death(start_session):
    session = start_session()
    session.close()
    assert session._child._process.returncode == 0


def test_a_blender_that_takes_too_long_to_start_is_given_up(start_session, behave):
    behave(start_seconds=600)
    with pytest.raises(SessionDied, match=r"was not ready within 0\.1 s"):
        start_session(timeout_s=0.1)


def test_a_blender_that_cannot_start_says_why(start_session, behave):
    behave(start_fails="libGL.so.1 is missing")
    with pytest.raises(SessionDied, match=r"cannot start: libGL\.so\.1 is missing"):
        start_session()


def test_opening_has_a_time_limit_when_asked_for(start_session, spec):
    session = start_session()
    with pytest.raises(SessionDied, match=r"did not answer to 'open' within 0\.05 s"):
        session.open(spec(open_seconds=600), timeout_s=0.05)
    assert not session.alive


def test_a_flood_of_output_is_read_to_the_end(start_session, spec, tmp_path):
    counts = {"lines": 0, "bytes": 0}

    def count(line):
        counts["lines"] += 1
        counts["bytes"] += len(line) + 1

    session = start_session(count)
    session.open(spec(log_bytes=10_000_000))
    session.render(1, tmp_path / "1.png")
    session.close()
    assert counts["bytes"] >= 9_900_000


def test_output_goes_to_the_log_of_the_moment(start_session, spec, tmp_path, eventually):
    first, second = [], []
    session = start_session(first.append)
    session.open(spec())
    session.render(1, tmp_path / "1.png")
    eventually(lambda: any("Saved" in line for line in first), "the first log was written")
    session.on_line = second.append
    session.render(2, tmp_path / "2.png")
    eventually(lambda: any("2.png" in line for line in second), "the second log was written")
    assert not any("2.png" in line for line in first)


def test_a_log_that_fails_does_not_end_the_render(start_session, spec, tmp_path):
    def full_disk(_line):
        raise OSError("No space left on device")

    session = start_session(full_disk)
    session.open(spec())
    session.render(1, tmp_path / "1.png")


def test_progress_is_told_while_a_frame_renders(start_session, spec, tmp_path):
    session, seen = start_session(), []
    session.open(spec(seconds=0.02))
    session.render(1, tmp_path / "1.png", on_progress=seen.append)
    assert Progress(sample=0, sample_count=4) in seen


def test_signs_of_life_stop_when_blender_hangs(start_session, spec, tmp_path, eventually):
    session = start_session()
    session.open(spec(hang=True))
    rendering = threading.Event()

    def render():
        with pytest.raises(SessionDied):
            session.render(1, tmp_path / "1.png", on_started=rendering.set)

    thread = threading.Thread(target=render)
    thread.start()
    assert rendering.wait(SOON_S)
    heard = session.last_sign_of_life
    eventually(lambda: time.monotonic() - heard > 0.05, "time passed")
    assert session.last_sign_of_life == heard
    session.kill()
    thread.join(SOON_S)


def test_memory_that_grows_is_seen(start_session, spec, tmp_path):
    session = start_session()
    session.open(spec(grow_bytes=50_000_000))
    before = session.rss_bytes()
    written = session.render(1, tmp_path / "1.png")
    assert session.rss_bytes() - before > 40_000_000
    assert written.peak_bytes > 50_000_000


def test_brenders_own_settings_stay_out_of_blender(start_session, monkeypatch):
    monkeypatch.setenv("BRENDER_BROKER_URL", "redis://:secret@host")
    environment = psutil.Process(start_session().pid).environ()
    assert "BRENDER_BROKER_URL" not in environment
    assert environment["BRENDER_FARM_CHILD"].startswith("unit-tests:")
