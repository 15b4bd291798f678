"""The first user of a farm: with them it needs a login, so they have to be able to add others."""

from __future__ import annotations

from brender_farm.domain.roles import Role
from brender_farm.errors import Fault, RequestRefused
from brender_farm.service.recognition import farm_has_users
from brender_farm.service.shapes.people import Invited
from brender_farm.service.users import add_user


def add_anyone(name: str, role: str, *, actor: str) -> Invited:
    """Add a user as `add_user` does; the farm's first one must be an admin.

    Raises RequestRefused with every fault.
    """
    if role != Role.ADMIN and not farm_has_users():
        raise RequestRefused(
            Fault(
                field="role",
                message="The first user has to be an admin.",
                remedy="With them the farm needs a login, and somebody must be able to add others.",
            )
        )
    return add_user(name, role, actor=actor)
