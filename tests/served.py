"""A dashboard behind a real socket in this process, for what asks a farm over HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from werkzeug.serving import make_server

from brender_farm.db.core import db


@contextmanager
def serving(app: Flask | Any) -> Iterator[str]:
    """Serve an app on a port of its own while the block runs; give its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        if isinstance(app, Flask):
            with app.app_context():
                db.session.remove()
                db.engine.dispose()
