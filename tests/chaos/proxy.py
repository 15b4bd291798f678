"""A network cable between one node and the broker, that a test can cut, stall and mend."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable

_BLOCK_BYTES = 65536


class Proxy:
    """Forwards a port of the loopback interface to the port that the broker listens on now.

    `port` stays the same for the proxy's whole life.
    """

    def __init__(self, broker_port: Callable[[], int]) -> None:
        self._broker_port = broker_port
        self._flowing = threading.Event()
        self._flowing.set()
        self._lock = threading.Lock()
        self._ends: set[socket.socket] = set()
        self._listener = _listen(0)
        self.port: int = self._listener.getsockname()[1]
        self._accept_from(self._listener)

    def cut(self) -> None:
        """Drop every connection and refuse new ones."""
        _shut(self._listener)
        with self._lock:
            ends = list(self._ends)
        for end in ends:
            _shut(end)

    def stall(self) -> None:
        """Forward nothing more: connections stay open and silent, also new ones."""
        self._flowing.clear()

    def mend(self) -> None:
        """Let everything through again. What was sent during a stall arrives now."""
        self._flowing.set()
        if self._listener.fileno() == -1:
            self._listener = _listen(self.port)
            self._accept_from(self._listener)

    def close(self) -> None:
        self.cut()
        self._flowing.set()

    def _accept_from(self, listener: socket.socket) -> None:
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):  # the listener was shut: the cable is cut
            while True:
                node, _ = listener.accept()
                threading.Thread(target=self._connect, args=(node,), daemon=True).start()

    def _connect(self, node: socket.socket) -> None:
        self._flowing.wait()
        try:
            broker = socket.create_connection(("127.0.0.1", self._broker_port()), timeout=5.0)
        except OSError:  # the broker is away
            _shut(node)
            return
        broker.settimeout(None)
        with self._lock:
            self._ends |= {node, broker}
        if self._listener.fileno() == -1:  # cut since it was accepted
            _shut(node)
        for source, target in ((node, broker), (broker, node)):
            threading.Thread(target=self._pump, args=(source, target), daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(_BLOCK_BYTES):
                self._flowing.wait()
                target.sendall(data)
        except OSError:  # one of the two ends has gone
            pass
        finally:
            _shut(source)
            _shut(target)
            with self._lock:
                self._ends -= {source, target}


def _listen(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(64)
    return listener


def _shut(end: socket.socket) -> None:
    """Close a socket, waking every thread that waits for it."""
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
