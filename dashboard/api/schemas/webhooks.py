"""Programs elsewhere that are told what happens."""

from __future__ import annotations

from apiflask import Schema, fields
from apiflask.validators import Length, OneOf

from brender_farm.domain.hook_addresses import MOST_SIGNS
from brender_farm.domain.webhooks import TOPICS

_TOPIC = OneOf(list(TOPICS))


class WebhookSchema(Schema):
    id = fields.Integer()
    name = fields.String()
    url = fields.String()
    topics = fields.List(
        fields.String(validate=_TOPIC), metadata={"description": "Empty: everything."}
    )
    is_on = fields.Boolean()
    made_by = fields.String()
    created_at = fields.AwareDateTime(format="iso")
    trouble = fields.String(metadata={"description": "Why the last try failed; empty: it did not."})
    tries = fields.Integer(
        metadata={"description": "How often the next event was sent in vain."},
    )
    next_try_at = fields.AwareDateTime(format="iso", allow_none=True)
    told_at = fields.AwareDateTime(format="iso", allow_none=True)
    old_secret_until = fields.AwareDateTime(
        format="iso",
        allow_none=True,
        metadata={"description": "Until then bodies are signed with the secret before as well."},
    )


class OneWebhookSchema(WebhookSchema):
    """The same on its own; see OneShotSchema."""


class FreshWebhookSchema(WebhookSchema):
    secret = fields.String(metadata={"description": "What bodies are signed with; told this once."})


class WebhookListSchema(Schema):
    webhooks = fields.List(fields.Nested(WebhookSchema))


class WebhookChangeSchema(Schema):
    url = fields.String(
        load_default="",
        validate=Length(max=MOST_SIGNS),
        metadata={"description": "Left out: it stays as it is."},
    )
    name = fields.String(
        load_default="",
        validate=Length(max=100),
        metadata={"description": "Left out: it stays, or becomes the address's host."},
    )
    topics = fields.List(
        fields.String(validate=_TOPIC),
        load_default=list,
        metadata={"description": "Empty: everything."},
    )
    is_on = fields.Boolean(load_default=True)


class WebhookAddSchema(WebhookChangeSchema):
    url = fields.String(
        required=True,
        validate=Length(max=MOST_SIGNS),
        metadata={"description": "https://hooks.studio.com/renders"},
    )


class DeliverySchema(Schema):
    id = fields.Integer()
    event_id = fields.Integer(metadata={"description": "0: a test."})
    topic = fields.String()
    at = fields.AwareDateTime(format="iso")
    seconds = fields.Float()
    status = fields.Integer(
        allow_none=True, metadata={"description": "What the server answered; null: it did not."}
    )
    trouble = fields.String(metadata={"description": "Why it was not taken; empty: it was."})


class OneDeliverySchema(DeliverySchema):
    """The same on its own; see OneShotSchema."""


class DeliveryListSchema(Schema):
    deliveries = fields.List(fields.Nested(DeliverySchema))
