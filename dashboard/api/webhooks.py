"""Programs elsewhere that are told what happens, as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from apiflask import APIBlueprint

from brender_farm.service import webhooks
from brender_farm.service.shapes.webhooks import FreshWebhook, WebhookRequest
from dashboard.api.schemas.webhooks import (
    DeliveryListSchema,
    FreshWebhookSchema,
    OneDeliverySchema,
    OneWebhookSchema,
    WebhookAddSchema,
    WebhookChangeSchema,
    WebhookListSchema,
)
from dashboard.who import current_actor

routes = APIBlueprint("webhooks", __name__, url_prefix="/webhooks", tag="Webhooks")


@routes.get("")
@routes.output(WebhookListSchema)
@routes.doc(summary="Who is told what happens")
def index() -> dict[str, Any]:
    return {"webhooks": webhooks.list_webhooks()}


@routes.post("")
@routes.input(WebhookAddSchema, location="json", arg_name="values")
@routes.output(FreshWebhookSchema, status_code=201)
@routes.doc(summary="Have an address told what happens from now on", responses=[415])
def add(values: dict[str, Any]) -> dict[str, Any]:
    return _with_secret(webhooks.add_webhook(WebhookRequest(**values), actor=current_actor()))


@routes.get("/<int:webhook_id>")
@routes.output(OneWebhookSchema)
@routes.doc(summary="One webhook", responses=[404])
def one(webhook_id: int) -> Any:
    return webhooks.get_webhook(webhook_id)


@routes.put("/<int:webhook_id>")
@routes.input(WebhookChangeSchema, location="json", arg_name="values")
@routes.output(OneWebhookSchema)
@routes.doc(summary="Change where it goes, what of, or whether", responses=[404, 415])
def change(webhook_id: int, values: dict[str, Any]) -> Any:
    return webhooks.change_webhook(webhook_id, WebhookRequest(**values), actor=current_actor())


@routes.delete("/<int:webhook_id>")
@routes.output({}, status_code=204, description="Removed")
@routes.doc(summary="Forget a webhook, with its secret", responses=[404])
def remove(webhook_id: int) -> tuple[str, int]:
    webhooks.remove_webhook(webhook_id, actor=current_actor())
    return "", 204


@routes.post("/<int:webhook_id>/test")
@routes.output(OneDeliverySchema)
@routes.doc(summary="Send a test; answers within 10 s how it went", responses=[404, 415])
def test(webhook_id: int) -> Any:
    return webhooks.try_webhook(webhook_id, actor=current_actor())


@routes.post("/<int:webhook_id>/secret")
@routes.output(FreshWebhookSchema)
@routes.doc(
    summary="Make a new secret; the one before is good for a day more", responses=[404, 415]
)
def rotate(webhook_id: int) -> dict[str, Any]:
    return _with_secret(webhooks.rotate_secret(webhook_id, actor=current_actor()))


@routes.post("/<int:webhook_id>/try")
@routes.output(OneWebhookSchema)
@routes.doc(summary="Try at once what waits for its next try", responses=[404, 415])
def try_now(webhook_id: int) -> Any:
    return webhooks.try_again_now(webhook_id)


@routes.get("/<int:webhook_id>/deliveries")
@routes.output(DeliveryListSchema)
@routes.doc(summary="Its last 50 tries, newest first", responses=[404])
def deliveries(webhook_id: int) -> dict[str, Any]:
    return {"deliveries": webhooks.deliveries(webhook_id)}


@routes.post("/<int:webhook_id>/deliveries/<int:delivery_id>/again")
@routes.output(OneDeliverySchema)
@routes.doc(summary="Send the event of a delivery once more", responses=[404, 415])
def again(webhook_id: int, delivery_id: int) -> Any:
    return webhooks.send_again(webhook_id, delivery_id)


def _with_secret(fresh: FreshWebhook) -> dict[str, Any]:
    return {**asdict(fresh.row), "secret": fresh.secret}
