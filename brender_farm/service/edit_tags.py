"""Tags of what people change: with one, a change is made only if nobody else has made another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from brender_farm.errors import ChangedMeanwhile
from brender_farm.service.shapes.farm import LimitRow, ShareRow
from brender_farm.service.shapes.nodes import NodeRow
from brender_farm.service.shapes.notices import NoticeRow
from brender_farm.service.shapes.presets import PresetRow
from brender_farm.service.shapes.shows import ShowRow
from brender_farm.service.shot_settings import tag_of


def require_unchanged(seen: str, now: str) -> None:
    """Raise ChangedMeanwhile unless `now` is one of the tags that were seen; empty: any will do."""
    if seen and now not in seen.split():
        raise ChangedMeanwhile(tag=now)


def show_tag(show: ShowRow) -> str:
    return _tag(asdict(show.as_request()))


def preset_tag(preset: PresetRow) -> str:
    return _tag({"name": preset.name, **preset.settings})


def node_tag(node: NodeRow) -> str:
    """Of what people set of a node; not of what it does, nor of its own tags."""
    given = node.tags if node.has_given_tags else None
    return _tag(
        {"tags": given, "hours": node.hours, "intent": str(node.intent), "reason": node.reason}
    )


def limit_tag(limit: LimitRow) -> str:
    return _tag({"slots": limit.slots})


def share_tag(share: ShareRow) -> str:
    return _tag({"weight": share.weight, "is_set": share.is_set})


def notice_tag(notice: NoticeRow) -> str:
    return _tag(
        {
            "address": notice.address,
            "topics": sorted(map(str, notice.topics)),
            "mine_only": notice.mine_only,
            "show": notice.show,
        }
    )


def user_tag(role: str, is_enabled: bool) -> str:
    return _tag({"role": str(role), "is_enabled": is_enabled})


def settings_tag(values: Mapping[str, Any]) -> str:
    return _tag(values)


def _tag(values: Mapping[str, Any]) -> str:
    return tag_of({name: repr(value) for name, value in values.items()})
