"""The Celery application; tasks are `shared_task`s of the apps, so no app imports this module."""

import os

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lbf_portal.settings.production")

# `filesystem://` is the demo's broker; kombu's own hands out half-written messages (lib/broker.py).
TRANSPORT_ALIASES["filesystem"] = "lbf_portal.lib.broker:Transport"

app = Celery("lbf_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="tasks")
app.autodiscover_tasks(related_name="clock")
