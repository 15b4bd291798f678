"""Addresses that messages may be sent to, and how one is shown without its secrets.

They are Apprise's (https://appriseit.com). Allowed by name are mail, chats and webhooks that are
reached over the network; what would act on the farm's own machine (its desktop, its files, its
log) is not among them.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

HIDDEN = "…"


@dataclass(frozen=True, slots=True)
class Service:
    """Where messages go: its name, an example, and whether the host in it is no secret."""

    name: str
    example: str
    shows_host: bool = False


_MAIL = Service("Mail", "mailtos://user:password@smtp.studio.com?to=mira@studio.com", True)
_JSON = Service("Webhook with JSON", "jsons://hooks.studio.com/renders", True)
_FORM = Service("Webhook with a form", "forms://hooks.studio.com/renders", True)
_XML = Service("Webhook with XML", "xmls://hooks.studio.com/renders", True)
_NTFY = Service("ntfy", "ntfys://ntfy.studio.com/renders", True)
_GOTIFY = Service("Gotify", "gotifys://gotify.studio.com/token", True)
_MATRIX = Service("Matrix", "matrixs://user:password@matrix.studio.com/#renders", True)
_MATTERMOST = Service("Mattermost", "mmosts://chat.studio.com/token", True)
_ROCKET = Service("Rocket.Chat", "rockets://user:password@chat.studio.com/#renders", True)
_SIGNAL = Service("Signal", "signals://signal.studio.com/+4912345678/+4987654321", True)
_NEXTCLOUD = Service("Nextcloud Talk", "nctalks://user:password@cloud.studio.com/room", True)
_TEAMS = Service("Microsoft Teams", "workflows://host:443/workflow/signature")
_WEBEX = Service("Webex", "wxteams://token")

SERVICES: dict[str, Service] = {
    "mailto": _MAIL,
    "mailtos": _MAIL,
    "slack": Service("Slack", "slack://tokenA/tokenB/tokenC/#renders"),
    "discord": Service("Discord", "discord://webhook-id/webhook-token"),
    "workflow": _TEAMS,
    "workflows": _TEAMS,
    "mmost": _MATTERMOST,
    "mmosts": _MATTERMOST,
    "rocket": _ROCKET,
    "rockets": _ROCKET,
    "matrix": _MATRIX,
    "matrixs": _MATRIX,
    "nctalk": _NEXTCLOUD,
    "nctalks": _NEXTCLOUD,
    "zulip": Service("Zulip", "zulip://bot@organisation/a1b2c3d4e5f6a1b2c3d4e5f6a1b2c3d4/renders"),
    "gchat": Service("Google Chat", "gchat://workspace/key/token"),
    "wxteams": _WEBEX,
    "webex": _WEBEX,
    "tgram": Service("Telegram", "tgram://123456789:token-of-the-bot/12345678"),
    "signal": _SIGNAL,
    "signals": _SIGNAL,
    "ntfy": _NTFY,
    "ntfys": _NTFY,
    "gotify": _GOTIFY,
    "gotifys": _GOTIFY,
    "pover": Service("Pushover", "pover://user@token"),
    "pbul": Service("Pushbullet", "pbul://token"),
    "json": _JSON,
    "jsons": _JSON,
    "form": _FORM,
    "forms": _FORM,
    "xml": _XML,
    "xmls": _XML,
}
"""By scheme: all that is allowed."""

_NAMES_FILES = ("template", "pgp", "pgpprv", "pgppub", "wkd", "attach", "attach-as", "filename")
_KEEPS_OR_WAITS = ("e2ee", "store", "retry", "wait", "rto", "cto")
REFUSED_ARGUMENTS = frozenset((*_NAMES_FILES, *_KEEPS_OR_WAITS))
"""What would read or keep files on the farm's machine, or have a message wait too long."""


def scheme_of(address: str) -> str:
    """Return what stands before `://`, in small letters; empty if nothing does."""
    scheme, mark, _ = address.strip().partition("://")
    return scheme.lower() if mark else ""


def refused_argument(address: str) -> str:
    """Return the first argument of an address that is not allowed; empty: none."""
    query = address.partition("?")[2]
    names = [name.strip().lower() for name, _ in parse_qsl(query, keep_blank_values=True)]
    return next((name for name in names if name in REFUSED_ARGUMENTS), "")


def masked(address: str) -> str:
    """Return an address as it may be shown: its scheme, its host if that is no secret.

    Of a mail address the reader's domain and first letter remain, of all else nothing.
    """
    scheme = scheme_of(address)
    service = SERVICES.get(scheme)
    host = _host(address)
    if service is None or not service.shows_host or not host or _is_bare_topic(address, service):
        return f"{scheme or 'https'}://{HIDDEN}"
    if service is not _MAIL:
        return f"{scheme}://{host}/{HIDDEN}"
    return f"{scheme}://{host}{_reader(address, host)}"


def secrets_of(address: str) -> tuple[str, ...]:
    """Return the parts of an address that must be found in no text, the longest first."""
    whole, host = address.strip(), _host(address)
    rest = whole.partition("://")[2]
    for sign in "/?&=@#:":
        rest = rest.replace(sign, " ")
    parts = {part for word in rest.split() for part in (word, unquote(word)) if len(part) > 3}
    if f"://{host}" in masked(whole):
        parts = {part for part in parts if part.lower() not in host}
    return tuple(sorted({whole, *parts}, key=len, reverse=True))


def without_secrets(text: str, address: str) -> str:
    """Return a text in which nothing of the address remains but what may be shown."""
    for secret in secrets_of(address):
        text = text.replace(secret, HIDDEN)
    return text


def _host(address: str) -> str:
    try:
        parts = urlsplit(address.strip())
        port = parts.port
    except ValueError:
        return ""
    host = parts.hostname or ""
    return f"{host}:{port}" if port else host


def _is_bare_topic(address: str, service: Service) -> bool:
    """At ntfy a word without a path is no host but the topic, which whoever knows it can read."""
    return service is _NTFY and not urlsplit(address.strip()).path.strip("/")


def _reader(address: str, host: str) -> str:
    parts = urlsplit(address.strip())
    arguments = dict(parse_qsl(parts.query))
    to = arguments.get("to") or f"{unquote(parts.username or '')}@{host}"
    name, _, domain = to.split(",")[0].strip().rpartition("@")
    return f" to {name[:1]}{HIDDEN}@{domain}" if name else ""
