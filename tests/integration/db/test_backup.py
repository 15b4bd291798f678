from __future__ import annotations

import os
import re
import shutil
import sqlite3
import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, make_url, select, text

from brender_farm.config import Settings
from brender_farm.db import migrate, pg_programs
from brender_farm.db.backup import back_up, default_target, is_sqlite
from brender_farm.db.core import create_core_app, db, reading, writing
from brender_farm.db.models import Chunk, Event, Farm, LooseChunk, Node, Shot
from brender_farm.db.restore import Restored, restore
from brender_farm.db.writes.restored import never_used_chunk_id
from brender_farm.domain.states import ChunkState, NodeIntent, ShotState
from brender_farm.errors import FarmError
from tests.waiting import wait_for

NOW = datetime(2026, 1, 1, tzinfo=UTC)
_THEN = "2025-01-01 00:00:00+00:00"
OLD_ROWS = {
    "nodes": {
        "name": "atlas",
        "intent": "enabled",
        "reason": "",
        "online": False,
        "accepting": False,
        "boot": "b",
        "slots": 1,
        "trouble": "",
        "claims": "[]",
        "warm": "[]",
        "facts": "{}",
        "memory_bytes": 0,
        "sample": "{}",
        "first_seen_at": _THEN,
        "last_seen_at": _THEN,
    },
    "shots": {
        "name": "shot",
        "state": "completed",
        "reason": "",
        "priority": 50,
        "submitter": "mira",
        "created_at": _THEN,
        "blend": "/projects/a.blend",
        "blend_size_bytes": 1,
        "blend_mtime_ns": 1,
        "blend_version": "4.5",
        "scene": "Scene",
        "format": "PNG",
        "width": 64,
        "height": 36,
        "size_given": False,
        "output_dir": "/projects/out",
        "padding": 4,
        "existing": "overwrite",
        "warnings": "[]",
        "frames": "1",
        "frame_count": 1,
        "pending": "",
        "pending_count": 0,
        "done_count": 1,
        "failed_count": 0,
        "measured_count": 1,
        "render_seconds": 1.0,
        "rev": 3,
    },
    "chunks": {
        "shot_id": 1,
        "node_id": 1,
        "state": "done",
        "spans": "",
        "frames": "1",
        "frame_count": 1,
        "done_count": 1,
        "failed_count": 0,
        "reason": "",
        "sent_at": _THEN,
    },
    "frames": {
        "shot_id": 1,
        "frame": 1,
        "state": "done",
        "chunk_id": 1,
        "tries": 0,
        "reason": "",
        "at": _THEN,
    },
}


@pytest.fixture
def settings(empty_farm: Settings) -> Settings:
    """Return the settings of a farm whose database nobody else is connected to."""
    with in_farm(empty_farm):
        migrate.upgrade()
    return empty_farm


@pytest.fixture
def farm(settings: Settings) -> Settings:
    """Return the settings of a farm with a shot of which one chunk is live and one is done."""
    with in_farm(settings), writing() as session:
        session.add(
            Node(
                id=1,
                name="atlas",
                intent=NodeIntent.ENABLED,
                online=True,
                accepting=True,
                boot="b",
                slots=1,
                facts={},
                sample={},
                first_seen_at=NOW,
                last_seen_at=NOW,
            )
        )
        session.add(
            Shot(
                name="shot",
                state=ShotState.RENDERING,
                priority=50,
                submitter="mira",
                created_at=NOW,
                started_at=NOW,
                blend="/projects/a.blend",
                blend_size_bytes=1,
                blend_mtime_ns=1,
                blend_version="4.5",
                scene="Scene",
                format="PNG",
                width=64,
                height=36,
                output_dir=str(settings.data_dir / "out"),
                existing="overwrite",
                frames="1-10",
                frame_count=10,
                pending="4-10",
                pending_count=6,
                done_count=2,
            )
        )
        session.flush()
        add_chunk(session, "0-2", ChunkState.DONE)
        add_chunk(session, "2-4", ChunkState.RENDERING)
    return settings


class in_farm:  # noqa: N801 - reads as a statement
    """The farm's database, as one of its processes opens it."""

    def __init__(self, settings: Settings) -> None:
        self._context = create_core_app(settings).app_context()

    def __enter__(self) -> None:
        self._context.__enter__()

    def __exit__(self, *error: object) -> None:
        db.session.remove()
        db.engine.dispose()
        self._context.__exit__(None, None, None)


def add_chunk(session, spans: str, state: ChunkState) -> int:
    chunk = Chunk(
        shot_id=1,
        node_id=1,
        state=state,
        spans="" if state is ChunkState.DONE else spans,
        frames="1-2",
        frame_count=2,
        fences=[],
        sent_at=NOW,
    )
    session.add(chunk)
    session.flush()
    return chunk.id


def new_chunk(settings: Settings) -> int:
    with in_farm(settings), writing() as session:
        return add_chunk(session, "4-6", ChunkState.SENT)


def count_chunks(settings: Settings) -> int:
    with in_farm(settings), reading() as session:
        return len(list(session.scalars(select(Chunk.id))))


def destroy(settings: Settings) -> None:
    url = make_url(settings.database_url)
    if is_sqlite(url):
        Path(url.database).unlink()
        return
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()


def make_backup(settings: Settings, target: Path) -> Path:
    back_up(settings.database_url, target)
    return target


def restored(settings: Settings, source: Path, **options: bool) -> Restored:
    return restore(settings, source, **options)


def test_a_destroyed_database_comes_back(farm, tmp_path):
    backup = make_backup(farm, tmp_path / "backup")
    destroy(farm)
    assert restored(farm, backup).replaced is None
    with in_farm(farm), reading() as session:
        shot = session.scalars(select(Shot)).one()
        assert (shot.name, shot.done_count) == ("shot", 2)
        states = list(session.scalars(select(Chunk.state).order_by(Chunk.id)))
        assert states == [ChunkState.DONE, ChunkState.LOST]


def test_what_was_live_is_pending_again_and_fenced(farm, tmp_path):
    done = restored(farm, make_backup(farm, tmp_path / "backup"))
    assert done.made_safe.lost_chunks == 1
    with in_farm(farm), reading() as session:
        shot = session.scalars(select(Shot)).one()
        assert (shot.state, shot.pending, shot.pending_count) == (ShotState.QUEUED, "2-10", 8)
        loose = session.scalars(select(LooseChunk)).one()
        assert (loose.chunk_id, loose.output_dir) == (2, shot.output_dir)
        event = session.scalars(select(Event).where(Event.subject == "farm")).one()
        assert event.reason.startswith("From backup: 1 live chunks ended")
        assert session.get_one(Farm, 1).pass_at is None


def test_no_chunks_number_is_ever_used_again(farm, tmp_path):
    older = make_backup(farm, tmp_path / "older")
    used = {1, 2, new_chunk(farm)}
    newer = make_backup(farm, tmp_path / "newer")
    used.add(new_chunk(farm))
    for backup in (older, newer, older, older, newer):
        destroy(farm)
        restored(farm, backup)
        for _ in range(3):
            number = new_chunk(farm)
            assert number not in used
            used.add(number)


def test_numbers_of_chunks_grow_faster_than_a_farm_hands_them_out():
    assert never_used_chunk_id(NOW) < 2**53  # what JSON carries everywhere
    assert never_used_chunk_id(NOW + timedelta(seconds=1)) == never_used_chunk_id(NOW) + 1000


def test_chunks_handed_out_after_the_backup_are_fenced_by_their_drafts(farm, tmp_path):
    backup = make_backup(farm, tmp_path / "backup")
    later = new_chunk(farm)
    (farm.data_dir / "out" / ".brender" / str(later)).mkdir(parents=True)
    (farm.data_dir / "out" / ".brender" / "logs").mkdir()
    destroy(farm)
    assert restored(farm, backup).made_safe.stray_chunks == 1
    with in_farm(farm), reading() as session:
        assert sorted(session.scalars(select(LooseChunk.chunk_id))) == [2, later]


def test_the_replaced_database_is_kept(farm, tmp_path):
    backup = make_backup(farm, tmp_path / "backup")
    later = new_chunk(farm)
    done = restored(farm, backup)
    assert ".replaced-" in done.replaced.name
    restored(farm, done.replaced)
    with in_farm(farm), reading() as session:
        assert session.get(Chunk, later) is not None


def test_a_backup_while_others_write_is_whole(farm, tmp_path):
    stop = threading.Event()

    def write() -> None:
        with in_farm(farm):
            while not stop.is_set():
                with writing() as session:
                    add_chunk(session, "0-2", ChunkState.DONE)
                    session.get_one(Shot, 1).rev += 1

    writer = threading.Thread(target=write)
    writer.start()
    wait_for(lambda: count_chunks(farm) > 5, "the writer writes")
    try:
        backups = [make_backup(farm, tmp_path / f"backup-{n}") for n in range(3)]
    finally:
        stop.set()
        writer.join()
    for backup in backups:
        restored(farm, backup)
        with in_farm(farm), reading() as session:
            count = len(list(session.scalars(select(Chunk.id))))
            assert count > 5
            assert session.get_one(Shot, 1).rev == count + 1_000_000


def test_a_backup_never_overwrites_another_unless_told_to(farm, tmp_path):
    backup = make_backup(farm, tmp_path / "backup")
    before = backup.read_bytes()
    with pytest.raises(FarmError, match="is there already"):
        back_up(farm.database_url, backup)
    assert backup.read_bytes() == before
    new_chunk(farm)
    back_up(farm.database_url, backup, force=True)
    assert backup.read_bytes() != before
    assert [path.name for path in tmp_path.glob("*backup*")] == ["backup"]


def test_a_backup_is_for_its_owner_only(farm, tmp_path):
    backup = make_backup(farm, tmp_path / "backup")
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600


def test_a_backup_that_fails_leaves_nothing(farm, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    target = tmp_path / "backups" / "backup"
    url = farm.database_url
    if is_sqlite(make_url(url)):
        url = f"sqlite:///{tmp_path}/nowhere.db"
    with pytest.raises(FarmError):
        back_up(url, target)
    assert list(target.parent.iterdir()) == []


def test_a_backup_that_nobody_named_has_its_time(farm, tmp_path):
    target = default_target(tmp_path, farm.database_url, now=NOW)
    assert target.parent == tmp_path / "backups"
    assert re.fullmatch(r"farm-20260101-000000\.(db|dump)", target.name)


def test_a_database_in_use_is_not_replaced(farm, tmp_path):
    backup = make_backup(farm, tmp_path / "backup")
    later = new_chunk(farm)
    with in_farm(farm):
        with reading() as session:
            session.scalar(select(Farm.key))
        with pytest.raises(FarmError, match=r"in use|other connections"):
            restored(farm, backup)
        with reading() as session:
            assert session.get(Chunk, later) is not None


def test_only_a_farms_backup_is_restored(farm, tmp_path):
    shot = tmp_path / "shot.blend"
    shot.write_bytes(b"BLENDER-v405")
    with pytest.raises(FarmError, match="is not a backup of"):
        restored(farm, shot)
    with pytest.raises(FarmError, match="There is no backup"):
        restored(farm, tmp_path / "none")


def test_a_backup_of_a_newer_brender_is_refused(farm, tmp_path):
    with in_farm(farm), writing() as session:
        kept = session.scalar(text("SELECT version_num FROM alembic_version"))
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    backup = make_backup(farm, tmp_path / "backup")
    with in_farm(farm), writing() as session:
        session.execute(text(f"UPDATE alembic_version SET version_num = '{kept}'"))
    with pytest.raises(FarmError, match="'9999'"):
        restored(farm, backup)
    with in_farm(farm), reading() as session:
        assert session.scalars(select(Shot.name)).all() == ["shot"]


def test_a_damaged_backup_is_refused(farm, tmp_path):
    backup = make_backup(farm, tmp_path / "backup")
    content = backup.read_bytes()
    backup.write_bytes(content[: len(content) // 2])
    with pytest.raises(FarmError):
        restored(farm, backup)
    with in_farm(farm), reading() as session:
        assert session.scalars(select(Shot.name)).all() == ["shot"]


def test_another_database_is_no_farms_backup(settings, tmp_path):
    if not is_sqlite(make_url(settings.database_url)):
        pytest.skip("SQLite's own case")
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE shots (id INTEGER)")
    connection.close()
    with pytest.raises(FarmError, match="not a backup of a Brender farm"):
        restored(settings, other)


def test_a_damaged_database_is_replaced_and_kept(farm, tmp_path):
    url = make_url(farm.database_url)
    if not is_sqlite(url):
        pytest.skip("SQLite's own case")
    backup = make_backup(farm, tmp_path / "backup")
    Path(url.database).write_bytes(b"what a broken disk gave back" * 1000)
    done = restored(farm, backup)
    assert done.replaced.read_bytes().startswith(b"what a broken disk")


def test_a_password_is_in_no_argument(tmp_path, monkeypatch):
    """The program gets it where only its owner can look."""
    program = tmp_path / "pg_dump"
    program.write_text(f'#!/bin/sh\necho "$@ PASSWORD=$PGPASSWORD" > {tmp_path}/seen\nexit 1\n')
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    for address in ("me:se%2Fcret@host/farm", "me@host/farm?password=se/cret&sslmode=require"):
        url = make_url(f"postgresql+psycopg://{address}")
        with pytest.raises(FarmError, match="pg_dump failed"):
            pg_programs.dump(url, tmp_path / "backup")
        arguments, _, password = (tmp_path / "seen").read_text().strip().partition(" PASSWORD=")
        assert password == "se/cret"
        assert "cret" not in arguments
        assert "--dbname=postgresql://me@host/farm" in arguments


def test_missing_programs_of_postgresql_are_named(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shutil.which("pg_dump") is None
    with pytest.raises(FarmError, match="apt install postgresql-client"):
        pg_programs.dump(make_url("postgresql://host/farm"), tmp_path / "backup")


OLD_FARM = (
    "INSERT INTO farm (id, \"key\", shots_rev, nodes_rev, broker_trouble) VALUES (1, 'k', 1, 1, '')"
)


def test_a_backup_of_an_older_brender_keeps_its_rows(empty_farm, tmp_path):
    with in_farm(empty_farm):
        migrate_to("0001")
        with writing() as session:
            session.execute(text(OLD_FARM))
            for table, values in OLD_ROWS.items():
                names = ", ".join(values)
                row = ", ".join(f":{name}" for name in values)
                session.execute(text(f"INSERT INTO {table} ({names}) VALUES ({row})"), values)
    backup = make_backup(empty_farm, tmp_path / "backup")
    destroy(empty_farm)
    restored(empty_farm, backup)
    with in_farm(empty_farm), reading() as session:
        for table in OLD_ROWS:
            assert session.scalar(text(f"SELECT count(*) FROM {table}")) == 1, table


def migrate_to(revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    with writing() as session:
        config.attributes["connection"] = session.connection()
        command.upgrade(config, revision)
