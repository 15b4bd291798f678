"""The webhooks of this machine's farm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from brender_farm.client.local.context import in_farm
from brender_farm.client.who import user_name

if TYPE_CHECKING:
    from brender_farm.service.shapes.webhooks import (
        DeliveryRow,
        FreshWebhook,
        WebhookRequest,
        WebhookRow,
    )


class LocalHooks:
    """See `backend.HookWork`."""

    def list_webhooks(self) -> tuple[WebhookRow, ...]:
        from brender_farm.service import webhooks

        with in_farm():
            return webhooks.list_webhooks()

    def get_webhook(self, webhook_id: int) -> WebhookRow:
        from brender_farm.service import webhooks

        with in_farm():
            return webhooks.get_webhook(webhook_id)

    def add_webhook(self, wanted: WebhookRequest) -> FreshWebhook:
        from brender_farm.service import webhooks

        with in_farm():
            return webhooks.add_webhook(wanted, actor=user_name())

    def change_webhook(self, webhook_id: int, wanted: WebhookRequest) -> WebhookRow:
        from brender_farm.service import webhooks

        with in_farm():
            return webhooks.change_webhook(webhook_id, wanted, actor=user_name())

    def remove_webhook(self, webhook_id: int) -> WebhookRow:
        from brender_farm.service import webhooks

        with in_farm():
            return webhooks.remove_webhook(webhook_id, actor=user_name())

    def rotate_secret(self, webhook_id: int) -> FreshWebhook:
        from brender_farm.service import webhooks

        with in_farm():
            return webhooks.rotate_secret(webhook_id, actor=user_name())

    def try_webhook(self, webhook_id: int) -> DeliveryRow:
        from brender_farm.service import webhooks

        with in_farm():
            return webhooks.try_webhook(webhook_id, actor=user_name())

    def webhook_deliveries(self, webhook_id: int) -> tuple[DeliveryRow, ...]:
        from brender_farm.service import webhooks

        with in_farm():
            return webhooks.deliveries(webhook_id)

    def send_webhook_again(self, webhook_id: int, delivery_id: int) -> DeliveryRow:
        from brender_farm.service import webhooks

        with in_farm():
            return webhooks.send_again(webhook_id, delivery_id)
