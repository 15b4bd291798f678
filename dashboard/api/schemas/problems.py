"""What is wrong with a request."""

from __future__ import annotations

from apiflask import Schema, fields


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
