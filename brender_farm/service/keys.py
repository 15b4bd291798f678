"""The keys of nodes as the scheduler and those who give orders have them at hand."""

from __future__ import annotations

from sqlalchemy.orm import Session

from brender_farm.broker.keyring import Keyring
from brender_farm.broker.seals import signing_key
from brender_farm.db.reads.node_keys import keys_and_boots
from brender_farm.service.farm_settings import setting

REQUIRED = "require_node_keys"
"""The farm's setting: whether nodes without keys are refused."""


def load_keys(session: Session, keyring: Keyring) -> None:
    """Have a keyring know the keys that there are now, and whether all nodes need one."""
    rows = keys_and_boots(session)
    keyring.load(
        {row.name: signing_key(row.secret) for row in rows if row.revoked_at is None},
        revoked=frozenset(row.name for row in rows if row.revoked_at is not None),
        boots={row.name: row.boot for row in rows if row.boot},
        required=bool(setting(session, REQUIRED)),
    )
