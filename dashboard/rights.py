"""What each page and API operation needs: one table, and nothing is let through without it.

A key is an endpoint, or all of a blueprint (`rules.*`); the endpoint's own entry counts before its
blueprint's. Reading needs `LOOK` unless the table says otherwise; what changes something must be
here. docs/security.md shows the outcome for each role; a test compares the two.
"""

from __future__ import annotations

from brender_farm.domain.roles import Right

PUBLIC: frozenset[str] = frozenset(
    {
        "static",
        "status.healthz",
        "status.readyz",
        "sign_in.page",
        "sign_in.send",
        "sign_in.out",
        "sign_in.invitation",
        "sign_in.choose",
        "sign_in.openid",
        "sign_in.openid_back",
    }
)
"""What anybody on the network may reach."""

NEEDS: dict[str, Right] = {
    # Looking that takes more than being a user
    "submit.*": Right.SUBMIT,
    "files.*": Right.SUBMIT,
    "presets.new": Right.RULES,
    "presets.edit": Right.RULES,
    "presets.confirm_delete": Right.RULES,
    "shows.new": Right.FARM,
    "shows.edit": Right.FARM,
    "shows.confirm_delete": Right.FARM,
    "shows.preview": Right.FARM,
    "users.*": Right.FARM,
    "api.users.*": Right.FARM,
    "webhooks.*": Right.FARM,
    "api.webhooks.*": Right.FARM,
    "nodes.confirm": Right.NODES,
    "nodes.confirm_forgetting": Right.NODES,
    "nodes.hours": Right.NODES,
    "nodes.tags": Right.NODES,
    "edit.form": Right.SHOT,
    "edit.preview": Right.SHOT,
    "edit.clone": Right.SUBMIT,
    "again.form": Right.SHOT,
    "shot.confirm": Right.SHOT,
    "shot.confirm_deletion": Right.SHOT,
    # Reading that must be sent as a form or as JSON, because it is long
    "flower.datatable": Right.LOOK,
    # One's own
    "account.*": Right.ACCOUNT,
    "api.account.*": Right.ACCOUNT,
    "filters.*": Right.SELF,
    "api.filters.save": Right.SELF,
    "api.filters.delete": Right.SELF,
    "notices.add": Right.SELF,
    "notices.change": Right.SELF,
    "notices.save": Right.SELF,
    "notices.remove": Right.SELF,
    "notices.test": Right.SELF,
    "api.notices.add": Right.SELF,
    "api.notices.change": Right.SELF,
    "api.notices.remove": Right.SELF,
    "api.notices.test": Right.SELF,
    # Shots
    "api.blends.*": Right.SUBMIT,
    "api.shots.submit": Right.SUBMIT,
    "api.editing.clone": Right.SUBMIT,
    "api.editing.foretell": Right.SUBMIT,
    "adopt.act": Right.SHOT,
    "again.clear_bans": Right.SHOT,
    "again.rerender": Right.SHOT,
    "again.rerender_one": Right.SHOT,
    "archive.put_away": Right.SHOT,
    "archive.take_out": Right.SHOT,
    "audit.start": Right.SHOT,
    "bulk.act": Right.SHOT,
    "edit.save": Right.SHOT,
    "edit.write_notes": Right.SHOT,
    "failures.elsewhere": Right.SHOT,
    "failures.pause": Right.SHOT,
    "failures.rerender": Right.SHOT,
    "film.ask": Right.LOOK,  # a film is made of what anybody may look at
    "shot.act": Right.SHOT,
    "shot.delete": Right.SHOT,
    "shot.prioritise": Right.SHOT,
    "api.adopt.adopt": Right.SHOT,
    "api.again.clear_bans": Right.SHOT,
    "api.again.rerender": Right.SHOT,
    "api.audit.audit": Right.SHOT,
    "api.bulk.act": Right.SHOT,
    "api.bulk.look_ahead": Right.LOOK,
    "api.bulk.put_away": Right.SHOT,
    "api.bulk.take_out": Right.SHOT,
    "api.bulk.reset": Right.SHOT,
    "api.editing.change": Right.SHOT,
    "api.films.ask": Right.LOOK,
    "api.shots.act": Right.SHOT,
    "api.shots.delete": Right.SHOT,
    "api.shots.put_after": Right.SHOT,
    "api.stuck.elsewhere": Right.SHOT,
    "queue.move": Right.ALL_SHOTS,
    "api.queue.move": Right.ALL_SHOTS,
    # Nodes
    "nodes.act": Right.NODES,
    "nodes.bulk": Right.NODES,
    "nodes.forget": Right.NODES,
    "nodes.restart": Right.NODES,
    "nodes.set_hours": Right.NODES,
    "nodes.set_tags": Right.NODES,
    "api.nodes.act": Right.NODES,
    "api.nodes.act_on_many": Right.NODES,
    "api.nodes.forget": Right.NODES,
    "api.nodes.restart": Right.NODES,
    "api.nodes.set_hours": Right.NODES,
    "api.nodes.set_tags": Right.NODES,
    "doctor.start": Right.NODES,
    "api.doctor.start": Right.NODES,
    # Rules and presets
    "rules.set_limit": Right.RULES,
    "rules.remove_limit": Right.RULES,
    "rules.set_share": Right.RULES,
    "rules.remove_share": Right.RULES,
    "api.rules.set_limit": Right.RULES,
    "api.rules.remove_limit": Right.RULES,
    "api.rules.set_share": Right.RULES,
    "api.rules.remove_share": Right.RULES,
    "presets.add": Right.RULES,
    "presets.change": Right.RULES,
    "presets.delete": Right.RULES,
    "api.presets.add": Right.RULES,
    "api.presets.change": Right.RULES,
    "api.presets.change_some": Right.RULES,
    "api.presets.remove": Right.RULES,
    # The farm
    "shows.add": Right.FARM,
    "shows.change": Right.FARM,
    "shows.delete": Right.FARM,
    "shows.activate": Right.FARM,
    "shows.deactivate": Right.FARM,
    "api.shows.add_show": Right.FARM,
    "api.shows.change_show": Right.FARM,
    "api.shows.delete_show": Right.FARM,
    "api.shows.activate": Right.FARM,
    "api.shows.deactivate": Right.FARM,
    "settings.change": Right.FARM,
    "api.settings.change": Right.FARM,
}

READING = frozenset({"GET", "HEAD", "OPTIONS"})


def needed(endpoint: str, method: str) -> Right | None:
    """Return what a request needs; None: the table does not know, so it is refused."""
    for key in (endpoint, f"{endpoint.rpartition('.')[0]}.*"):
        if key in NEEDS:
            return NEEDS[key]
    return Right.LOOK if method in READING else None
