"""Who acts: a person, and what they may by the way they came in."""

from __future__ import annotations

from dataclasses import dataclass

from brender_farm.domain.roles import Right, Role, Scope, rights_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who is known to the farm."""

    name: str
    """What events and their shots carry."""
    role: Role
    user_id: int | None = None
    """None: the person at the farm's own machine, while the farm has no users."""
    scope: Scope | None = None
    """That of the token they came with; None: they came in person."""
    sign_in_id: int | None = None

    @property
    def rights(self) -> frozenset[Right]:
        return rights_of(self.role, self.scope)

    def may(self, right: Right) -> bool:
        return right in self.rights

    def may_steer(self, submitter: str) -> bool:
        """Whether they may change a shot that `submitter` submitted."""
        if self.may(Right.ALL_SHOTS):
            return True
        return self.may(Right.SHOT) and submitter == self.name
