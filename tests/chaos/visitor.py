"""Somebody who looks at the dashboard all the time, and notes what it should not have said."""

from __future__ import annotations

import itertools
import threading
import urllib.error
import urllib.request

_LIMIT_S = 5.0
_PAUSE_S = 0.3
_TROUBLE = 500


class Visitor(threading.Thread):
    """Asks for one page after the other; a dashboard that is away is no error."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self._pages = itertools.cycle([f"{url}/", f"{url}/shots/1", f"{url}/nodes"])
        self._leaving = threading.Event()
        self.errors: list[str] = []
        self.seen = 0
        """Pages that came whole."""

    def run(self) -> None:
        while not self._leaving.wait(_PAUSE_S):
            self._look_at(next(self._pages))

    def leave(self) -> None:
        self._leaving.set()
        self.join()

    def _look_at(self, page: str) -> None:
        try:
            with urllib.request.urlopen(page, timeout=_LIMIT_S) as answer:
                answer.read()
                self.seen += 1
        except urllib.error.HTTPError as error:
            if error.code >= _TROUBLE:
                self.errors.append(f"{page} answered {error.code}: {error.read()[:300]!r}")
        except (OSError, TimeoutError):
            pass
