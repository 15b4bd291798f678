"""The tables, by subject. Importing this package makes all of them known."""

from brender_farm.db.models.chunk import Chunk, LooseChunk
from brender_farm.db.models.dependency import Dependency
from brender_farm.db.models.event import Event
from brender_farm.db.models.farm import Farm
from brender_farm.db.models.frame import Frame
from brender_farm.db.models.frame_version import FrameVersion
from brender_farm.db.models.node import Node
from brender_farm.db.models.node_key import NodeKey
from brender_farm.db.models.person import SavedFilter, Subscription
from brender_farm.db.models.preset import Preset
from brender_farm.db.models.rules import FarmLimit, Share
from brender_farm.db.models.sample import PastSample
from brender_farm.db.models.setting import FarmSetting
from brender_farm.db.models.shot import Shot
from brender_farm.db.models.show import Show
from brender_farm.db.models.submit_key import SubmitKey
from brender_farm.db.models.user import Invitation, SignIn, Token, User
from brender_farm.db.models.webhook import Webhook, WebhookDelivery
from brender_farm.db.models.work import WorkHour

__all__ = [
    "Chunk",
    "Dependency",
    "Event",
    "Farm",
    "FarmLimit",
    "FarmSetting",
    "Frame",
    "FrameVersion",
    "Invitation",
    "LooseChunk",
    "Node",
    "NodeKey",
    "PastSample",
    "Preset",
    "SavedFilter",
    "Share",
    "Shot",
    "Show",
    "SignIn",
    "SubmitKey",
    "Subscription",
    "Token",
    "User",
    "Webhook",
    "WebhookDelivery",
    "WorkHour",
]
