"""The WSGI application that ``./run serve`` starts."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
django_application = get_wsgi_application()

from web.memory import FeedMemory  # noqa: E402  # it needs what Django has just loaded

application = FeedMemory(django_application)
# What is loaded by now stays: looking through it again and again for garbage takes longer than
# joining a calendar of a thousand dates.
gc.collect()
gc.freeze()
