"""Cutting a stream of bytes into lines of bounded length."""

from __future__ import annotations


class LineSplitter:
    """Gives whole lines as they become complete; the rest of a line over the limit is left out.

    Carriage returns end a line too (progress bars), and empty lines are dropped.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._rest = b""
        self._skipping = False
        self.overlong_count = 0

    def feed(self, data: bytes) -> list[bytes]:
        """Take the next bytes and return the lines that they complete."""
        *lines, rest = data.replace(b"\r", b"\n").split(b"\n")
        whole = []
        if lines:
            if not self._skipping:
                whole.append(self._rest + lines[0])
            whole += lines[1:]
            self._skipping, self._rest = False, b""
        if not self._skipping:
            self._rest += rest
        if len(self._rest) > self._limit:
            whole.append(self._rest)
            self._skipping, self._rest = True, b""
        return [self._bounded(line) for line in whole if line]

    def finish(self) -> list[bytes]:
        """Return what came after the last line end, if anything."""
        rest, self._rest = self._rest, b""
        return [rest] if rest else []

    def _bounded(self, line: bytes) -> bytes:
        if len(line) <= self._limit:
            return line
        self.overlong_count += 1
        return line[: self._limit] + " …".encode()
