"""A door with TLS in front of a broker without, and certificates that nobody else trusts."""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, slots=True)
class Certificates:
    """An authority of one's own, and what it certified of 127.0.0.1."""

    authority: Path
    chain: Path
    key: Path


def make_certificates(folder: Path, *, host: str = "127.0.0.1") -> Certificates:
    folder.mkdir(parents=True, exist_ok=True)
    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = _certify("Test authority", authority_key, "Test authority", authority_key, None)
    server = _certify(host, key, "Test authority", authority_key, host)
    paths = Certificates(folder / "ca.pem", folder / "server.pem", folder / "server.key")
    pem = serialization.Encoding.PEM
    paths.authority.write_bytes(authority.public_bytes(pem))
    paths.chain.write_bytes(server.public_bytes(pem))
    paths.key.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths


def _certify(name, key, issuer, issuer_key, host):
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=host is None, path_length=None), critical=True)
    )
    if host is not None:
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))])
        made = made.add_extension(names, critical=False)
    return made.sign(issuer_key, hashes.SHA256())


@contextlib.contextmanager
def tls_door(port: int, certificates: Certificates) -> Iterator[int]:
    """Listen with TLS and pass everything on to a port of loopback; gives the door's own port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.chain, certificates.key)
    with socket.create_server(("127.0.0.1", 0)) as door:
        threading.Thread(target=_welcome, args=(door, context, port), daemon=True).start()
        yield door.getsockname()[1]
        door.shutdown(socket.SHUT_RDWR)


def _welcome(door: socket.socket, context: ssl.SSLContext, port: int) -> None:
    with contextlib.suppress(OSError):
        while True:
            caller, _ = door.accept()
            threading.Thread(target=_serve, args=(caller, context, port), daemon=True).start()


def _serve(caller: socket.socket, context: ssl.SSLContext, port: int) -> None:
    with contextlib.suppress(OSError), contextlib.ExitStack() as open_ones:
        inner = open_ones.enter_context(socket.create_connection(("127.0.0.1", port)))
        open_ones.callback(caller.close)
        outer = open_ones.enter_context(context.wrap_socket(caller, server_side=True))
        outer.setblocking(False)
        inner.setblocking(False)
        _pump(outer, inner)


def _pump(outer: ssl.SSLSocket, inner: socket.socket) -> None:
    """Carry bytes both ways on one thread: a TLS connection is not for two at once."""
    import select

    to_inner = to_outer = b""
    while True:
        readers = [sock for sock, full in ((outer, to_inner), (inner, to_outer)) if not full]
        writers = [sock for sock, full in ((inner, to_inner), (outer, to_outer)) if full]
        if not outer.pending():
            select.select(readers, writers, [], 0.2)
        if not to_inner:
            to_inner = _take(outer)
        if not to_outer:
            to_outer = _take(inner)
        if to_inner is None or to_outer is None:
            return
        to_inner, to_outer = _give(inner, to_inner), _give(outer, to_outer)


def _take(sock: socket.socket) -> bytes | None:
    """Return what has come; nothing when there is none yet, None at the end."""
    try:
        return sock.recv(65536) or None
    except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
        return b""


def _give(sock: socket.socket, data: bytes) -> bytes:
    """Send what goes; return what is left."""
    if not data:
        return data
    try:
        return data[sock.send(data) :]
    except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
        return data
