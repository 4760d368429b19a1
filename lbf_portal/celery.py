"""The Celery application; tasks are `shared_task`s of the apps, so no app imports this module."""

import os

from celery import Celery
from celery.signals import worker_process_init
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lbf_portal.settings.production")

# `filesystem://` is the demo's broker; kombu's own hands out half-written messages (lib/broker.py).
TRANSPORT_ALIASES["filesystem"] = "lbf_portal.lib.broker:Transport"

app = Celery("lbf_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="tasks")
app.autodiscover_tasks(related_name="clock")


@worker_process_init.connect
def yield_to_the_web(**_signal: object) -> None:
    """Where web and worker share a machine, a page goes before a letter."""
    os.nice(10)
