"""Waiting for a shot, and what is drawn meanwhile."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass, field
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from brender_farm.client import notebook, waiting
from brender_farm.client.notebook import NotebookProgress, ShotPicture
from brender_farm.client.progress import ShotProgress
from brender_farm.client.words import figures


def shot(done: int = 0, *, state: str = "rendering", rev: int = 0, **known: Any) -> Any:
    row = {
        "id": 7,
        "name": "Lantern [010]",
        "state": state,
        "done_count": done,
        "frame_count": 4,
        "failed_count": 0,
        "seconds_per_frame": None,
        "time_left": None,
        "is_over": state == "completed",
    }
    return SimpleNamespace(row=SimpleNamespace(**(row | known)), rev=rev, waiting="No node.")


@dataclass
class Changing:
    """A farm whose shot is another whenever somebody waits for it."""

    shots: list[Any]
    waits: list[float] = field(default_factory=list)

    def get_shot(self, _shot_id: int) -> Any:
        return self.shots.pop(0)

    def await_change(self, known: Any, limit_s: float) -> Any:
        self.waits.append(limit_s)
        return self.shots.pop(0) if self.shots else known


def test_a_shot_is_waited_for_until_it_is_over_and_each_change_told():
    farm = Changing(
        [shot(0, rev=1), shot(0, rev=1), shot(2, rev=2), shot(4, state="completed", rev=3)]
    )
    seen = []
    told = waiting.wait_for_end(farm, 7, on_change=lambda each: seen.append(each.rev))
    assert told == "completed"
    assert seen == [1, 2, 3]
    assert set(farm.waits) == {waiting.LOOK_S}


def test_a_limit_ends_the_waiting_with_the_reason():
    farm = Changing([shot(1)])
    with pytest.raises(TimeoutError, match=r"Shot 7 has 1 of 4 frames after 0 s\. No node\."):
        waiting.wait_for_end(farm, 7, timeout_s=0)


def test_figures_tell_only_what_is_known():
    assert figures(shot(1)) == "1/4 frames"
    told = figures(shot(1, failed_count=2, seconds_per_frame=3.2, time_left="about 2 min"))
    assert told == "1/4 frames · 2 failed · 3.20 s/frame · about 2 min left"


@pytest.mark.parametrize("width", [40, 80, 160])
def test_a_terminal_shows_the_bar_and_the_figures_below(width):
    file = io.StringIO()
    console = Console(file=file, width=width, force_terminal=True, color_system=None)
    with ShotProgress(console) as drawn:
        assert not drawn.show(shot(1))
        assert drawn.show(shot(4, state="completed"))
    lines = file.getvalue().split("\x1b[2K")[-1].splitlines()
    assert lines[0].startswith("Lantern [010] · completed")
    assert lines[1].startswith("4/4 frames")
    assert max(map(len, lines)) <= width


def test_nothing_is_drawn_where_nobody_watches(capsys):
    farm = Changing([shot(4, state="completed")])
    waiting.wait_for_end(farm, 7)
    assert capsys.readouterr().out == ""


def test_a_bar_is_drawn_where_somebody_asks_for_it(capsys):
    waiting.wait_for_end(Changing([shot(4, state="completed")]), 7, progress=True)
    assert "4/4 frames" in capsys.readouterr().out
    waiting.wait_for_end(Changing([shot(4, state="completed")]), 7, progress=False)
    assert capsys.readouterr().out == ""


class FakeDisplay:
    """What IPython does with what is displayed: one place per id, which may be drawn anew."""

    def __init__(self) -> None:
        self.places: list[list[str]] = []

    def display(self, picture: Any, *, display_id: bool) -> Any:
        assert display_id
        drawn = [picture._repr_html_()]
        self.places.append(drawn)
        return SimpleNamespace(update=lambda new: drawn.append(new._repr_html_()))


@pytest.fixture
def jupyter(monkeypatch) -> FakeDisplay:
    """Let this process look like a kernel of Jupyter."""
    display, ipython = FakeDisplay(), ModuleType("IPython")
    ipython.get_ipython = lambda: SimpleNamespace(kernel=object())
    of_display = ModuleType("IPython.display")
    of_display.display = display.display
    for name, module in (
        ("IPython", ipython),
        ("IPython.display", of_display),
        ("ipykernel", ModuleType("ipykernel")),
    ):
        monkeypatch.setitem(sys.modules, name, module)
    return display


def test_a_notebook_shows_one_picture_that_changes(jupyter, capsys):
    farm = Changing([shot(0, rev=1), shot(2, rev=2), shot(4, state="completed", rev=3)])
    waiting.wait_for_end(farm, 7)
    [drawn] = jupyter.places
    assert ['max="4"' in each for each in drawn] == [True] * 3
    assert ['value="0"' in drawn[0], 'value="2"' in drawn[1], 'value="4"' in drawn[2]] == [True] * 3
    assert capsys.readouterr().out == ""


def test_a_notebook_draws_nothing_when_told_so(jupyter):
    waiting.wait_for_end(Changing([shot(4, state="completed")]), 7, progress=False)
    assert jupyter.places == []


def test_names_of_shots_are_no_html_in_a_notebook(jupyter):
    NotebookProgress().show(shot(name="<script>alert(1)</script>"))
    assert "<script>" not in jupyter.places[0][0]
    assert repr(ShotPicture(shot(1))) == "Lantern [010] · rendering · 1/4 frames"


def test_ipython_in_a_terminal_is_no_notebook(jupyter, monkeypatch):
    monkeypatch.setattr(sys.modules["IPython"], "get_ipython", SimpleNamespace, raising=False)
    assert not notebook.in_notebook()
    monkeypatch.delitem(sys.modules, "ipykernel")
    assert not notebook.in_notebook()
