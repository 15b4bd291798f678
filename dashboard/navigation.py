"""The pages that lead to all others: the bar at the top, and what is folded into its menu."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app

from dashboard.guard import can


@dataclass(frozen=True, slots=True)
class Place:
    """An entry: where it leads, how it looks, and on which blueprints' pages one is at it."""

    endpoint: str
    icon: str
    word: str
    also: tuple[str, ...] = ()
    keys: str = ""
    """The keys that lead there from every page, one after the other."""

    def holds(self, blueprint: str | None) -> bool:
        """Whether a page of this blueprint belongs to it."""
        return blueprint in (self.endpoint.partition(".")[0], *self.also)


BAR = (
    Place("overview.page", "speedometer2", "Overview", keys="g o"),
    Place(
        "shots.index",
        "film",
        "Shots",
        (
            "shot",
            "again",
            "archive",
            "bulk",
            "frames",
            "player",
            "chunks",
            "compare",
            "download",
            "edit",
            "film",
            "filters",
            "plots",
        ),
        keys="g s",
    ),
    Place("queue.page", "list-ol", "Queue", keys="g q"),
    Place("nodes.index", "hdd-network", "Nodes", ("node",), keys="g n"),
    Place("submit.page", "plus-lg", "Submit", keys="g u"),
)
MENU = (
    (
        Place("failures.index", "exclamation-triangle-fill", "Stuck and failed"),
        Place("events.index", "clock-history", "Events"),
        Place("logs.page", "journal-text", "Logs"),
        Place("statistics.page", "graph-up", "Statistics"),
    ),
    (
        Place("shows.index", "collection", "Shows", ("show",)),
        Place("presets.index", "sliders", "Presets"),
        Place("rules.index", "layers", "Limits and shares"),
    ),
    (
        Place("notices.page", "bell", "Notifications"),
        Place("webhooks.page", "send", "Webhooks"),
        Place("users.index", "people", "Users"),
        Place("settings.page", "gear", "Settings"),
        Place("condition.page", "heart-pulse", "Status", ("doctor",)),
        Place("api_docs.page", "file-earmark-text", "API"),
    ),
)


def bar() -> list[Place]:
    return _there(BAR)


def menu() -> list[list[Place]]:
    """Return the menu's groups, without those that are empty."""
    return [group for group in map(_there, MENU) if group]


def is_in_menu(blueprint: str | None) -> bool:
    """Whether a page of this blueprint is reached by the menu."""
    return any(place.holds(blueprint) for group in MENU for place in group)


def _there(places: tuple[Place, ...]) -> list[Place]:
    return [
        place
        for place in places
        if place.endpoint in current_app.view_functions and can(place.endpoint)
    ]
