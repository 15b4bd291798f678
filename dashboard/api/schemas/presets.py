"""Presets: render settings with a name."""

from __future__ import annotations

from apiflask import Schema, fields


class PresetSettingsSchema(Schema):
    """What a preset fills in; what is not there, or null, it leaves open."""

    width = fields.Integer(strict=True, allow_none=True)
    height = fields.Integer(strict=True, allow_none=True)
    percentage = fields.Integer(strict=True, allow_none=True)
    engine = fields.String(allow_none=True)
    samples = fields.Integer(strict=True, allow_none=True)
    denoise = fields.Boolean(allow_none=True)
    device = fields.String(allow_none=True)
    format = fields.String(allow_none=True)
    color_depth = fields.String(allow_none=True)
    quality = fields.Integer(strict=True, allow_none=True)
    compression = fields.Integer(strict=True, allow_none=True)
    exr_codec = fields.String(allow_none=True)


class PresetSchema(Schema):
    id = fields.Integer()
    name = fields.String()
    settings = fields.Nested(PresetSettingsSchema)
    words = fields.List(
        fields.String(), metadata={"description": "What it sets, a phrase for each thing."}
    )
    shows = fields.List(
        fields.String(), metadata={"description": "Shows whose shots have it by themselves."}
    )


class OnePresetSchema(PresetSchema):
    """The same on its own; see OneShotSchema."""


class PresetListSchema(Schema):
    presets = fields.List(fields.Nested(PresetSchema))


class PresetPartSchema(Schema):
    name = fields.String(required=True)
    settings = fields.Dict(
        keys=fields.String(),
        values=fields.Raw(),
        required=True,
        metadata={"description": "Only what is to change; null or empty text removes it."},
    )


class PresetSetSchema(Schema):
    name = fields.String(required=True)
    settings = fields.Nested(PresetSettingsSchema, required=True)
