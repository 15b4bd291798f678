"""From a look at the database to what is wrong with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from brender_farm.domain.diagnosis import State
from brender_farm.domain.diagnosis_database import (
    DatabaseFacts,
    diagnose_backups,
    diagnose_database,
)

WELL = DatabaseFacts(
    kind="SQLite",
    address="/srv/farm.db",
    version="3.40.1",
    revision="0007",
    newest="0007",
    write_s=0.002,
    byte_count=12_000_000,
    free_bytes=80 * 10**9,
    file_system="ext4",
)
NOW = datetime(2026, 5, 1, tzinfo=UTC)


def test_a_database_without_fault_is_well_and_says_what_it_is():
    (found,) = diagnose_database(WELL)
    assert found.state is State.WELL
    assert found.found == (
        "SQLite 3.40.1 at /srv/farm.db: schema 0007, a write took 2 ms, 12.0 MB, 80.0 GB left"
    )


@pytest.mark.parametrize(
    ("facts", "state", "words", "remedy"),
    [
        (replace(WELL, is_there=False), State.BROKEN, "There is no database", "brender up"),
        (replace(WELL, trouble="not a database."), State.BROKEN, "cannot be read", "restore"),
        (
            replace(WELL, kind="PostgreSQL", trouble="refused"),
            State.BROKEN,
            "cannot be read",
            "PostgreSQL",
        ),
        (replace(WELL, revision="0005"), State.BROKEN, "needs 0007", "brender up"),
        (replace(WELL, revision=""), State.BROKEN, "schema is missing", "brender up"),
        (replace(WELL, revision="0009"), State.BROKEN, "newer than this Brender", "Install"),
        (replace(WELL, write_trouble="readonly."), State.BROKEN, "Nothing can be", "right to"),
        (replace(WELL, write_s=3.0), State.WARNING, "took 3.0 s", "quicker"),
        (replace(WELL, damage="row 7 missing"), State.BROKEN, "damaged", "brender restore"),
        (replace(WELL, free_bytes=500_000_000), State.WARNING, "500.0 MB left", "Make room"),
        (replace(WELL, free_bytes=5_000_000), State.BROKEN, "5.0 MB left", "Make room"),
        (replace(WELL, file_system="nfs4"), State.WARNING, "network file system", "PostgreSQL"),
    ],
    ids=[
        *("absent", "unreadable file", "server away", "old schema", "no schema", "new schema"),
        *("read-only", "slow", "damaged", "little room", "no room", "NFS"),
    ],
)
def test_each_fault_is_told_with_its_remedy(facts, state, words, remedy):
    (found,) = diagnose_database(facts)
    assert (found.part, found.state) == ("database", state)
    assert words in found.found
    assert remedy in found.remedy


@pytest.mark.parametrize(
    ("newest_days", "work_days", "words"),
    [
        (1, 300, []),
        (20, 300, ["is 20 days old"]),
        (None, 300, ["no backup"]),
        (None, 1, []),
        (None, None, []),
    ],
    ids=["fresh", "old", "none", "a new farm", "an empty farm"],
)
def test_the_age_of_the_last_backup_is_judged_by_what_would_be_lost(newest_days, work_days, words):
    ago = lambda days: None if days is None else NOW - timedelta(days=days)  # noqa: E731
    found = diagnose_backups(ago(newest_days), ago(work_days), "/srv/backups", NOW)
    assert len(found) == len(words)
    assert all(word in one.found for one, word in zip(found, words, strict=True))
    assert all("brender backup" in one.remedy for one in found)
