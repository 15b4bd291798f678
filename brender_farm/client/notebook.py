"""A shot's progress in a notebook: one picture in its cell, drawn anew whenever the shot changes.

Rich draws live in notebooks by ipywidgets only; this takes what every notebook has, the display
that is updated by its id.
"""

from __future__ import annotations

import importlib
import sys
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from brender_farm.client.words import figures

if TYPE_CHECKING:
    from brender_farm.service.shapes.shots import ShotDetail


def in_notebook() -> bool:
    """Whether this runs in a kernel of Jupyter, whose cells show what is displayed."""
    ipython = sys.modules.get("IPython")
    if ipython is None or "ipykernel" not in sys.modules:
        return False
    return hasattr(ipython.get_ipython(), "kernel")


@dataclass(frozen=True, slots=True)
class ShotPicture:
    """A shot as a notebook's cell shows it, or as text."""

    shot: ShotDetail

    def __repr__(self) -> str:
        row = self.shot.row
        return f"{row.name} · {row.state} · {figures(self.shot)}"

    def _repr_html_(self) -> str:
        row = self.shot.row
        return (
            f"<div><strong>{escape(row.name)}</strong> · {escape(row.state)} "
            f'<progress value="{row.done_count}" max="{row.frame_count}"></progress> '
            f"{escape(figures(self.shot))}</div>"
        )


class NotebookProgress:
    """Draws a shot's progress in the cell that runs."""

    def __init__(self) -> None:
        self._place: Any = None

    def show(self, shot: ShotDetail) -> None:
        """Draw the shot as it is now, in the place of what was drawn before."""
        picture = ShotPicture(shot)
        if self._place is None:
            display = importlib.import_module("IPython.display").display
            self._place = display(picture, display_id=True)
        else:
            self._place.update(picture)
