"""What each setting of the environment means, in the words of `.env.example`."""

from __future__ import annotations

_BROKER_TLS = (
    "TLS of the farm's own broker: certificate and key in PEM form, absolute paths. Needs a "
    "server with TLS on PATH (Debian: redis-server); the one that comes with Brender has none."
)

MEANINGS: dict[str, str] = {
    "data_dir": (
        "Folder of the farm's own files: database, embedded broker, logs, thumbnails, "
        "undelivered reports."
    ),
    "broker_url": (
        "An existing Redis 6.2+ or Valkey: redis://:password@host:6379/0, or rediss:// with "
        "TLS. Empty: the farm starts a server of its own, kept on disk in BRENDER_DATA_DIR."
    ),
    "broker_bind": (
        "Where the farm's own broker listens: an address of this machine, or 0.0.0.0 for all of "
        "them, so that nodes on other machines reach it (brender node-token NAME). Always with "
        "passwords; without TLS what is said can be read on the way."
    ),
    "broker_port": (
        "The port of the farm's own broker. Empty: a free one, chosen once. Firewalls want a fixed "
        "one: 6380."
    ),
    "broker_tls_cert": _BROKER_TLS,
    "broker_tls_key": _BROKER_TLS,
    "database_url": (
        "postgresql://user:password@host/name for a bigger farm (pip install -r "
        "requirements/postgresql.txt). Empty: SQLite in BRENDER_DATA_DIR."
    ),
    "host": (
        "Where the dashboard listens. On loopback it needs no login until somebody adds a user; "
        "elsewhere, such as 0.0.0.0, it needs users (brender users add NAME --role admin)."
    ),
    "port": "The dashboard's port.",
    "proxies": (
        "Addresses or networks of the proxies in front of the dashboard, with commas between: "
        "what they say of who asks, and whether over TLS (X-Forwarded-*), is believed. Empty: "
        "nobody's word."
    ),
    "flower_port": "Where Flower listens, on loopback.",
    "public_url": (
        "The dashboard's address as people open it: https://farm.studio.com. Links in messages and "
        "webhooks lead there. Empty: made of BRENDER_HOST and BRENDER_PORT."
    ),
    "oidc_issuer": (
        "The OpenID provider with which people may sign in, as it calls itself: "
        "https://accounts.google.com, https://keycloak.studio.com/realms/studio. At the provider, "
        "register the farm's address and /login/openid/back. Empty: they sign in with passwords."
    ),
    "oidc_client_id": "What the provider calls this farm.",
    "oidc_client_secret": (
        "The secret that it gave the farm; empty where it gives none (a public client)."
    ),
    "oidc_role": (
        "What people are whom the provider sends for the first time: viewer, artist, wrangler, or "
        "none: only who has an account, and has connected it on their account's page, is let in."
    ),
    "node_name": "This node's name: letters, digits, - and _. Empty: the machine's host name.",
    "node_key": (
        "What this node proves itself with, as “brender node-token NAME” shows on the farm. "
        "Empty: the node has no key."
    ),
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
    "auto_run": (
        "Whether .blend files may run their own Python scripts on this node: show, as their show "
        "says, or never, whatever shows say."
    ),
    "audit": (
        "What happens when a shot is finished: full compares every byte of its files with "
        "what was published, quick their existence and size, off nothing. What is missing is "
        "rendered again."
    ),
    "url": (
        "The dashboard of a farm elsewhere, such as https://farm.studio.com, for submit_shot() "
        "and the command line of this machine. Empty: they work with the farm whose database is "
        "here."
    ),
    "token": (
        "The token that tells that farm who you are: from your account's page there, or brender "
        "tokens add."
    ),
}
"""By the name of the field in `Settings` or `FarmAddress`.

The variable is BRENDER_ and the same in capitals.
"""
