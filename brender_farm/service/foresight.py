"""Who asks for the forecast, and how old it may be.

The command line and `submit_shot()` make it when they ask. The dashboard makes it beside its
requests and shows the last one meanwhile: pages do not wait for it, and it takes a tenth of a core
at most.
"""

from __future__ import annotations

import logging
import threading
import time

from flask import Flask, current_app

from brender_farm.domain.forecast import STEP_LIMIT, Forecast
from brender_farm.service.forecast import foresee

_EXTENSION = "brender_foresight"
_NOTHING = Forecast(shots={}, queue=None, untold_count=0)
_REST = 10
"""A forecast is made again after so many times as long as it took."""
_LONG_S = 0.25
_LEAST_AGE_S = 1.0
_SHOWN_FOR_S = 30.0
_PATIENCE_S = 0.05
_FIRST_PATIENCE_S = 0.5
_STEPS_AT_ONCE = 500
"""Played for somebody who waits for it, in some 20 ms; the rest is reckoned."""

log = logging.getLogger(__name__)


def current_forecast() -> Forecast:
    """Return when the farm's shots will be done, as it is or a little earlier.

    Not to be called inside `reading()` or `writing()`, since it reads for itself.
    """
    return _foresight().look()


def forecast_stamp() -> int:
    """Return a number that grows while pages are open, every half a minute at most.

    So a page may show the time left anew although nothing else has changed.
    """
    return _foresight().stamp()


def foresee_in_background(app: Flask) -> None:
    """Have an app make its forecasts beside its requests."""
    app.extensions[_EXTENSION] = BackgroundForesight(app)


def _foresight() -> Foresight:
    found: Foresight = current_app.extensions.setdefault(_EXTENSION, Foresight())
    return found


class Foresight:
    """Makes a forecast when asked; one that took long is told again for a while."""

    step_limit = _STEPS_AT_ONCE

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._told = _NOTHING
        self._made_at_s = self._took_s = 0.0
        self._stamp, self._stamped_at_s = 0, float("-inf")

    def look(self) -> Forecast:
        """Return the forecast."""
        with self._lock:
            rest_s = self._took_s * _REST if self._took_s > _LONG_S else 0.0
            if time.monotonic() - self._made_at_s >= rest_s:
                self._make()
            return self._told

    def stamp(self) -> int:
        """Return how often a forecast has been made that was worth showing anew."""
        return self._stamp

    def _make(self) -> None:
        began_s = time.thread_time()
        told = foresee(step_limit=self.step_limit)
        now_s = time.monotonic()
        is_news = told.shots or self._told.shots
        if is_news and now_s - self._stamped_at_s >= _SHOWN_FOR_S:
            self._stamp, self._stamped_at_s = self._stamp + 1, now_s
        self._told, self._made_at_s = told, now_s
        self._took_s = time.thread_time() - began_s


class BackgroundForesight(Foresight):
    """Makes one forecast at a time on a thread of its own, when asked and the last one is old."""

    step_limit = STEP_LIMIT

    def __init__(self, app: Flask) -> None:
        super().__init__()
        self._app = app
        self._was_asked = self._is_making = False
        self._done = threading.Event()

    def look(self) -> Forecast:
        """Return the last forecast, or a new one if that is made at once."""
        patience_s = _PATIENCE_S if self._was_asked else _FIRST_PATIENCE_S
        if self._make_if_older(max(_LEAST_AGE_S, self._took_s * _REST)):
            self._done.wait(patience_s)
        return self._told

    def stamp(self) -> int:
        """Return how often a forecast has been made that was worth showing anew."""
        if self._was_asked:
            self._make_if_older(max(_SHOWN_FOR_S, self._took_s * _REST))
        return self._stamp

    def _make_if_older(self, age_s: float) -> bool:
        """Tell whether the last forecast is so old; then see to it that one is being made."""
        with self._lock:
            is_old = not self._was_asked or time.monotonic() - self._made_at_s > age_s
            if is_old and not self._is_making:
                self._was_asked = self._is_making = True
                self._done.clear()
                threading.Thread(target=self._run, name="forecast", daemon=True).start()
            return is_old

    def _run(self) -> None:
        try:
            with self._app.app_context():
                self._make()
        except Exception:
            log.exception("The time left could not be told.")
            self._made_at_s = time.monotonic()
        finally:
            self._is_making = False
            self._done.set()
