"""docs/command-line.md tells of every command, as it can be typed, and of every JSON field."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from brender_farm.broker.log_stream import LogLine
from brender_farm.cli import AT_HOME, COMMANDS
from brender_farm.cli.ending import Ending
from brender_farm.service.audit_result import AuditResult
from brender_farm.service.shapes.bulk import BulkResult, Refusal
from brender_farm.service.shapes.condition import Condition
from brender_farm.service.shapes.farm import LimitRow, ShareRow
from brender_farm.service.shapes.frames import ChunkRow
from brender_farm.service.shapes.logs import LogSource
from brender_farm.service.shapes.nodes import NodeRow
from brender_farm.service.shapes.notices import NoticeRow
from brender_farm.service.shapes.people import TokenRow, UserRow
from brender_farm.service.shapes.presets import PresetRow
from brender_farm.service.shapes.queue import InLine, Queue
from brender_farm.service.shapes.shots import ShotRow
from brender_farm.service.shapes.shows import ShowRow
from brender_farm.service.shapes.stuck import Moved
from brender_farm.service.shapes.why import NodeWhy, ShotWhy
from tests.unit.cli.typing_lines import refusal_of, typed_in

TEXT = (Path(__file__).parents[3] / "docs" / "command-line.md").read_text()
CODE = re.findall(r"`([^`\n]+)`", TEXT) + re.findall(r"^    (\S.*)$", TEXT, re.MULTILINE)
TYPED = [typed for line in CODE for typed in typed_in(line.replace("\\|", "|"))]
PRINTED = [
    *(ShotRow, NodeRow, BulkResult, Refusal, ChunkRow, AuditResult, ShotWhy, NodeWhy, Queue),
    *(InLine, Moved, LogLine, LogSource, Condition, ShowRow, PresetRow, LimitRow, ShareRow),
    *(UserRow, TokenRow, NoticeRow),
]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_it_with_an_example(name):
    assert [typed for typed in TYPED if typed[:1] == [name]]


def test_every_line_in_it_can_be_typed():
    whole = [typed for typed in TYPED if typed and "COMMAND" not in typed]
    refused = {" ".join(typed): refusal_of(typed) for typed in whole}
    cut_short = re.compile(r"Missing (argument|option)")  # as prose names a command
    assert {line: why for line, why in refused.items() if why and not cut_short.match(why)} == {}


@pytest.mark.parametrize("ending", Ending)
def test_every_exit_status_is_in_it(ending):
    assert re.search(rf"\b{ending.value}\b", TEXT.split("## Exit status")[1].split("## JSON")[0])


@pytest.mark.parametrize("shape", PRINTED, ids=lambda shape: shape.__name__)
def test_every_field_that_is_printed_is_in_it(shape):
    documented = set(re.findall(r"`(\w+)`", TEXT.split("## JSON")[1]))
    assert {field.name for field in dataclasses.fields(shape)} - documented == set()


def test_what_is_of_the_farms_machine_only_is_in_it():
    where = TEXT.split("## Which farm")[1].split("## Shots")[0]
    assert all(f"`{name}`" in where for name in AT_HOME)
