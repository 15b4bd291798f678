"""Whether the dashboard lives, and whether it can serve."""

from __future__ import annotations

from apiflask import Schema, fields


class HealthSchema(Schema):
    status = fields.String(metadata={"description": "`ok`."})


class ReadinessSchema(Schema):
    status = fields.String(metadata={"description": "`ready`."})
    broker_answers = fields.Boolean(metadata={"description": "Without it nothing renders."})
    scheduler_answers = fields.Boolean(metadata={"description": "Without it nothing renders."})
