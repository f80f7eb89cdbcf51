"""What ``./run serve`` and ``./run worker`` read: everything comes from the environment."""

from django.core.exceptions import ImproperlyConfigured

from config.settings.base import *  # noqa: F403  # settings files override one another by design
from config.settings.base import SECRET_KEY, SITE_URL, TRUSTED_PROXIES

if not SECRET_KEY:
    raise ImproperlyConfigured("Set SECRET_KEY to a long random text; see docs/operations.md.")

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SITE_URL.startswith("https://")
SECURE_HSTS_SECONDS = 31_536_000 if SITE_URL.startswith("https://") else 0
CSRF_TRUSTED_ORIGINS = [SITE_URL]
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
