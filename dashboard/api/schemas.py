"""Every JSON shape of the API. Times are ISO 8601 in UTC; null means not yet, or not known."""

from __future__ import annotations

from apiflask import Schema, fields
from apiflask.validators import Length, OneOf, Range

from brender_farm.domain.reasons import ReasonKind
from brender_farm.domain.states import ChunkState, FrameState, NodeIntent, ShotState
from brender_farm.service.blend_change import Scope
from brender_farm.service.events import SUBJECTS
from brender_farm.service.requests import Existing


def _state(*states: str) -> fields.String:
    return fields.String(validate=OneOf([str(state) for state in states]))


class ShotSchema(Schema):
    id = fields.Integer()
    name = fields.String()
    state = _state(*ShotState)
    reason = fields.String()
    priority = fields.Integer()
    submitter = fields.String()
    frame_count = fields.Integer()
    done_count = fields.Integer()
    failed_count = fields.Integer()
    rendering_count = fields.Integer()
    pending_count = fields.Integer()
    progress = fields.Float(metadata={"description": "Share of frames that are done, 0 to 1."})
    seconds_per_frame = fields.Float(allow_none=True)
    time_left_s = fields.Float(
        allow_none=True,
        metadata={"description": "By playing the planner forward; null: it cannot be told."},
    )
    time_left_low_s = fields.Float(allow_none=True)
    time_left_high_s = fields.Float(allow_none=True)
    created_at = fields.AwareDateTime(format="iso")
    started_at = fields.AwareDateTime(format="iso", allow_none=True)
    finished_at = fields.AwareDateTime(format="iso", allow_none=True)
    actions = fields.List(fields.String())
    offers = fields.List(
        fields.String(), metadata={"description": "What else may be asked for now."}
    )


class OneShotSchema(ShotSchema):
    """The same on its own. A class of its own, since the OpenAPI writer registers a class once."""


class BanSchema(Schema):
    node = fields.String()
    why = fields.String()


class BadFrameSchema(Schema):
    frame = fields.Integer()
    wrong = fields.String()


class AuditSchema(Schema):
    at = fields.AwareDateTime(format="iso")
    actor = fields.String()
    full = fields.Boolean(metadata={"description": "Every byte, or existence and size only."})
    checked_count = fields.Integer()
    bad_count = fields.Integer()
    put_back_count = fields.Integer(metadata={"description": "Bad frames that are pending again."})
    unread_count = fields.Integer()
    bad = fields.List(fields.Nested(BadFrameSchema), metadata={"description": "The first 100."})
    kept = fields.String(metadata={"description": "Why nothing was put back."})
    trouble = fields.String(metadata={"description": "What could not be looked at."})
    is_well = fields.Boolean()
    bytes_read = fields.Integer()
    seconds = fields.Float()


class OneAuditSchema(AuditSchema):
    """The same on its own; see OneShotSchema."""


class EarlierShotSchema(Schema):
    id = fields.Integer()
    name = fields.String()
    state = _state(*ShotState)
    by_frame = fields.Boolean(metadata={"description": "Frame n waits for frame n of it only."})


class ReasonSchema(Schema):
    kind = _state(*ReasonKind)
    text = fields.String()
    remedy = fields.String(metadata={"description": "What to do next; empty: wait."})
    free_in_s = fields.Float(
        allow_none=True,
        metadata={"description": "Seconds until something changes by itself, at the earliest."},
    )
    is_partial = fields.Boolean(
        metadata={"description": "It keeps away only part of what could be had."}
    )


class ShotWhySchema(Schema):
    shot_id = fields.Integer()
    name = fields.String()
    state = _state(*ShotState)
    verdict = fields.String(metadata={"description": "How it stands, in one sentence."})
    reasons = fields.List(
        fields.Nested(ReasonSchema), metadata={"description": "In order of weight."}
    )


class NodeWhySchema(Schema):
    node_id = fields.Integer()
    name = fields.String()
    slots = fields.Integer()
    idle_slots = fields.Integer()
    verdict = fields.String(metadata={"description": "How it stands, in one sentence."})
    reasons = fields.List(
        fields.Nested(ReasonSchema), metadata={"description": "In order of weight."}
    )


class ShotDetailSchema(ShotSchema):
    blend = fields.String()
    blend_version = fields.String()
    blend_digest = fields.String(metadata={"description": "BLAKE2b of the .blend, 20 bytes."})
    blend_changed = fields.Boolean(
        metadata={"description": "A node found another file: adopt it, or put the old one back."}
    )
    snapshot = fields.Boolean()
    source_blend = fields.String(
        allow_none=True, metadata={"description": "What a snapshot was made from."}
    )
    scene = fields.String()
    frames = fields.String()
    format = fields.String()
    width = fields.Integer()
    height = fields.Integer()
    chunk_size = fields.Integer(allow_none=True, metadata={"description": "null: automatic"})
    frame_limit_s = fields.Float(allow_none=True)
    memory_limit_bytes = fields.Integer(allow_none=True)
    tags = fields.List(fields.String())
    not_tags = fields.List(fields.String())
    min_memory_bytes = fields.Integer()
    max_nodes = fields.Integer(allow_none=True)
    pool = fields.String()
    blender = fields.String()
    device = fields.String()
    limit_names = fields.List(fields.String())
    after = fields.List(
        fields.Nested(EarlierShotSchema),
        metadata={"description": "The shots it comes after, whether they are finished or not."},
    )
    not_before = fields.AwareDateTime(format="iso", allow_none=True)
    race = fields.Boolean()
    held_count = fields.Integer(
        metadata={"description": "Pending frames that wait for the same frame of another shot."}
    )
    ended_chunks = fields.Integer()
    opened_scenes = fields.Integer(
        metadata={"description": "For how many ended chunks the scene had to be opened."}
    )
    existing = fields.String()
    output_dir = fields.String()
    padding = fields.Integer()
    warnings = fields.List(fields.String())
    waiting = fields.String(metadata={"description": "The weightiest of the reasons."})
    reasons = fields.List(
        fields.Nested(ReasonSchema), metadata={"description": "Why it gets no more than it has."}
    )
    bans = fields.List(fields.Nested(BanSchema))
    log_tail = fields.String(
        metadata={"description": "Blender's last lines at the frame that gave up last."}
    )
    audit = fields.Nested(
        AuditSchema, allow_none=True, metadata={"description": "The last one's result."}
    )


class ShotListSchema(Schema):
    shots = fields.List(fields.Nested(ShotSchema))
    total = fields.Integer()
    page = fields.Integer()
    size = fields.Integer()
    counts = fields.Dict(keys=fields.String(), values=fields.Integer())
    tag = fields.String()
    queue_left_s = fields.Float(
        allow_none=True, metadata={"description": "Until all shots of the farm are done."}
    )
    queue_left_low_s = fields.Float(allow_none=True)
    queue_left_high_s = fields.Float(allow_none=True)
    untold_count = fields.Integer(
        metadata={"description": "Shots with frames to go whose time left cannot be told."}
    )


class ShotListQuery(Schema):
    search = fields.String(load_default="")
    state = fields.String(load_default="", validate=OneOf(["", *map(str, ShotState)]))
    sort = fields.String(load_default="-id")
    page = fields.Integer(load_default=1, validate=Range(min=1))
    size = fields.Integer(load_default=50, validate=Range(min=1, max=200))


class AfterSchema(Schema):
    after = fields.List(
        fields.Integer(strict=True),
        load_default=None,
        allow_none=True,
        metadata={"description": "Shots that must be completed before it goes on."},
    )
    after_frames = fields.List(
        fields.Integer(strict=True),
        load_default=None,
        allow_none=True,
        metadata={"description": "Shots of which the same frame must be done before each frame."},
    )


class SubmitSchema(Schema):
    blend = fields.String(required=True, metadata={"description": "Full path of the .blend."})
    frames = fields.String(load_default=None, allow_none=True)
    name = fields.String(load_default=None, allow_none=True)
    output = fields.String(load_default=None, allow_none=True)
    priority = fields.Integer(load_default=50, strict=True)
    chunk_size = fields.Raw(
        load_default="auto",
        metadata={"description": "Frames per chunk, or auto.", "type": ["integer", "string"]},
    )
    format = fields.String(load_default=None, allow_none=True)
    scene = fields.String(load_default=None, allow_none=True)
    width = fields.Integer(load_default=None, allow_none=True, strict=True)
    height = fields.Integer(load_default=None, allow_none=True, strict=True)
    existing = fields.String(load_default=str(Existing.NEW_VERSION))
    snapshot = fields.Boolean(
        load_default=False,
        metadata={"description": "Render from a copy of the .blend, made now beside it."},
    )
    frame_limit_s = fields.Float(
        load_default=None,
        allow_none=True,
        metadata={"description": "Seconds that one frame may take; null: no limit."},
    )
    memory_limit_gb = fields.Float(
        load_default=None,
        allow_none=True,
        metadata={"description": "GB (10⁹ bytes) that Blender may take; null: no limit."},
    )
    tags = fields.String(
        load_default=None,
        allow_none=True,
        metadata={"description": "Tags that a node must have, such as `gpu, !slow` (! not)."},
    )
    min_memory_gb = fields.Float(
        load_default=None,
        allow_none=True,
        metadata={"description": "GB (10⁹ bytes) that a node must have; null: any."},
    )
    max_nodes = fields.Integer(
        load_default=None,
        allow_none=True,
        metadata={"description": "On how many nodes it may be at a time; null: any number."},
    )
    pool = fields.String(
        load_default=None,
        allow_none=True,
        metadata={"description": "Whose nodes are to render it; null: those in no pool."},
    )
    blender = fields.String(
        load_default=None,
        allow_none=True,
        metadata={"description": "`4.5.15`, `4.5` or `any`; null: what saved the file, or newer."},
    )
    device = fields.String(
        load_default=None,
        allow_none=True,
        metadata={"description": "`gpu` or `cpu`; null: as the scene says."},
    )
    limits = fields.String(
        load_default=None,
        allow_none=True,
        metadata={"description": "Farm-wide limits that it takes part in."},
    )
    first = fields.String(
        load_default=None,
        allow_none=True,
        metadata={"description": "Frames to render first: `x10`, `ends` or notation."},
    )
    after = fields.List(
        fields.Integer(strict=True),
        load_default=None,
        allow_none=True,
        metadata={"description": "Shots that must be completed before it starts."},
    )
    after_frames = fields.List(
        fields.Integer(strict=True),
        load_default=None,
        allow_none=True,
        metadata={"description": "Shots of which the same frame must be done before each frame."},
    )
    not_before = fields.String(
        load_default=None,
        allow_none=True,
        metadata={"description": "ISO 8601: when it may start."},
    )
    race = fields.Boolean(
        load_default=False,
        metadata={"description": "Render its last frames twice on slots that would idle."},
    )
    strict = fields.Boolean(load_default=False)


class SubmittedSchema(Schema):
    shot = fields.Nested(ShotSchema)
    output_dir = fields.String()
    warnings = fields.List(fields.String())
    url = fields.String()


class ShotChangeSchema(Schema):
    priority = fields.Integer(required=True, strict=True)


class AdoptSchema(Schema):
    scope = fields.String(
        required=True,
        validate=OneOf([str(scope) for scope in Scope]),
        metadata={"description": "rest: the frames that are not finished; all: every one again."},
    )


class ActionSchema(Schema):
    reason = fields.String(load_default="", validate=Length(max=2000))


class NodeActionSchema(ActionSchema):
    kill = fields.Boolean(
        load_default=False,
        metadata={"description": "With disable: stop its frames now; others render them."},
    )


class RerenderSchema(ActionSchema):
    frames = fields.String(
        load_default=None, allow_none=True, metadata={"description": "Notation; null: all."}
    )


class RerenderedSchema(Schema):
    shot = fields.Nested(ShotSchema)
    count = fields.Integer(metadata={"description": "Frames that were put back in line."})


class BanClearingSchema(Schema):
    """Nothing has to be said."""


class AuditStartSchema(Schema):
    full = fields.Boolean(
        load_default=True,
        metadata={"description": "Every byte, or existence and size only."},
    )


class AuditRunSchema(Schema):
    running = fields.Boolean(metadata={"description": "It goes on: ask for the shot later."})
    checked_count = fields.Integer()
    frame_count = fields.Integer()
    result = fields.Nested(OneAuditSchema, allow_none=True)


class FrameQuery(Schema):
    offset = fields.Integer(load_default=0, validate=Range(min=0))
    limit = fields.Integer(load_default=200, validate=Range(min=1, max=1000))
    state = fields.String(load_default="", validate=OneOf(["", *map(str, FrameState)]))


class FrameSchema(Schema):
    frame = fields.Integer()
    state = _state(*FrameState)
    chunk_id = fields.Integer(allow_none=True)
    node = fields.String(allow_none=True)
    seconds = fields.Float(allow_none=True)
    byte_count = fields.Integer(allow_none=True)
    peak_bytes = fields.Integer(allow_none=True)
    tries = fields.Integer()
    reason = fields.String()
    log_tail = fields.String(metadata={"description": "Blender's last lines when it failed last."})
    files = fields.List(
        fields.String(), metadata={"description": "Beside the picture, in the output folder."}
    )
    tag = fields.String()


class FramePageSchema(Schema):
    frames = fields.List(fields.Nested(FrameSchema))
    offset = fields.Integer()
    total = fields.Integer()


class ChunkSchema(Schema):
    id = fields.Integer()
    shot_id = fields.Integer()
    node = fields.String()
    state = _state(*ChunkState)
    frames = fields.String()
    frame_count = fields.Integer()
    done_count = fields.Integer()
    failed_count = fields.Integer()
    twin_of = fields.Integer(
        allow_none=True, metadata={"description": "The chunk that it races for the same frames."}
    )
    reason = fields.String()
    sent_at = fields.AwareDateTime(format="iso")
    started_at = fields.AwareDateTime(format="iso", allow_none=True)
    finished_at = fields.AwareDateTime(format="iso", allow_none=True)


class ChunkListSchema(Schema):
    chunks = fields.List(fields.Nested(ChunkSchema))


class NodeSampleSchema(Schema):
    cpu_pct = fields.Float(allow_none=True)
    load_1 = fields.Float(allow_none=True)
    memory_used_bytes = fields.Integer(allow_none=True)
    memory_total_bytes = fields.Integer(allow_none=True)
    swap_used_bytes = fields.Integer(allow_none=True)
    disk_free_bytes = fields.Integer(allow_none=True)
    disk_total_bytes = fields.Integer(allow_none=True)


class NodeWorkSchema(Schema):
    chunk_id = fields.Integer()
    shot_id = fields.Integer()
    shot_name = fields.String()
    frames = fields.String()
    frame = fields.Integer(allow_none=True)
    done_count = fields.Integer()
    frame_count = fields.Integer()
    sample = fields.Integer(allow_none=True)
    sample_count = fields.Integer(allow_none=True)


class UnwellFolderSchema(Schema):
    folder = fields.String()
    reason = fields.String()


class NodeSchema(Schema):
    id = fields.Integer()
    name = fields.String()
    intent = _state(*NodeIntent)
    reason = fields.String()
    online = fields.Boolean()
    slots = fields.Integer()
    work = fields.List(fields.Nested(NodeWorkSchema))
    sample = fields.Nested(NodeSampleSchema)
    hostname = fields.String()
    os = fields.String()
    cpu_count = fields.Integer()
    blender_versions = fields.List(fields.String())
    gpus = fields.List(
        fields.String(),
        metadata={"description": "The graphics cards that Cycles can render on, by name."},
    )
    tags = fields.List(fields.String())
    pool = fields.String(
        metadata={"description": "It renders only what asks for this pool; empty: for none."}
    )
    trouble = fields.String()
    unwell = fields.List(
        fields.Nested(UnwellFolderSchema),
        metadata={"description": "Output folders that it cannot write to now."},
    )
    is_sick = fields.Boolean(
        metadata={"description": "The farm took it out: it fails what others can render."}
    )
    hours = fields.String(
        metadata={"description": "When it takes new work, by the farm's clock; empty: always."}
    )
    out_of_hours = fields.Boolean()
    opens_at = fields.AwareDateTime(
        format="iso",
        allow_none=True,
        metadata={"description": "When it takes new work again; null: not outside its hours."},
    )
    first_seen_at = fields.AwareDateTime(format="iso")
    last_seen_at = fields.AwareDateTime(format="iso")
    actions = fields.List(fields.String())


class OneNodeSchema(NodeSchema):
    """The same on its own; see OneShotSchema."""


class NodeListSchema(Schema):
    nodes = fields.List(fields.Nested(NodeSchema))
    tag = fields.String()


class HoursSchema(Schema):
    hours = fields.String(
        required=True,
        validate=Length(max=2000),
        metadata={"description": "`mon-fri 19:00-08:00, sat-sun`, or `always`."},
    )


class LimitSchema(Schema):
    name = fields.String()
    slots = fields.Integer(metadata={"description": "How many chunks may have it at a time."})
    used = fields.Integer()
    shot_count = fields.Integer(metadata={"description": "Unfinished shots that name it."})


class OneLimitSchema(LimitSchema):
    """The same on its own; see OneShotSchema."""


class LimitListSchema(Schema):
    limits = fields.List(fields.Nested(LimitSchema))


class LimitSetSchema(Schema):
    slots = fields.Integer(required=True, strict=True)


class ShareSchema(Schema):
    submitter = fields.String()
    weight = fields.Float()
    is_set = fields.Boolean(metadata={"description": "Or it is everybody's 1."})
    slots = fields.Integer(metadata={"description": "Slots that their shots have now."})
    shot_count = fields.Integer(metadata={"description": "Their unfinished shots."})


class OneShareSchema(ShareSchema):
    """The same on its own; see OneShotSchema."""


class ShareListSchema(Schema):
    shares = fields.List(fields.Nested(ShareSchema))


class ShareSetSchema(Schema):
    weight = fields.Float(required=True)


class FaultSchema(Schema):
    field = fields.String()
    message = fields.String()
    remedy = fields.String()


class ProblemSchema(Schema):
    """An error after RFC 9457; `allowed` only where an action was refused."""

    type = fields.String()
    title = fields.String()
    status = fields.Integer()
    detail = fields.String()
    faults = fields.List(fields.Nested(FaultSchema))
    allowed = fields.List(fields.String())


class RequestProblemSchema(ProblemSchema):
    """The same for a request of the wrong shape; see OneShotSchema."""


class EventQuery(Schema):
    subject = fields.String(load_default="", validate=OneOf(["", *SUBJECTS]))
    actor = fields.String(load_default="", validate=Length(max=100))
    search = fields.String(load_default="", validate=Length(max=200))
    before = fields.Integer(
        load_default=None,
        allow_none=True,
        validate=Range(min=1),
        metadata={"description": "Only those older than this event: `older` of the page before."},
    )
    limit = fields.Integer(load_default=100, validate=Range(min=1, max=1000))


class EventSchema(Schema):
    id = fields.Integer()
    at = fields.AwareDateTime(format="iso")
    actor = fields.String()
    subject = fields.String()
    subject_id = fields.Integer()
    name = fields.String(metadata={"description": "What the shot or node is called now."})
    from_state = fields.String()
    to_state = fields.String()
    reason = fields.String()


class EventListSchema(Schema):
    events = fields.List(fields.Nested(EventSchema))
    older = fields.Integer(
        allow_none=True, metadata={"description": "The next page's `before`; null: no more."}
    )
