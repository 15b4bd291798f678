"""Users, and what one's own account has."""

from __future__ import annotations

from apiflask import Schema, fields
from apiflask.validators import Length, OneOf, Range

from brender_farm.domain.roles import Right, Role, Scope

_ROLE = OneOf([str(role) for role in Role])
_SCOPE = OneOf([str(scope) for scope in Scope])


class UserSchema(Schema):
    id = fields.Integer()
    name = fields.String()
    role = fields.String(validate=_ROLE)
    is_enabled = fields.Boolean()
    has_password = fields.Boolean(metadata={"description": "Whether they have chosen one."})
    uses_openid = fields.Boolean(metadata={"description": "Whether the OpenID provider is known."})
    created_at = fields.AwareDateTime(format="iso")
    seen_at = fields.AwareDateTime(format="iso", allow_none=True)
    sign_in_count = fields.Integer(metadata={"description": "Browsers that are signed in."})
    token_count = fields.Integer()


class OneUserSchema(UserSchema):
    """The same on its own; see OneShotSchema."""


class UserListSchema(Schema):
    users = fields.List(fields.Nested(UserSchema))


class UserAddSchema(Schema):
    name = fields.String(required=True, validate=Length(1, 60))
    role = fields.String(
        required=True,
        validate=_ROLE,
        metadata={"description": "The first user of a farm has to be an admin."},
    )


class UserChangeSchema(Schema):
    """What is left out stays as it is."""

    role = fields.String(validate=_ROLE)
    is_enabled = fields.Boolean(
        metadata={"description": "false: signed out at once, and their tokens do not work."}
    )


class InvitedSchema(Schema):
    user = fields.Nested(UserSchema)
    url = fields.String(
        metadata={"description": "By it whoever opens it chooses their password, once. Told once."}
    )
    expires_at = fields.AwareDateTime(format="iso")


class SignInSchema(Schema):
    id = fields.Integer()
    address = fields.String()
    browser = fields.String(metadata={"description": "What it says about itself."})
    created_at = fields.AwareDateTime(format="iso")
    seen_at = fields.AwareDateTime(format="iso")
    expires_at = fields.AwareDateTime(format="iso")


class AccountSchema(Schema):
    user = fields.Nested(UserSchema)
    rights = fields.List(fields.String(validate=OneOf([str(right) for right in Right])))
    sign_ins = fields.List(fields.Nested(SignInSchema))


class TokenSchema(Schema):
    id = fields.Integer()
    name = fields.String()
    scope = fields.String(validate=_SCOPE)
    created_at = fields.AwareDateTime(format="iso")
    expires_at = fields.AwareDateTime(
        format="iso", allow_none=True, metadata={"description": "null: it works until removed."}
    )
    used_at = fields.AwareDateTime(format="iso", allow_none=True)
    is_expired = fields.Boolean()


class TokenListSchema(Schema):
    tokens = fields.List(fields.Nested(TokenSchema))


class TokenAddSchema(Schema):
    name = fields.String(required=True, validate=Length(1, 100))
    scope = fields.String(required=True, validate=_SCOPE)
    days = fields.Integer(
        strict=True,
        allow_none=True,
        load_default=90,
        validate=Range(1, 3650),
        metadata={"description": "How long it works; null: until it is removed."},
    )


class NewTokenSchema(Schema):
    token = fields.Nested(TokenSchema)
    text = fields.String(metadata={"description": "What programs send. It is told this once."})
