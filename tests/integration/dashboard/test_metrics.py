"""What a Prometheus reads, by the parser of Prometheus' own client."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families as parsed

from brender_farm import wire
from brender_farm.broker.figures import FigurePost
from brender_farm.broker.link import connect
from brender_farm.db.models import Farm
from brender_farm.scheduler.meters import Meters
from brender_farm.service.tokens import add_token
from brender_farm.service.users import add_user
from dashboard.views import metrics as view

ROOT = Path(__file__).resolve().parents[3]
BOARD = ROOT / "docs" / "grafana" / "brender.json"
ALERTS = ROOT / "docs" / "grafana" / "alerts.yml"
SAMPLE = wire.MachineSample.__struct_fields__


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    monkeypatch.setattr(view, "_FRESH_S", 0.0)


@pytest.fixture
def watched(farm, broker_url, monkeypatch):
    """Return a farm whose broker answers, with what its scheduler counted there."""
    meters = Meters()
    meters.count("frames_done", 48)
    meters.count("hooks_taken", 2)
    with meters.timing("plan"):
        pass
    with connect(broker_url) as client:
        FigurePost(client, meters.figures).note()
    monkeypatch.setattr("brender_farm.service.metrics.broker_url", lambda _settings: broker_url)
    return farm


def scrape(farm, url: str = "/metrics") -> dict[str, list]:
    response = farm.get(url)
    assert response.status_code == 200
    assert response.content_type == "text/plain; version=0.0.4; charset=utf-8"
    return {family.name: family.samples for family in parsed(response.text)}


def value(found: dict[str, list], name: str, **labels: str) -> float:
    (sample,) = [each for each in found[name] if each.labels == labels]
    return sample.value


def test_a_scrape_tells_of_shots_frames_slots_and_nodes(farm):
    node = farm.add_node("atlas", slots=2)
    shot = farm.add_shot(count=10, done=4, state="rendering", pending="7-9", pending_count=3)
    farm.add_chunk(shot, node, spans="4-6", frames="5-7", frame_count=3)
    found = scrape(farm)
    assert value(found, "brender_shots", state="rendering") == 1
    assert value(found, "brender_shots", state="failed") == 0
    assert value(found, "brender_frames", state="pending") == 3
    assert value(found, "brender_frames", state="rendering") == 3
    assert value(found, "brender_frames", state="done") == 4
    assert value(found, "brender_slots", state="busy") == 1
    assert value(found, "brender_slots", state="free") == 1
    assert value(found, "brender_nodes", state="rendering") == 1
    assert value(found, "brender_node_cpu_usage_ratio", node="atlas") == 0.5
    assert value(found, "brender_node_busy_slots", node="atlas") == 1
    assert value(found, "brender_database_bytes") > 10_000
    assert value(found, "brender_broker_up") == 0


def test_a_node_that_is_offline_has_no_figures_and_no_slots(farm):
    farm.add_node("atlas", slots=4, online=False)
    found = scrape(farm)
    assert value(found, "brender_node_up", node="atlas") == 0
    assert found["brender_node_cpu_usage_ratio"] == []
    assert sum(sample.value for sample in found["brender_slots"]) == 0
    assert value(found, "brender_nodes", state="offline") == 1


def test_what_the_scheduler_counted_comes_by_the_broker(watched):
    found = scrape(watched)
    assert value(found, "brender_broker_up") == 1
    assert value(found, "brender_broker_memory_bytes") > 0
    assert value(found, "brender_frames_done") == 48
    assert value(found, "brender_webhook_deliveries", result="taken") == 2
    counts = {each.name: each.value for each in found["brender_plan_seconds"] if not each.labels}
    assert counts["brender_plan_seconds_count"] == 1


def test_requests_are_counted_by_endpoint_and_timed_by_page(farm):
    farm.text("/shots")
    farm.get("/nowhere")
    found = scrape(farm)["brender_http_requests"]
    counted = {
        (each.labels["endpoint"], each.labels["status"]): each.value
        for each in found
        if each.name.endswith("_total")
    }
    assert counted["shots.index", "200"] == 1
    assert counted["none", "404"] == 1


def test_a_scheduler_that_is_silent_is_told_by_the_time_of_its_last_pass(farm):
    passed_at = datetime.now(UTC) - timedelta(minutes=5)
    with farm.writing() as session:
        session.get_one(Farm, 1).pass_at = passed_at
    told = value(scrape(farm), "brender_scheduler_last_pass_timestamp_seconds")
    assert told == pytest.approx(passed_at.timestamp())


def test_a_prometheus_without_a_token_is_told_so_and_not_led_to_the_login(farm):
    with farm.app.app_context():
        user = add_user("ada", "admin", actor="ada").user
        token = add_token(user.id, "prometheus", "read", actor="ada").text
    assert farm.get("/metrics").status_code == 401
    assert farm.get("/metrics", headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_single_nodes_are_left_out_of_a_large_farm(farm):
    for name in ("atlas", "anvil"):
        farm.add_node(name)
    assert "brender_node_up" in scrape(farm, "/metrics?nodes=2")
    assert "brender_node_up" not in scrape(farm, "/metrics?nodes=1")
    assert value(scrape(farm, "/metrics?nodes=0"), "brender_nodes", state="idle") == 2


def test_names_with_signs_of_their_own_do_not_break_the_text(farm):
    farm.add_node('a"b\\c\nd')
    assert value(scrape(farm), "brender_node_up", node='a"b\\c\nd') == 1


def test_a_scrape_takes_few_queries_and_the_next_one_within_moments_none(farm, monkeypatch):
    for number in range(5):
        farm.add_node(f"atlas-{number}")
    farm.get("/metrics")
    with farm.counted_queries() as queries:
        farm.get("/metrics")
    assert len(queries) <= 10
    monkeypatch.setattr(view, "_FRESH_S", 60.0)
    with farm.counted_queries() as queries:
        farm.get("/metrics")
    assert len(queries) <= 2


def test_every_expression_of_board_and_alerts_uses_metrics_that_there_are(watched):
    watched.add_node("atlas", sample=dict.fromkeys(SAMPLE, 7))
    watched.text("/shots")
    names = set()
    for samples in scrape(watched).values():
        names |= {sample.name for sample in samples}
    board = json.loads(BOARD.read_text())
    asked = " ".join(
        target["expr"] for panel in _panels(board) for target in panel.get("targets", ())
    )
    asked += " ".join(re.findall(r"expr: (.*)", ALERTS.read_text()))
    asked += " ".join(variable.get("query", "") for variable in _queries(board))
    used = set(re.findall(r"\b(?:brender|process)_\w+", asked))
    assert len(used) > 20
    assert used - names == set()


def test_the_board_has_its_rows_and_its_source_is_chosen_when_it_is_imported():
    board = json.loads(BOARD.read_text())
    rows = [panel["title"] for panel in board["panels"] if panel["type"] == "row"]
    assert rows == ["Is the farm well", "Queue", "Throughput", "Latency", "Nodes"]
    sources = {
        panel["datasource"]["uid"]
        for panel in _panels(board)
        if panel["type"] not in ("row", "text")
    }
    assert sources == {"${source}"}
    ids = [panel["id"] for panel in _panels(board)]
    assert len(ids) == len(set(ids))


def _panels(board: dict) -> list[dict]:
    return [inner for panel in board["panels"] for inner in (panel, *panel.get("panels", ()))]


def _queries(board: dict) -> list[dict]:
    return [each for each in board["templating"]["list"] if each["type"] == "query"]
