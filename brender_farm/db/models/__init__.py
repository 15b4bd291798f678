"""The tables, by subject. Importing this package makes all of them known."""

from brender_farm.db.models.chunk import Chunk, LooseChunk
from brender_farm.db.models.event import Event
from brender_farm.db.models.farm import Farm
from brender_farm.db.models.frame import Frame
from brender_farm.db.models.node import Node
from brender_farm.db.models.shot import Shot

__all__ = ["Chunk", "Event", "Farm", "Frame", "LooseChunk", "Node", "Shot"]
