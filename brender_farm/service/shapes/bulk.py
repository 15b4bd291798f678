"""What one action over many shots would do, and what it did."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A shot that the action was not done to."""

    shot_id: int
    name: str = ""
    """Empty when it is not there any more."""
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkResult:
    """What became of each shot."""

    action: str
    done: tuple[int, ...]
    refused: tuple[Refusal, ...]

    @property
    def reasons(self) -> dict[str, tuple[Refusal, ...]]:
        """The refusals by their reason, the most frequent first."""
        found: dict[str, list[Refusal]] = {}
        for refusal in self.refused:
            found.setdefault(refusal.why, []).append(refusal)
        ordered = sorted(found.items(), key=lambda item: -len(item[1]))
        return {why: tuple(refusals) for why, refusals in ordered}


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What an action over many shots would reach."""

    ids: tuple[int, ...]
    """Those of the shots that are there."""
    possible_count: int
    """Those whose state allows the action now; what follows is about these."""
    names: tuple[str, ...]
    """The first of them, by name."""
    frame_count: int
    done_count: int
    pending_count: int
    rendering_count: int
