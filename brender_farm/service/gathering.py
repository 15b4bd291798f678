"""Finding every fault of a request at once, not only the first."""

from __future__ import annotations

from typing import TypeVar

from brender_farm.errors import Fault, RequestRefused

_T = TypeVar("_T")


class Gatherer:
    """Passes a good value through; keeps a fault and gives None instead."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def __call__(self, outcome: _T | Fault) -> _T | None:
        if isinstance(outcome, Fault):
            self.faults.append(outcome)
            return None
        return outcome

    def settle(self) -> None:
        """Raise RequestRefused with what was found, if anything was."""
        if self.faults:
            raise RequestRefused(*self.faults)
