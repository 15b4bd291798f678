"""What each setting of the environment means, in the words of `.env.example`."""

from __future__ import annotations

MEANINGS: dict[str, str] = {
    "data_dir": (
        "Folder of the farm's own files: database, embedded broker, logs, thumbnails, "
        "undelivered reports."
    ),
    "broker_url": (
        "An existing Redis 6.2+ or Valkey: redis://:password@host:6379/0, or rediss:// with "
        "TLS. Empty: the farm starts a server of its own on loopback, kept on disk in "
        "BRENDER_DATA_DIR."
    ),
    "database_url": (
        "postgresql://user:password@host/name for a bigger farm (pip install -r "
        "requirements/postgresql.txt). Empty: SQLite in BRENDER_DATA_DIR."
    ),
    "host": "Where the dashboard listens. Only loopback, as long as the farm has no users.",
    "port": "Where the dashboard listens. Only loopback, as long as the farm has no users.",
    "flower_port": "Where Flower listens, on loopback.",
    "node_name": "This node's name: letters, digits, - and _. Empty: the machine's host name.",
    "slots": "How many chunks this node renders at a time, 1 to 64.",
    "blender": (
        "Path of an installed Blender (3.0 or newer), or bpy for the Python module. Several "
        "with : between them (; on Windows): a shot is rendered by the newest that it asks "
        "for. Empty: bpy where it is installed, else `blender` on PATH."
    ),
    "roots": (
        "Folders that .blend files and outputs may be in, absolute, with : between them (; on "
        "Windows). Empty: the home folder and BRENDER_DATA_DIR."
    ),
    "stall_s": (
        "Seconds without a line of output and without processor time after which a render "
        "counts as hung: it is killed, and its frame tried again. 1 to 86400."
    ),
    "grace_s": (
        "Seconds that a node which is told to end lets its frames finish; then they go back "
        "to the farm without blame. 0 to 86400. honcho kills what has not ended after 5: set "
        "less when you use it."
    ),
    "memory_floor_pct": (
        "Memory, in percent of the machine's, that renders must leave available (never less "
        "than 256 MB): below it the node ends idle Blenders, then the render that holds most. "
        "0 to 90."
    ),
    "tags": (
        "What this machine is good for, with commas between: shots may ask for tags (gpu, "
        "big) or keep away from them. Letters, digits, '.', '-' and '_'."
    ),
    "pool": (
        "The pool that this machine is kept for: it renders only the shots that ask for this "
        "pool, and they go nowhere else. Empty: it renders what asks for no pool."
    ),
    "pictures_mb": (
        "MB on disk that the dashboard keeps small pictures of frames and films of shots in "
        "(films take two fifths); the oldest go, and pictures are made anew when somebody "
        "looks at them. 0: no films by themselves."
    ),
    "warm": (
        "Whether a node starts Blender before there is work: yes or no. Costs about 400 MB a slot."
    ),
    "audit": (
        "What happens when a shot is finished: full compares every byte of its files with "
        "what was published, quick their existence and size, off nothing. What is missing is "
        "rendered again."
    ),
}
"""By the name of the field in `Settings`; the variable is BRENDER_ and the same in capitals."""
