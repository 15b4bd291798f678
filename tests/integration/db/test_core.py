from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, text, update

from brender_farm.db.core import current_settings, db, reading, writing
from brender_farm.db.models import Farm

COUNT_UP = """
import sys
from brender_farm.config import settings
from brender_farm.db.core import create_core_app, reading, writing
from brender_farm.db.migrate import upgrade
from brender_farm.db.models import Farm
farm = settings()
with create_core_app(farm).app_context():
    upgrade()
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range(40):
        with reading() as session:
            session.get(Farm, 1)
        with writing() as session:
            session.get(Farm, 1).shots_rev += 1
"""


def shots_rev() -> int:
    with reading() as session:
        return session.scalar(select(Farm.shots_rev))


def test_what_is_written_is_there_for_all(core_app):
    with writing() as session:
        session.execute(update(Farm).values(shots_rev=5))
    assert shots_rev() == 5


def test_an_error_undoes_the_whole_transaction(core_app):
    def fail() -> None:
        with writing() as session:
            session.execute(update(Farm).values(shots_rev=5))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert shots_rev() == 1


def test_what_was_read_before_does_not_hinder_writing(core_app):
    assert shots_rev() == 1
    with writing() as session:
        farm = session.get_one(Farm, 1)
        farm.shots_rev += 1
    assert shots_rev() == 2


def test_reading_leaves_no_lock_behind(core_app):
    with reading() as session:
        session.get(Farm, 1)
    with ThreadPoolExecutor(1) as pool:

        def write() -> None:
            with core_app.app_context(), writing() as other:
                other.execute(update(Farm).values(shots_rev=9))

        pool.submit(write).result(timeout=30)
    assert shots_rev() == 9


def test_a_reader_is_not_held_up_by_a_writer_and_sees_what_was_there(core_app):
    with ThreadPoolExecutor(1) as pool, writing() as session:
        session.execute(update(Farm).values(shots_rev=9))

        def look() -> int:
            with core_app.app_context():
                return shots_rev()

        assert pool.submit(look).result(timeout=30) == 1


def test_all_that_is_read_at_once_is_of_one_moment(core_app):
    with reading() as session:
        assert session.scalar(select(Farm.shots_rev)) == 1
        with ThreadPoolExecutor(1) as pool:
            pool.submit(count_up, core_app).result()
        session.expire_all()
        assert session.scalar(select(Farm.shots_rev)) == 1
    assert shots_rev() == 2


def count_up(core_app) -> None:
    with core_app.app_context(), writing() as session:
        session.execute(update(Farm).values(shots_rev=Farm.shots_rev + 1))


def test_writers_take_turns_and_none_overwrites_another(core_app):
    go = threading.Barrier(4)

    def count_up(_: int) -> None:
        go.wait(30)
        for _ in range(10):
            with core_app.app_context(), writing() as session:
                session.get_one(Farm, 1).shots_rev += 1

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count_up, range(4)))
    assert shots_rev() == 41


def test_processes_write_at_once_and_none_overwrites_another(at_once, empty_app):
    at_once(COUNT_UP, 3)
    assert shots_rev() == 1 + 3 * 40


def test_the_settings_are_at_hand_in_the_app(core_app, settings):
    assert current_settings() is settings


def test_sqlite_keeps_its_writes_beside_the_file_and_checks_references(core_app):
    if db.engine.dialect.name != "sqlite":
        pytest.skip("this is about SQLite")
    with db.engine.connect() as connection:
        found = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
        }
    assert found == {
        "journal_mode": "wal",
        "foreign_keys": 1,
        "busy_timeout": 15000,
        "synchronous": 1,
    }
