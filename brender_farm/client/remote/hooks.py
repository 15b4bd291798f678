"""The webhooks of a farm elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from brender_farm.client.remote.decode import decode, decode_all
from brender_farm.client.remote.http import Http
from brender_farm.service.shapes.webhooks import (
    DeliveryRow,
    FreshWebhook,
    WebhookRequest,
    WebhookRow,
)


@dataclass(frozen=True)
class RemoteHooks:
    """See `backend.HookWork`."""

    http: Http

    def list_webhooks(self) -> tuple[WebhookRow, ...]:
        return decode_all(WebhookRow, self.http.get("/webhooks")["webhooks"])

    def get_webhook(self, webhook_id: int) -> WebhookRow:
        return decode(WebhookRow, self.http.get(f"/webhooks/{webhook_id}"))

    def add_webhook(self, wanted: WebhookRequest) -> FreshWebhook:
        return _fresh(self.http.send("POST", "/webhooks", _asked(wanted)))

    def change_webhook(self, webhook_id: int, wanted: WebhookRequest) -> WebhookRow:
        told = self.http.send("PUT", f"/webhooks/{webhook_id}", _asked(wanted))
        return decode(WebhookRow, told)

    def remove_webhook(self, webhook_id: int) -> WebhookRow:
        row = self.get_webhook(webhook_id)
        self.http.send("DELETE", f"/webhooks/{webhook_id}")
        return row

    def rotate_secret(self, webhook_id: int) -> FreshWebhook:
        return _fresh(self.http.send("POST", f"/webhooks/{webhook_id}/secret"))

    def try_webhook(self, webhook_id: int) -> DeliveryRow:
        return decode(DeliveryRow, self.http.send("POST", f"/webhooks/{webhook_id}/test"))

    def webhook_deliveries(self, webhook_id: int) -> tuple[DeliveryRow, ...]:
        told = self.http.get(f"/webhooks/{webhook_id}/deliveries")
        return decode_all(DeliveryRow, told["deliveries"])

    def send_webhook_again(self, webhook_id: int, delivery_id: int) -> DeliveryRow:
        path = f"/webhooks/{webhook_id}/deliveries/{delivery_id}/again"
        return decode(DeliveryRow, self.http.send("POST", path))


def _asked(wanted: WebhookRequest) -> dict[str, Any]:
    topics = wanted.topics.split(",") if isinstance(wanted.topics, str) else wanted.topics
    return {
        "url": wanted.url,
        "name": wanted.name,
        "topics": [topic.strip() for topic in topics if topic.strip()],
        "is_on": wanted.is_on,
    }


def _fresh(told: dict[str, Any]) -> FreshWebhook:
    return FreshWebhook(row=decode(WebhookRow, told), secret=str(told["secret"]))
