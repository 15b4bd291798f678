"""What gunicorn serves: `gunicorn dashboard.wsgi --threads 64`."""

from __future__ import annotations

import logging
import sys

from brender_farm.broker.address import broker_url
from brender_farm.config import settings
from brender_farm.db.migrate import upgrade
from brender_farm.logs import set_up_logging, ship_logs
from brender_farm.masking import hide, hide_password_of
from dashboard.app import create_app

set_up_logging()
sys.setswitchinterval(0.0005)  # a forecast beside them holds requests up for ten times as long else
hide_password_of(settings().database_url)
hide(settings().oidc_client_secret or "")
ship_logs("dashboard", lambda: broker_url(settings()), "gunicorn.error")
logging.getLogger(__name__).info("The dashboard starts.", extra={"url": settings().url})

app = application = create_app(settings())

with app.app_context():
    upgrade()
app.extensions["brender_films"].start()
