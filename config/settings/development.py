"""A developer's machine and the demo: no server needed, a key made on first use."""

from config.settings.base import *  # noqa: F403  # settings files override one another by design
from config.settings.base import SECRET_KEY, VAR_DIR
from config.settings.secrets import local_secret_key

if not SECRET_KEY:
    SECRET_KEY = local_secret_key(VAR_DIR)

WHITENOISE_USE_FINDERS = True  # static files as they lie in the apps, nothing to collect
