"""Signing in by an OpenID provider: authorization code with PKCE, state and nonce.

After OpenID Connect Core 1.0 and RFC 7636. Authlib does the protocol; here is what is asked for and
what is believed.

What the provider says of itself is read anew for each sign-in: they are rare, and keys change.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from brender_farm.config import Settings
from brender_farm.domain.roles import Role
from brender_farm.errors import FarmError, NotFound
from brender_farm.service.subjects import Vouched
from dashboard.entering import farm_url

log = logging.getLogger(__name__)

_NAME = "openid"
_MEANT = "openid_meant"
_CONNECTING = "openid_connecting"
_TIMEOUT_S = 10
_LEEWAY_S = 60
"""How far the provider's clock may be from ours."""
_SIGNED_BY = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
"""Signatures that only the provider can make; none and those by a shared secret are refused."""
_ERROR = re.compile(r"[a-z_]{1,40}\Z")
_NAME_CLAIMS = ("preferred_username", "email", "nickname", "name")


class ProviderTrouble(FarmError):
    """The OpenID provider does not answer, or what it says cannot be believed."""


@dataclass(frozen=True, slots=True)
class Meant:
    """What a browser was sent to the provider for."""

    target: str
    user_id: int | None
    """Whose account is to be connected; None: somebody signs in."""


def provider_name() -> str | None:
    """Return what to call the provider: its host; None: there is none."""
    issuer = _settings().oidc_issuer
    return urlsplit(issuer).hostname if issuer else None


def newcomers() -> Role | None:
    """Return what people become whom the provider sends for the first time."""
    role = _settings().oidc_role
    return None if role == "none" else Role(role)


def mean_to_connect(user_id: int) -> None:
    """Remember that the next way to the provider is to connect this user's account."""
    session[_CONNECTING] = user_id


def means_to_connect() -> int | None:
    """Return whose account the next way to the provider is to connect."""
    found: int | None = session.get(_CONNECTING)
    return found


def begin(target: str) -> AnyResponse:
    """Send the browser to the provider. Raises NotFound without one, and ProviderTrouble."""
    client = _client()
    for name in [name for name in session if name.startswith(f"_state_{_NAME}_")]:
        del session[name]  # of ways that were not gone to their end: cookies hold little
    session[_MEANT] = {"target": target, "user_id": session.pop(_CONNECTING, None)}
    with _believing_little():
        _require_sound(client.load_server_metadata())
        sent: AnyResponse = client.authorize_redirect(farm_url() + url_for("sign_in.openid_back"))
        return sent


def meant() -> Meant:
    """Return what the browser that comes back was sent there for; asked once."""
    kept = session.pop(_MEANT, None) or {}
    return Meant(kept.get("target", "/"), kept.get("user_id"))


def vouched() -> Vouched:
    """Return whom the provider vouches for, by what the browser brought back.

    Raises NotFound without a provider, and ProviderTrouble.
    """
    client = _client()
    if error := request.args.get("error"):
        word = error if _ERROR.match(error) else "error"
        raise ProviderTrouble(f"The provider let nobody in: it says {word}. Try again.")
    with _believing_little():
        _require_sound(client.load_server_metadata())
        token = client.authorize_access_token(claims_options=_expected(), leeway=_LEEWAY_S)
        claims = dict(token["userinfo"])
        if not _names(claims) and client.server_metadata.get("userinfo_endpoint"):
            claims |= _asked_for(client, token, claims["sub"])
    return Vouched(issuer=claims["iss"], sub=str(claims["sub"]), names=_names(claims))


def _expected() -> dict[str, dict[str, Any]]:
    farm = _settings()
    return {
        "iss": {"essential": True, "value": farm.oidc_issuer},
        "aud": {"essential": True, "value": farm.oidc_client_id},
    }


def _asked_for(client: Any, token: Mapping[str, Any], sub: str) -> dict[str, Any]:
    """Return what the provider's other address says, if it is of the same person."""
    told = dict(client.userinfo(token=token))
    if told.get("sub") != sub:
        raise ValueError("userinfo is about somebody else")
    return {name: told[name] for name in (*_NAME_CLAIMS, "email_verified") if name in told}


def _names(claims: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what somebody is called; an address counts once the provider has checked it."""
    known = [name for name in _NAME_CLAIMS if name != "email" or claims.get("email_verified")]
    return tuple(text for name in known if isinstance(text := claims.get(name), str) and text)


def _client() -> Any:
    """Return Authlib's client. Imported late: most farms have no provider."""
    from authlib.integrations.flask_client import FlaskIntegration, FlaskOAuth2App

    farm = _settings()
    if farm.oidc_issuer is None:
        raise NotFound("This farm has no OpenID provider. Sign in with name and password.")
    return FlaskOAuth2App(
        FlaskIntegration(_NAME),
        name=_NAME,
        client_id=farm.oidc_client_id,
        client_secret=farm.oidc_client_secret,
        server_metadata_url=f"{farm.oidc_issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid profile email",
            "code_challenge_method": "S256",
            "default_timeout": _TIMEOUT_S,
        },
    )


def _require_sound(metadata: dict[str, Any]) -> None:
    """Refuse a provider that is another one, or whose addresses are not as safe as its name."""
    issuer = _settings().oidc_issuer or ""
    if metadata.get("issuer") != issuer:
        raise ValueError(f"it calls itself {str(metadata.get('issuer'))[:200]}")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        if urlsplit(metadata[name]).scheme not in ("https", urlsplit(issuer).scheme):
            raise ValueError(f"its {name} is not encrypted")
    offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
    metadata["id_token_signing_alg_values_supported"] = [
        name for name in offered if name in _SIGNED_BY
    ] or ["RS256"]


@contextmanager
def _believing_little() -> Iterator[None]:
    """Turn whatever is wrong with the provider's answers into ProviderTrouble."""
    from authlib.common.errors import AuthlibBaseError
    from joserfc.errors import JoseError

    try:
        yield
    except AuthlibBaseError as error:
        log.warning("OpenID: a sign-in was refused.", extra={"why": error.error})
        raise ProviderTrouble(
            "This way of signing in came to no end: it was begun elsewhere or too long ago, or "
            "the provider refused it. Try again."
        ) from error
    except (JoseError, LookupError, TypeError, ValueError, RuntimeError) as error:
        why = f"{type(error).__name__}: {error}"
        log.warning("OpenID: the provider was not believed.", extra={"why": why})
        raise ProviderTrouble(
            "What the OpenID provider says cannot be believed; the dashboard's log says why. "
            "Try again, or sign in with name and password."
        ) from error
    except OSError as error:
        log.warning("OpenID: the provider does not answer.", extra={"why": str(error)})
        raise ProviderTrouble(
            "The OpenID provider does not answer. Try again, or sign in with name and password."
        ) from error


def _settings() -> Settings:
    found: Settings = current_app.extensions["brender_settings"]
    return found
