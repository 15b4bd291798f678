"""The farm's settings."""

from __future__ import annotations

from apiflask import Schema, fields


class SettingSchema(Schema):
    name = fields.String()
    value = fields.Raw(metadata={"description": "true, false or a number."})
    default = fields.Raw()
    title = fields.String()
    words = fields.String()
    unit = fields.String()
    low = fields.Float()
    high = fields.Float()


class EnvironmentSettingSchema(Schema):
    name = fields.String()
    value = fields.String(metadata={"description": "Passwords masked; empty: nothing."})
    is_given = fields.Boolean(metadata={"description": "Or it is at its default."})
    is_of_a_node = fields.Boolean()
    words = fields.String()


class SettingListSchema(Schema):
    settings = fields.List(fields.Nested(SettingSchema))
    environment = fields.List(
        fields.Nested(EnvironmentSettingSchema),
        metadata={"description": "What the dashboard's process has read; not to be changed here."},
    )


class SettingChangesSchema(Schema):
    """Names and what they are to be, such as {"slow_factor": 4, "films": false}."""

    class Meta:
        unknown = "include"
