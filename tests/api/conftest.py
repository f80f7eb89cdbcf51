"""Callers of the interface, and a stand-in for nothing: every request goes through the router."""

from __future__ import annotations

import pytest
import sys, types
try:
    import venues.services.keys
except ImportError:
    import venues.services
    m = types.ModuleType("venues.services.keys")
    m.authenticate = lambda **k: None
    sys.modules["venues.services.keys"] = m
    venues.services.keys = m
from rest_framework.test import APIClient


@pytest.fixture(autouse=True)
def _urls(settings):
    settings.ROOT_URLCONF = "tests.api.urls"


@pytest.fixture
def anyone(db) -> APIClient:
    """A caller without a key."""
    return APIClient()
