"""The .blend files that may be submitted, and what they hold."""

from __future__ import annotations

from apiflask import Schema, fields
from apiflask.validators import Length


class FolderQuery(Schema):
    folder = fields.String(
        load_default=None,
        validate=Length(max=4000),
        metadata={"description": "A full path; left out: the active show's root, or the roots."},
    )
    search = fields.String(
        load_default="",
        validate=Length(max=200),
        metadata={"description": "Files whose name has this in it, also in folders below."},
    )


class FolderEntrySchema(Schema):
    name = fields.String()
    path = fields.String()


class BlendEntrySchema(FolderEntrySchema):
    size_bytes = fields.Integer()
    modified_at = fields.AwareDateTime(format="iso")


class FolderSchema(Schema):
    path = fields.String(allow_none=True, metadata={"description": "null: the list of roots."})
    parent = fields.String(allow_none=True)
    folders = fields.List(fields.Nested(FolderEntrySchema))
    blends = fields.List(fields.Nested(BlendEntrySchema))
    truncated = fields.Boolean(metadata={"description": "There is more than is listed."})


class RecentSchema(Schema):
    blends = fields.List(fields.Nested(BlendEntrySchema), metadata={"description": "Newest first."})


class BlendQuery(Schema):
    path = fields.String(
        required=True, validate=Length(min=1, max=4000), metadata={"description": "A full path."}
    )


class SceneSchema(Schema):
    name = fields.String()
    frame_start = fields.Integer()
    frame_end = fields.Integer()
    frame_step = fields.Integer()
    fps = fields.Float()
    engine = fields.String()
    width = fields.Integer(metadata={"description": "Before `percentage`."})
    height = fields.Integer()
    percentage = fields.Integer()
    format = fields.String()
    is_film = fields.Boolean()
    output = fields.String()
    camera = fields.String(allow_none=True)
    cameras = fields.List(fields.String())
    view_layers = fields.List(fields.String())
    samples = fields.Integer(allow_none=True)


class MissingFileSchema(Schema):
    path = fields.String()


class BlendSchema(Schema):
    path = fields.String()
    size_bytes = fields.Integer()
    blender_version = fields.String()
    scenes = fields.List(fields.Nested(SceneSchema))
    active_scene = fields.String()
    missing = fields.List(
        fields.Nested(MissingFileSchema), metadata={"description": "Files that it needs."}
    )
    external_count = fields.Integer(metadata={"description": "Files that it needs in all."})
    trace_complete = fields.Boolean()
