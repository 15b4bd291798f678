"""What pages say of roles, scopes and browsers."""

from __future__ import annotations

import re

from brender_farm.domain.roles import Role, Scope

ROLE_WORDS: dict[Role, str] = {
    Role.VIEWER: "looks at everything and changes nothing but their own filters and notifications",
    Role.ARTIST: "submits shots, and steers, edits and deletes their own",
    Role.WRANGLER: "steers all shots, the queue and the nodes, and sets limits, shares and presets",
    Role.ADMIN: "manages users, shows, settings, webhooks and node keys as well",
}
SCOPE_WORDS: dict[Scope, str] = {
    Scope.READ: "looks at the farm, and changes nothing",
    Scope.SUBMIT: "submits shots, and steers those of yours",
    Scope.FULL: "does all that you may, but for your password and your tokens",
}
_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
"""The first that is found counts: each claims to be those below as well."""
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def browser_words(user_agent: str) -> str:
    """Return what to call a browser, of what it sends about itself: it may say anything."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    if browser and system:
        return f"{browser} on {system}"
    plain = re.sub(r"[^ -~]", "", user_agent)[:40].strip()
    return browser or system or plain or "Unknown browser"
