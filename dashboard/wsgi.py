"""What gunicorn serves: `gunicorn dashboard.wsgi --threads 8`."""

from __future__ import annotations

from brender_farm.config import settings
from brender_farm.db.migrate import upgrade
from dashboard.app import create_app

app = application = create_app(settings())

with app.app_context():
    upgrade()
