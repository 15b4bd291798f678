"""Trying the database from outside: read, written and taken back, and never made or changed."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from brender_farm.config import Settings
from brender_farm.db import probe as probing
from brender_farm.db.migrate import newest_revision
from brender_farm.db.probe import probe
from brender_farm.domain.diagnosis import State
from brender_farm.domain.diagnosis_database import diagnose_database
from tests.databases import Databases


def run_sql(settings: Settings, statement: str) -> None:
    engine = create_engine(settings.database_url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text(statement))


def farm_file(settings: Settings) -> Path:
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite":
        pytest.skip("this is about SQLite's file")
    return Path(str(url.database))


def test_a_migrated_database_is_read_and_written_without_a_change(settings: Settings) -> None:
    seen = probe(settings.database_url)
    facts = seen.facts
    assert (facts.trouble, facts.write_trouble, facts.damage) == ("", "", "")
    assert (facts.revision, facts.newest) == (newest_revision(), newest_revision())
    assert facts.version
    assert facts.byte_count > 0
    assert [found.state for found in diagnose_database(facts)] == [State.WELL]
    if facts.kind == "PostgreSQL":
        assert abs(seen.clock_ahead_s or 0.0) < 2
    else:
        assert seen.clock_ahead_s is None


def test_a_database_of_another_schema_is_told(settings: Settings) -> None:
    run_sql(settings, "UPDATE alembic_version SET version_num = '0001'")
    (found,) = diagnose_database(probe(settings.database_url).facts)
    assert (found.state, "schema is 0001" in found.found) == (State.BROKEN, True)
    run_sql(settings, f"UPDATE alembic_version SET version_num = '{newest_revision()}'")


def test_a_database_without_tables_is_told(tmp_path: Path, databases: Databases) -> None:
    url = databases.empty(tmp_path)
    if url.startswith("sqlite"):
        sqlite3.connect(str(make_url(url).database)).close()
        Path(str(make_url(url).database)).touch()
    (found,) = diagnose_database(probe(url).facts)
    assert (found.state, "schema is missing" in found.found) == (State.BROKEN, True)


def test_a_file_that_is_not_there_is_told_and_not_made(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    facts = probe(f"sqlite:///{path}").facts
    assert (facts.is_there, path.exists()) == (False, False)


def test_what_is_no_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "farm.db"
    path.write_bytes(b"not a database, though somebody called it one" * 100)
    assert "not a database" in probe(f"sqlite:///{path}").facts.trouble


def test_a_damaged_database_is_told(settings: Settings) -> None:
    path = farm_file(settings)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        page = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'presets' AND type = 'table'"
        ).fetchone()[0]
        size = connection.execute("PRAGMA page_size").fetchone()[0]
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    found = diagnose_database(probe(settings.database_url).facts)
    assert any("damaged" in one.found and "brender restore" in one.remedy for one in found)


def test_a_database_that_somebody_holds_locked_is_told(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probing, "LOCK_LIMIT_S", 0.2)
    if settings.database_url.startswith("sqlite"):
        with contextlib.closing(
            sqlite3.connect(farm_file(settings), isolation_level=None)
        ) as other:
            other.execute("BEGIN IMMEDIATE")
            assert "locked" in probe(settings.database_url).facts.write_trouble
        return
    engine = create_engine(settings.database_url, poolclass=NullPool)
    with engine.connect() as other:
        other.execute(text("UPDATE farm SET shots_rev = shots_rev"))
        assert "lock timeout" in probe(settings.database_url).facts.write_trouble


def test_a_read_only_disk_is_told(settings: Settings, small_disk: Path) -> None:
    source = farm_file(settings)
    target = small_disk / "farm.db"
    with (
        contextlib.closing(sqlite3.connect(source)) as from_,
        contextlib.closing(sqlite3.connect(target)) as to,
    ):
        from_.backup(to)
        to.execute("PRAGMA journal_mode=DELETE")
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    facts = probe(f"sqlite:///{target}").facts
    assert "readonly" in f"{facts.write_trouble}{facts.trouble}"


def test_a_structure_that_takes_too_long_to_prove_is_said_to_be_unproven(
    settings: Settings,
) -> None:
    path = farm_file(settings)
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE filler (words TEXT)")
        connection.executemany("INSERT INTO filler VALUES (?)", [("x" * 2000,)] * 20_000)
    facts = probe(settings.database_url, proof_limit_s=0.0).facts
    assert (facts.is_proven, facts.damage) == (False, "")
    (found,) = diagnose_database(replace(facts, free_bytes=10**12))
    assert "too large to prove" in found.found


def test_a_server_that_is_away_is_told_without_its_password() -> None:
    pytest.importorskip("psycopg")
    facts = probe("postgresql+psycopg://farm:hunter22@127.0.0.1:1/farm").facts
    assert "refused" in facts.trouble
    assert "hunter22" not in facts.trouble + facts.address
