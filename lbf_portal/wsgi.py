"""WSGI entry point for gunicorn, which loads it once and forks its workers (`--preload`)."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lbf_portal.settings.production")

application = get_wsgi_application()

# Views and forms are imported with the first request otherwise, once in each worker.
get_resolver().url_patterns  # noqa: B018 - reading it imports them
# What is loaded by now stays for ever. Unfrozen, the garbage collector walks all of it in the middle of some request: one of
# 70-95 ms per worker, where others take 4.
gc.collect()
gc.freeze()
