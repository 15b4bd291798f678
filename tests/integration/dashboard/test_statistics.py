from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

from brender_farm.db.models import WorkHour


def work(farm, node_id, *, days=0, submitter="mira", done=10, seconds=1800.0, failed=0):
    at = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(days=days)
    with farm.writing() as session:
        session.merge(
            WorkHour(
                at=at,
                node_id=node_id,
                submitter=submitter,
                done_count=done,
                failed_count=failed,
                seconds=seconds,
            )
        )


def rows(farm, kind, days=7):
    text = farm.get(f"/statistics/{kind}.csv?days={days}").text
    return list(csv.DictReader(io.StringIO(text)))


def test_work_is_summed_by_person_node_and_day(farm):
    atlas, bora = farm.add_node("atlas"), farm.add_node("bora")
    work(farm, atlas)
    work(farm, bora, done=5, failed=2)
    work(farm, atlas, submitter="tom", seconds=7200.0)
    work(farm, atlas, days=20, done=1000)
    people = {row["people"]: row for row in rows(farm, "people")}
    assert (people["mira"]["frames"], people["mira"]["failed_tries"]) == ("15", "2")
    assert float(people["tom"]["hours"]) == 2
    nodes = {row["nodes"]: row["frames"] for row in rows(farm, "nodes")}
    assert nodes == {"atlas": "20", "bora": "5"}
    assert [row["frames"] for row in rows(farm, "days")] == ["0"] * 6 + ["25"]
    assert rows(farm, "days", 30)[9]["frames"] == "1000"


def test_the_page_shows_the_same(farm):
    work(farm, farm.add_node("atlas"), done=42)
    text = farm.text("/statistics?days=30")
    assert "atlas" in text
    assert ": 42 frames" in text
    assert "atlas" in farm.text("/statistics?days=soon")


def test_without_work_the_tables_say_so(farm):
    assert farm.text("/statistics").count("Nothing was rendered in this time.") == 2


def test_a_name_is_not_read_as_a_formula(farm):
    work(farm, farm.add_node(), submitter="=HYPERLINK(1)")
    assert rows(farm, "people")[0]["people"] == "'=HYPERLINK(1)"


def test_there_is_no_table_of_anything_else(farm):
    assert farm.get("/statistics/passwords.csv").status_code == 404
