"""Shows: productions, with where their files are on each kind of machine."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowFacts:
    """A show as it was set up."""

    id: int
    name: str
    root: str
    """Its folder as the farm's own machine sees it, without links."""
    root_linux: str
    """The same folder as Linux nodes see it; empty: as the farm's machine does."""
    root_macos: str
    root_windows: str
    output_pattern: str
    """Where frames go below the root; empty: `renders/<name>/v001` beside the .blend."""
    preset_id: int | None
    """What its shots are rendered with unless they say otherwise."""
    auto_run: bool
    """Whether .blend files in its root may run their own Python scripts on the nodes."""
    notes: str
    is_active: bool
    """Whether it is the one that the farm works on: the submit form begins with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowRow(ShowFacts):
    """A show as a list shows it."""

    preset: str
    """The name of its preset; empty: none."""
    shot_count: int
    unfinished_count: int
    """Those of its shots that are not over."""
    done_count: int
    """Finished frames of its shots."""
    seconds: float
    """Blender's time for them, over all slots."""

    @property
    def hours(self) -> float:
        """Hours of rendering, over all slots."""
        return self.seconds / 3600

    def as_request(self) -> ShowRequest:
        """Return what it was asked to be, for changing a part of it."""
        return ShowRequest(
            name=self.name,
            root=self.root,
            root_linux=self.root_linux,
            root_macos=self.root_macos,
            root_windows=self.root_windows,
            output_pattern=self.output_pattern,
            preset=self.preset,
            auto_run=self.auto_run,
            notes=self.notes,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowRequest:
    """What somebody wants a show to be."""

    name: str
    root: str
    root_linux: str = ""
    root_macos: str = ""
    root_windows: str = ""
    output_pattern: str = ""
    preset: str = ""
    """The name of a preset; empty: none."""
    auto_run: bool = False
    notes: str = ""
