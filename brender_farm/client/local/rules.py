"""Limits, shares, presets and shows of this machine's farm."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from brender_farm.client.local.context import in_farm
from brender_farm.client.who import user_name

if TYPE_CHECKING:
    from brender_farm.service.shapes.farm import LimitRow, Rules, ShareRow
    from brender_farm.service.shapes.presets import PresetRow
    from brender_farm.service.shapes.shows import ShowRequest, ShowRow


class LocalRules:
    """See `backend.RuleWork`."""

    def list_rules(self) -> Rules:
        from brender_farm.service import rules

        with in_farm():
            return rules.list_rules()

    def set_limit(self, name: str, slots: float | str) -> LimitRow:
        from brender_farm.service import rules

        with in_farm():
            return rules.set_limit(name, slots, actor=user_name())

    def remove_limit(self, name: str) -> None:
        from brender_farm.service import rules

        with in_farm():
            rules.remove_limit(name, actor=user_name())

    def set_share(self, submitter: str, weight: float | str) -> ShareRow:
        from brender_farm.service import rules

        with in_farm():
            return rules.set_share(submitter, weight, actor=user_name())

    def remove_share(self, submitter: str) -> None:
        from brender_farm.service import rules

        with in_farm():
            rules.remove_share(submitter, actor=user_name())

    def list_presets(self) -> tuple[PresetRow, ...]:
        from brender_farm.service import presets

        with in_farm():
            return presets.list_presets()

    def set_preset(self, name: str, changes: Mapping[str, Any]) -> PresetRow:
        from brender_farm.service import preset_actions

        with in_farm():
            return preset_actions.set_preset(name, changes, actor=user_name())

    def remove_preset_named(self, name: str) -> PresetRow:
        from brender_farm.service import preset_actions

        with in_farm():
            return preset_actions.remove_preset_named(name, actor=user_name())

    def list_shows(self) -> tuple[ShowRow, ...]:
        from brender_farm.service import shows

        with in_farm():
            return shows.list_shows()

    def find_show(self, text: str) -> ShowRow:
        from brender_farm.service import shows

        with in_farm():
            return shows.find_show(text)

    def add_show(self, asked: ShowRequest) -> ShowRow:
        from brender_farm.service import show_changes

        with in_farm():
            return show_changes.add_show(asked, actor=user_name())

    def change_show(self, show_id: int, asked: ShowRequest) -> ShowRow:
        from brender_farm.service import show_changes

        with in_farm():
            return show_changes.change_show(show_id, asked, actor=user_name())

    def delete_show(self, show_id: int) -> ShowRow:
        from brender_farm.service import show_changes

        with in_farm():
            return show_changes.delete_show(show_id, actor=user_name())

    def activate_show(self, show_id: int) -> ShowRow:
        from brender_farm.service import show_changes

        with in_farm():
            return show_changes.activate_show(show_id, actor=user_name())

    def deactivate_shows(self) -> None:
        from brender_farm.service import show_changes

        with in_farm():
            show_changes.deactivate_shows(actor=user_name())
