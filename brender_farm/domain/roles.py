"""Who may do what: roles of people, scopes of their tokens, and the rights these give."""

from __future__ import annotations

from enum import StrEnum


class Right(StrEnum):
    """What an action needs."""

    LOOK = "look"
    """See the farm: shots, frames, nodes, logs, statistics."""
    SELF = "self"
    """Change what is one's own on the dashboard: filters, notifications."""
    ACCOUNT = "account"
    """Change what proves who one is: password, tokens, sign-ins. Never by a token."""
    SUBMIT = "submit"
    """Submit shots, and browse for .blend files."""
    SHOT = "shot"
    """Steer, edit and delete a shot: one's own, or any with `ALL_SHOTS`."""
    ALL_SHOTS = "all_shots"
    """Steer what others submitted, and the order of the queue."""
    NODES = "nodes"
    """Enable, drain, restart and forget nodes, and set their hours and tags."""
    RULES = "rules"
    """Set limits, shares and presets."""
    FARM = "farm"
    """Set users, shows, settings, webhooks and node keys."""


class Role(StrEnum):
    """What a person is on the farm; each may all that the one before may."""

    VIEWER = "viewer"
    ARTIST = "artist"
    WRANGLER = "wrangler"
    ADMIN = "admin"


class Scope(StrEnum):
    """How much of its owner's rights a token has."""

    READ = "read"
    SUBMIT = "submit"
    """To look, and to submit and steer its owner's shots."""
    FULL = "full"
    """All but what proves who its owner is."""


_VIEWER = frozenset({Right.LOOK, Right.SELF, Right.ACCOUNT})
_ARTIST = _VIEWER | {Right.SUBMIT, Right.SHOT}
_WRANGLER = _ARTIST | {Right.ALL_SHOTS, Right.NODES, Right.RULES}
RIGHTS: dict[Role, frozenset[Right]] = {
    Role.VIEWER: _VIEWER,
    Role.ARTIST: _ARTIST,
    Role.WRANGLER: _WRANGLER,
    Role.ADMIN: frozenset(Right),
}
_SCOPED: dict[Scope, frozenset[Right]] = {
    Scope.READ: frozenset({Right.LOOK}),
    Scope.SUBMIT: frozenset({Right.LOOK, Right.SUBMIT, Right.SHOT}),
    Scope.FULL: frozenset(Right) - {Right.ACCOUNT},
}


def rights_of(role: Role, scope: Scope | None = None) -> frozenset[Right]:
    """Return what a person of this role may, by a token of this scope or else in person."""
    return RIGHTS[role] if scope is None else RIGHTS[role] & _SCOPED[scope]


def least_role(right: Right) -> Role:
    """Return the first role that has a right."""
    return next(role for role in Role if right in RIGHTS[role])
