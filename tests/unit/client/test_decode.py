"""JSON of a farm, older or newer than the client, as shapes."""

from __future__ import annotations

from dataclasses import MISSING, dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from brender_farm.broker.log_stream import LogLine
from brender_farm.client.remote.decode import StrangeAnswer, decode, decode_all
from brender_farm.client.remote.looks import shot_detail
from brender_farm.domain.reasons import Reason
from brender_farm.domain.states import ShotState
from brender_farm.service.audit_result import AuditResult
from brender_farm.service.shapes import (
    bulk,
    condition,
    events,
    farm,
    frames,
    logs,
    nodes,
    notices,
    presets,
    queue,
    settings,
    shots,
    shows,
    stuck,
    why,
)
from dashboard.api.schemas import audit as audit_api
from dashboard.api.schemas import bulk as bulk_api
from dashboard.api.schemas import condition as condition_api
from dashboard.api.schemas import events as events_api
from dashboard.api.schemas import frames as frames_api
from dashboard.api.schemas import logs as logs_api
from dashboard.api.schemas import nodes as nodes_api
from dashboard.api.schemas import notices as notices_api
from dashboard.api.schemas import presets as presets_api
from dashboard.api.schemas import queue as queue_api
from dashboard.api.schemas import rules as rules_api
from dashboard.api.schemas import settings as settings_api
from dashboard.api.schemas import shots as shots_api
from dashboard.api.schemas import shows as shows_api
from dashboard.api.schemas import stuck as stuck_api
from dashboard.api.schemas import why as why_api

TOLD: list[tuple[Any, Any, set[str]]] = [
    (shots.ShotRow, shots_api.ShotSchema, set()),
    (shots.ShotDetail, shots_api.ShotDetailSchema, {"row", "rev"}),
    (shots.EarlierShot, shots_api.EarlierShotSchema, set()),
    (shots.Ban, shots_api.BanSchema, set()),
    (AuditResult, audit_api.AuditSchema, {"shot_id"}),
    (Reason, why_api.ReasonSchema, set()),
    (why.ShotWhy, why_api.ShotWhySchema, set()),
    (why.NodeWhy, why_api.NodeWhySchema, set()),
    (frames.FrameCell, frames_api.FrameSchema, set()),
    (frames.ChunkRow, frames_api.ChunkSchema, set()),
    (nodes.NodeRow, nodes_api.NodeSchema, set()),
    (nodes.NodeWork, nodes_api.NodeWorkSchema, set()),
    (nodes.NodeSample, nodes_api.NodeSampleSchema, set()),
    (nodes.UnwellFolder, nodes_api.UnwellFolderSchema, set()),
    (queue.Queue, queue_api.QueueSchema, set()),
    (queue.InLine, queue_api.InLineSchema, set()),
    (queue.OutOfLine, queue_api.OutOfLineSchema, set()),
    (queue.RunningChunk, queue_api.RunningChunkSchema, set()),
    (stuck.StuckFrame, stuck_api.StuckFrameSchema, {"log", "words"}),
    (stuck.SlowFrame, stuck_api.SlowFrameSchema, set()),
    (stuck.Failure, stuck_api.FailureSchema, {"explanation"}),
    (stuck.Moved, stuck_api.MovedSchema, set()),
    (bulk.BulkResult, bulk_api.BulkResultSchema, set()),
    (bulk.Refusal, bulk_api.RefusalSchema, set()),
    (bulk.Survey, bulk_api.SurveySchema, set()),
    (farm.LimitRow, rules_api.LimitSchema, set()),
    (farm.ShareRow, rules_api.ShareSchema, set()),
    (farm.EventRow, events_api.EventSchema, set()),
    (events.EventLine, events_api.EventSchema, {"event"}),
    (presets.PresetRow, presets_api.PresetSchema, set()),
    (shows.ShowRow, shows_api.ShowSchema, set()),
    (settings.SettingRow, settings_api.SettingSchema, set()),
    (notices.NoticeRow, notices_api.NoticeSchema, set()),
    (LogLine, logs_api.LogLineSchema, set()),
    (logs.LogPage, logs_api.LogListSchema, {"tag"}),
    (logs.LogSource, logs_api.LogSourceSchema, set()),
    (condition.Condition, condition_api.ConditionSchema, set()),
    (condition.BrokerCondition, condition_api.BrokerConditionSchema, set()),
    (condition.DatabaseCondition, condition_api.DatabaseConditionSchema, set()),
    (condition.SchedulerCondition, condition_api.SchedulerConditionSchema, set()),
    (condition.NodesCondition, condition_api.NodesConditionSchema, set()),
]


class Mood(StrEnum):
    GOOD = "good"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    id: int
    mood: Mood
    at: datetime | None
    leaves: tuple[Leaf, ...]
    root: Leaf | None = None
    facts: dict[str, Any]
    place: Path = Path("/")


TREE = {
    "id": 7,
    "mood": "good",
    "at": "2026-12-01T20:00:00+00:00",
    "leaves": [{"name": "a"}],
    "root": {"name": "b"},
    "facts": {"n": 1},
    "place": "/srv",
}


def test_json_becomes_the_shape_with_its_times_states_and_parts():
    assert decode(Tree, TREE) == Tree(
        id=7,
        mood=Mood.GOOD,
        at=datetime(2026, 12, 1, 20, tzinfo=UTC),
        leaves=(Leaf(name="a"),),
        root=Leaf(name="b"),
        facts={"n": 1},
        place=Path("/srv"),
    )


def test_what_a_newer_farm_tells_beyond_the_shape_is_passed_over():
    assert decode(Tree, {**TREE, "height_m": 3}) == decode(Tree, TREE)


def test_a_word_that_is_not_known_stays_text():
    assert decode(Tree, {**TREE, "mood": "gloomy"}).mood == "gloomy"


def test_what_an_older_farm_does_not_tell_is_empty_where_that_says_nothing_wrong():
    told = decode(Tree, {"id": 7, "mood": "good"})
    assert (told.at, told.leaves, told.root, told.facts) == (None, (), None, {})


@pytest.mark.parametrize(
    "told",
    [
        {**TREE, "id": None, "at": "soon"},
        {name: value for name, value in TREE.items() if name != "id"},
        {**TREE, "leaves": 3},
        {**TREE, "root": "leaf"},
        {**TREE, "facts": []},
    ],
    ids=["no time", "no number", "no list", "no part", "no facts"],
)
def test_an_answer_of_another_form_says_to_use_the_same_version(told):
    with pytest.raises(StrangeAnswer, match=r"(Tree|Leaf).*version"):
        decode(Tree, told)


@pytest.mark.parametrize("told", [None, [], "x"])
def test_something_else_than_an_object_is_strange(told):
    with pytest.raises(StrangeAnswer):
        decode(Tree, told)
    with pytest.raises(StrangeAnswer):
        decode_all(Tree, {"a": 1})


def test_a_shot_in_a_state_of_the_future_is_shown_and_not_taken_for_over():
    told = {each.name: [] for each in fields(shots.ShotDetail)}
    told |= {each.name: 1 for each in fields(shots.ShotRow)}
    told |= {"state": "blocked", "is_halted": False, "tag": "5", "audit": None, "render": {}}
    told |= dict.fromkeys(("not_before", "started_at", "finished_at"))
    told |= {"actions": [], "offers": [], "created_at": "2026-12-01T20:00:00+00:00"}
    detail = shot_detail(told)
    assert (detail.row.state, detail.row.is_over, detail.rev) == ("blocked", False, 5)
    assert shot_detail({**told, "state": "failed"}).row.state is ShotState.FAILED


@pytest.mark.parametrize(
    ("shape", "schema", "known"), TOLD, ids=[shape.__name__ for shape, _, _ in TOLD]
)
def test_the_api_tells_all_that_a_shape_has(shape, schema, known):
    told = {field.data_key or name for name, field in schema().fields.items()}
    needed = {
        each.name for each in fields(shape) if each.default is each.default_factory is MISSING
    }
    optional = {each.name for each in fields(shape)} - needed
    assert needed - told <= known
    assert optional - told <= known | {"has_older"}
