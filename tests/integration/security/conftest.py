"""The farm of the dashboard's tests, for those who attack it."""

from tests.integration.dashboard.conftest import farm

__all__ = ["farm"]
