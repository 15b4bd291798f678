"""The command line in this process, on a farm of the test's own."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from brender_farm import client
from brender_farm.cli import main
from brender_farm.config import Settings
from brender_farm.db.core import writing
from brender_farm.db.models import Node
from brender_farm.domain.states import NodeIntent


@pytest.fixture
def brender(here: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Return a way to type a command."""
    import click

    @click.command(context_settings={"ignore_unknown_options": True}, add_help_option=False)
    @click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
    def typed(arguments: tuple[str, ...]) -> None:
        monkeypatch.setattr("sys.argv", ["brender", *arguments])
        main()

    def run(*arguments: object) -> Result:
        return CliRunner().invoke(typed, [str(argument) for argument in arguments])

    return run


@pytest.fixture
def scene(tmp_path: Path, data_dir: Path) -> Path:
    return Path(shutil.copy(data_dir / "tiny.blend", tmp_path / "tiny.blend"))


@pytest.fixture
def node(here: Settings) -> str:
    """Add a node to the farm; return its name."""
    now = datetime.now(UTC)
    with client.core_app().app_context(), writing() as session:
        session.add(
            Node(
                name="atlas",
                intent=NodeIntent.ENABLED,
                online=True,
                accepting=True,
                boot="b",
                slots=2,
                facts={"blender_versions": ["4.5.15"]},
                sample={
                    "cpu_pct": 12.4,
                    "memory_used_bytes": 3 * 2**30,
                    "memory_total_bytes": 16 * 2**30,
                },
                first_seen_at=now,
                last_seen_at=now,
            )
        )
    return "atlas"
