"""The test suite: fast hashing, mail in memory, tasks never sent anywhere."""

from config.settings.base import *  # noqa: F403  # settings files override one another by design

SECRET_KEY = "tests only"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
BROKER_URL = "memory://"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
WHITENOISE_AUTOREFRESH = True  # no collected files needed, and no warning about their absence
STORAGES = {  # papers in memory; the rest as in production
    **STORAGES,  # noqa: F405 # as above
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
}
