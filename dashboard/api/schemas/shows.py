"""Shows."""

from __future__ import annotations

from apiflask import Schema, fields


class ShowSchema(Schema):
    id = fields.Integer()
    name = fields.String()
    root = fields.String(metadata={"description": "Its folder as the farm's machine sees it."})
    root_linux = fields.String(
        metadata={"description": "The same as Linux nodes see it; empty: as the farm does."}
    )
    root_macos = fields.String()
    root_windows = fields.String()
    output_pattern = fields.String(
        metadata={"description": "Where frames go below the root; empty: beside the .blend."}
    )
    preset = fields.String(metadata={"description": "Its preset's name; empty: none."})
    preset_id = fields.Integer(allow_none=True)
    auto_run = fields.Boolean(
        metadata={
            "description": "Whether .blend files in its root may run their own Python scripts."
        }
    )
    notes = fields.String()
    is_active = fields.Boolean()
    shot_count = fields.Integer()
    unfinished_count = fields.Integer(metadata={"description": "Those that are not over."})
    done_count = fields.Integer(metadata={"description": "Finished frames of its shots."})
    seconds = fields.Float(metadata={"description": "Of rendering, over all slots."})


class OneShowSchema(ShowSchema):
    """The same on its own; see OneShotSchema."""


class ShowListSchema(Schema):
    shows = fields.List(fields.Nested(ShowSchema))


class ShowChangeSchema(Schema):
    """What is left out stays as it is."""

    name = fields.String()
    root = fields.String()
    root_linux = fields.String()
    root_macos = fields.String()
    root_windows = fields.String()
    output_pattern = fields.String(
        metadata={
            "description": "Fields: {show} {shot} {scene} {user} {date} {version:03} {frame:04} "
            "{ext}. It ends with {frame:04}.{ext}."
        }
    )
    preset = fields.String()
    auto_run = fields.Boolean(
        metadata={"description": "Scripts do what the nodes' account may do; off unless set."}
    )
    notes = fields.String()


class ShowAddSchema(ShowChangeSchema):
    """A new show."""

    name = fields.String(required=True)
    root = fields.String(required=True)
